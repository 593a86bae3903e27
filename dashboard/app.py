"""App: one process that serves the pages and the routes, and keeps the worker going.

`python -m dashboard` runs it, and so does `streamlit run dashboard/app.py`.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the streamlit command knows only this file's own folder

import streamlit as st  # noqa: E402
from starlette.middleware import Middleware  # noqa: E402

from dashboard import cmcd_http, objects_http, routes, uploads_http, watch_http  # noqa: E402
from dashboard.addresses import Addresses  # noqa: E402
from dashboard.preloads import Preloads  # noqa: E402
from dashboard.start import lifespan, open_or_exit  # noqa: E402

open_or_exit()
served = [*routes.ROUTES, *uploads_http.ROUTES, *watch_http.ROUTES, *objects_http.ROUTES, *cmcd_http.ROUTES]
app = st.App(
    Path(__file__).resolve().with_name("shell.py"),
    routes=served,
    middleware=[Middleware(Addresses, routes=served), Middleware(Preloads)],
    lifespan=lifespan,
)
