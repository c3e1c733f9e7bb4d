"""Models that a page can look inside: what they read (`tokens`), how they compute (`encoder`), and the one that comes
with the house (`bundled`)."""
