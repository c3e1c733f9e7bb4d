"""Attention: the worked example, what scaling is for, and what heads do."""
