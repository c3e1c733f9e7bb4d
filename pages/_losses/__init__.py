"""The labs of the room of losses."""
