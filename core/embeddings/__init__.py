"""Vectors of words: trained, loaded, measured and drawn."""
