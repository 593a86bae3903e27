"""Signed out: what of the server answers somebody who is not signed in, each of it without a word about the data."""

import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.server import Server

#: Method, path, status, and what the answer begins with.
ANSWERS = [
    ("GET", "/_stcore/health", 200, b"ok"),
    ("GET", "/_stcore/host-config", 200, b'{"allowedOrigins":[],'),
    ("GET", "/_stcore/metrics", 404, b"Not Found"),
    ("GET", "/_stcore/agent/openapi.json", 404, b"Not Found"),
    ("POST", "/_stcore/agent/interact", 404, b"Not Found"),
    ("POST", "/_stcore/agent/mcp", 404, b"Not Found"),
    ("PUT", "/_stcore/upload_file/a/b", 403, b""),
    ("DELETE", "/_stcore/upload_file/a/b", 403, b""),
    ("GET", "/_stcore/script-health-check", 200, b"<!--"),  # the empty page that draws whatever comes by its socket
    ("GET", "/_stcore/message", 200, b"<!--"),
    ("GET", "/media/0123456789.csv", 404, b"File not found"),
    ("GET", "/component/x/y", 404, b"Component not found"),
    ("GET", "/_stcore/bidi-components/x/y", 404, b"not found"),
    ("GET", "/app/static/../../.env", 400, b""),
    ("GET", "/costs", 200, b"<!--"),
    ("GET", "/healthz", 200, b'{"status":"ok"'),
]


@pytest.mark.parametrize(("method", "path", "status", "begins"), ANSWERS, ids=lambda value: str(value)[:40])
def test_what_answers_tells_nothing(real_server: Server, method, path, status, begins):
    asked = urllib.request.Request(f"{real_server.url}{path}", method=method, data=b"{}" if method == "POST" else None)
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            got, body = answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        got, body = refused.code, refused.read()

    assert (got, body[: len(begins)]) == (status, begins)


@pytest.mark.parametrize("path", ["/costs/x", "/pages/costs"])
def test_an_address_below_a_page_is_no_blank_page(server: Server, page, path):
    page.goto(f"{server.url}{path}?by=provider")

    expect(page.get_by_role("heading", name="Costs", exact=True)).to_be_visible()
    assert page.url.startswith(f"{server.url}/costs?by=provider")


def test_an_unknown_address_says_so_and_shows_the_first_page(server: Server, page):
    page.goto(f"{server.url}/nope")

    expect(page.get_by_text("Page not found")).to_be_visible()
