"""Benchmarks beside their peers: a ratio each, measured in one run."""
