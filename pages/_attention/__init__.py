"""The labs of the attention room."""
