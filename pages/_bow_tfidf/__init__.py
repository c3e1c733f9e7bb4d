"""The room of bags of words."""
