"""The map of the course."""

import streamlit as st

st.title("Vidno")
