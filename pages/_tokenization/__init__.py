"""The labs of the tokenization room."""
