"""Pictures: pure functions from arrays and labels to a figure. The only package that knows plotly."""
