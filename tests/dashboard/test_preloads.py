"""Preloads: pages with charts name the script that draws them; nothing else does."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from dashboard import preloads
from dashboard.preloads import Preloads, chart_scripts


async def page(request):
    return PlainTextResponse("Page")


@pytest.fixture
def client() -> TestClient:
    app = Starlette(middleware=[Middleware(Preloads)])
    app.add_route("/{path:path}", page)
    return TestClient(app)


@pytest.mark.parametrize("path", ["/", "/costs", "/performance?section=viewing"])
def test_a_page_with_charts_names_what_draws_them(client, path):
    (script,) = chart_scripts()

    assert client.get(path).headers["link"] == f"</static/js/{script}>; rel=modulepreload"


@pytest.mark.parametrize("path", ["/library", "/costs/x", "/healthz", "/v/a-link", "/static/js/index.js"])
def test_nothing_else_does(client, path):
    assert "link" not in client.get(path).headers


def test_a_streamlit_with_other_names_is_served_without_it(monkeypatch):
    monkeypatch.setattr(preloads, "chart_scripts", list)
    app = Starlette(middleware=[Middleware(Preloads)])
    app.add_route("/{path:path}", page)

    assert "link" not in TestClient(app).get("/performance").headers
