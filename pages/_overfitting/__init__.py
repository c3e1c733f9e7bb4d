"""The labs of the room of overfitting."""
