"""The labs of the room of n-grams."""
