"""The labs of the room of named entities."""
