"""Vidno: `streamlit run app.py`."""

from pages._shared.shell import run

run()
