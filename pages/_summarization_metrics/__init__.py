"""The labs of the summarisation room."""
