"""The labs of the translation metrics room."""
