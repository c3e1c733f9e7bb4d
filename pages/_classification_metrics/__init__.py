"""The labs of the room of classification."""
