"""The labs of the subword room."""
