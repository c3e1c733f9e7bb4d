"""The labs of the room of answers and rankings."""
