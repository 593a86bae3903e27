"""Empty page: what every page costs, with nothing on it; takes another page's place in the benchmark's copy."""

import streamlit as st

from core.access.roles import Permission
from dashboard import session

session.require(Permission.SEE_COSTS)
st.title("Empty")
