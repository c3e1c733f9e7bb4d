"""The labs of the activations room."""
