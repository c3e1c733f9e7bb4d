"""The labs of the room of gradient flow."""
