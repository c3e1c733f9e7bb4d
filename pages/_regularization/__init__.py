"""The labs of the room of regularization."""
