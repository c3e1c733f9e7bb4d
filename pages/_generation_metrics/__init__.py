"""The labs of the room of generation metrics."""
