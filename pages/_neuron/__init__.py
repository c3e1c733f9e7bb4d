"""The labs of the room of the neuron."""
