"""Vidno's science: pure Python, NumPy and PyTorch. Importable in a notebook; never imports streamlit."""
