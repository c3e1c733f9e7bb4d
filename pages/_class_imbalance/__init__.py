"""The labs of the room of class imbalance."""
