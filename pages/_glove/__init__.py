"""The labs of the GloVe room."""
