"""Visitor: the demo opens itself only to somebody at this very machine."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.requests import Request

from core.access.roles import Role, User, Via
from core.access.sessions import Session
from dashboard.visitor import Visitor, identify, is_at_this_machine, visitor_of_request

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
HERE = Visitor(address="127.0.0.1", host="127.0.0.1:8501", origin="", proxied=False, token="")


def visitor(**different: Any) -> Visitor:
    return replace(HERE, **different)


def request(address: str = "127.0.0.1", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw, "client": (address, 50_000)})


@pytest.mark.parametrize("listening_on", ["127.0.0.1", "localhost", "::1", "127.0.0.2"])
@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost:8501", "[::1]:8501", "localhost"])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_somebody_at_this_machine_is_known_by_every_loopback_name(listening_on, host, address):
    assert is_at_this_machine(visitor(host=host, address=address), listening_on)


@pytest.mark.parametrize("listening_on", ["0.0.0.0", "::", "192.0.2.1", "", None, "dashboard.example.com"])
def test_a_dashboard_that_others_can_reach_takes_nobody_for_granted(listening_on):
    assert not is_at_this_machine(visitor(), listening_on)


@pytest.mark.parametrize(
    "different",
    [
        {"host": "evil.example:8501"},
        {"host": "127.0.0.1.evil.example:8501"},
        {"host": "localhost.evil.example"},
        {"host": "evil.example@127.0.0.1", "address": "192.0.2.9"},
        {"host": ""},
        {"host": "192.0.2.1:8501"},
        {"address": "192.0.2.9"},
        {"address": ""},
        {"proxied": True},
    ],
)
def test_a_foreign_name_address_or_proxy_is_not_this_machine(different):
    assert not is_at_this_machine(visitor(**different), "127.0.0.1")


@pytest.mark.parametrize(
    "header",
    ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-real-ip", "via", "cf-connecting-ip"],
)
def test_a_proxy_leaves_its_trace(header):
    assert visitor_of_request(request(host="127.0.0.1:8501", **{header: "anything"})).proxied
    assert not visitor_of_request(request(host="127.0.0.1:8501")).proxied


def test_the_demo_takes_its_visitor_for_its_administrator(demo):
    assert identify(demo, visitor(), NOW) == Session(User("demo", Role.ADMIN, Via.DEMO, "127.0.0.1"), False, None)


@pytest.mark.parametrize(
    "different",
    [{"host": "evil.example"}, {"address": "192.0.2.9"}, {"proxied": True}, {"origin": "http://evil.example"}],
)
def test_for_everybody_else_the_demo_is_closed(demo, different):
    assert identify(demo, visitor(**different), NOW) is None


def test_a_real_installation_takes_nobody_for_granted(platform):
    assert identify(platform, visitor(), NOW) is None


@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:3000", "null"])
def test_a_page_of_another_site_is_nobody_even_with_the_cookie(platform, vic, origin):
    now = datetime.now(UTC)
    token = platform.access.sessions.sign_in("vic", "seven blue gloves", "127.0.0.1", now)

    assert identify(platform, visitor(token=token, origin="http://127.0.0.1:8501"), now).user.name == "vic"
    assert identify(platform, visitor(token=token, origin=origin), now) is None
