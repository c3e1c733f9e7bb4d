"""The labs of the room of deep learning."""
