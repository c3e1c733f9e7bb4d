"""The peer: an empty default Streamlit app with one slider and one chart."""

import plotly.graph_objects as go
import streamlit as st

value = st.slider("Temperature", 0.1, 5.0, 1.0, 0.1)
st.plotly_chart(go.Figure(go.Bar(x=["a", "b", "c"], y=[value, 2, 3])))
