"""Deep learning from its equations: neurons, activations, losses, optimizers and what happens between layers."""
