"""Addresses: what Streamlit itself would answer, kept from who is signed out, and pages that would stay blank."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.access.roles import Role
from dashboard.addresses import Addresses
from dashboard.routes import ROUTES
from dashboard.visitor import COOKIE
from tests.dashboard.conftest import BOSS, NOW, ORIGIN, PASSWORD


async def follow(request):
    return PlainTextResponse("Followed")


async def streamlit(request):
    return PlainTextResponse("Streamlit")


@pytest.fixture
def client() -> TestClient:
    routes = [*ROUTES, Route("/v/{link:path}", follow)]
    app = Starlette(routes=routes, middleware=[Middleware(Addresses, routes=routes)])
    app.add_route("/{path:path}", streamlit, methods=["GET", "POST"])
    return TestClient(app, base_url=ORIGIN, client=("127.0.0.1", 50_000), follow_redirects=False)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/costs/x", "/costs"),
        ("/costs/x?from=2026-10-01&by=service", "/costs?from=2026-10-01&by=service"),
        ("/pages/costs", "/costs"),
        ("/overview", "/"),
        ("/pages/overview", "/"),
        ("/pages/settings/people", "/settings"),
        ("/nowhere/at/all", "/"),
        ("/library/rivera-vs-stone", "/library"),
        ("/video/x?video=rivera", "/video?video=rivera"),
        ("/evil.example//costs", "/costs"),
        ("/x/%0d%0aset-cookie:a=b", "/"),
    ],
)
def test_an_address_below_a_page_leads_to_the_nearest_page(platform, client, path, page):
    answer = client.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, page)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/library", "/library/", "/pages/library"])
def test_where_videos_had_their_pages_before_leads_to_where_they_have_them(platform, client, path):
    answer = client.get(f"{path}?video=rivera-vs-stone-7hq2mx&q=stone%26")

    assert (answer.status_code, answer.headers["location"]) == (303, "/video?video=rivera-vs-stone-7hq2mx&q=stone%26")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/costs",
        "/library",
        "/library?video=",
        "/library?q=video",
        "/video?video=rivera",
        "/nope",
        "/static/js/index.js",
        "/app/static/inter.woff2",
        "/costs/_stcore/health",
        "/_stcore/health",
    ],
)
def test_what_streamlit_answers_rightly_is_left_to_it(platform, client, path):
    assert client.get(path).text == "Streamlit"


def test_the_routes_of_ours_are_answered(platform, client):
    assert client.get("/healthz").status_code == 200
    assert client.get("/sign-in").status_code == 200
    assert client.get("/v/storage/v1/object/public/fights/costs/rivera.mp4").text == "Followed"


def sign_in(platform, client, name: str, role: Role) -> None:
    given = platform.access.accounts.add(BOSS, name, role, NOW)
    token = platform.access.sessions.sign_in(name, given, "127.0.0.1", NOW)
    client.cookies.set(
        COOKIE, platform.access.sessions.change_password(token, given, PASSWORD, "127.0.0.1", NOW), domain="127.0.0.1"
    )


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.VIEWER, 404), (Role.ANALYST, 404), (Role.OPERATOR, 200), (Role.ADMIN, 200)],
)
def test_the_counters_are_for_who_may_see_the_settings(platform, client, role, status):
    assert client.get("/_stcore/metrics").status_code == 404

    sign_in(platform, client, "wim", role)

    assert client.get("/_stcore/metrics").status_code == status


def test_the_counters_are_not_for_who_has_to_choose_a_password_first(platform, client):
    given = platform.access.accounts.add(BOSS, "wim", Role.ADMIN, NOW)
    client.cookies.set(COOKIE, platform.access.sessions.sign_in("wim", given, "127.0.0.1", NOW), domain="127.0.0.1")

    assert client.get("/_stcore/metrics").status_code == 404


def test_the_demo_shows_its_counters_to_this_machine_only(demo, client):
    assert client.get("/_stcore/metrics").status_code == 200
    assert client.get("/_stcore/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


@pytest.mark.parametrize("path", ["/_stcore/%6Detrics", "/_stcore/agent/mcp", "/_stcore/agent/openapi.json"])
def test_no_spelling_and_no_role_opens_what_is_off(platform, client, path):
    assert client.get(path).status_code == client.post(path).status_code == 404
