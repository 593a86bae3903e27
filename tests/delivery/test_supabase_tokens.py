"""Supabase tokens: one that the project signed is believed until it expires, and no other."""

import base64
import hmac
import json
from datetime import UTC, datetime

import pytest

from core.delivery.supabase_tokens import SupabaseProject, supabase_project
from core.settings import load_settings

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
LATER = int(NOW.timestamp()) + 60
SECRET = b"super-secret-jwt-token-with-at-least-32-characters-long"
PROJECT = SupabaseProject("abcd", "videos", SECRET)


def encoded(content: object) -> str:
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def token(claims: object, head: object = None, secret: bytes = SECRET) -> str:
    signed = f"{encoded(head or {'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims)}"
    return f"{signed}.{encoded(hmac.new(secret, signed.encode(), 'sha256').digest())}"


GOOD = {"url": "fights/2024/a b.mp4", "iat": 1, "exp": LATER}


def lets_in(text: str, project: SupabaseProject = PROJECT) -> bool:
    return project.signed(text, "fights", "2024/a b.mp4", NOW)


def test_a_token_of_the_project_lets_in_until_it_expires():
    assert lets_in(token(GOOD))
    assert lets_in(token(GOOD | {"exp": LATER + 0.5}))
    assert not lets_in(token(GOOD | {"exp": int(NOW.timestamp())}))


@pytest.mark.parametrize(
    "text",
    [
        token(GOOD, secret=b"another"),
        token(GOOD | {"url": "fights/2024/other.mp4"}),
        token(GOOD | {"url": "2024/a b.mp4"}),
        token({"url": GOOD["url"]}),
        token(GOOD | {"exp": "2099"}),
        token(GOOD | {"exp": None}),
        token(GOOD, head={"alg": "none"}),
        token(GOOD, head={"alg": "HS512"}),
        token(GOOD, head=["HS256"]),
        token([GOOD]),
        f"{encoded({'alg': 'none'})}.{encoded(GOOD)}.",
        token(GOOD)[:-1],
        token(GOOD).replace(".", "", 1),
        token(GOOD) + ".x",
        "",
        "...",
        "é.é.é",
        "\ud800.\ud800.\ud800",
        encoded(b"[" * 50_000) + ".x.y",
    ],
    ids=range(19),
)
def test_any_other_token_lets_nobody_in(text):
    assert not lets_in(text)


def test_without_the_secret_no_token_is_believed():
    forged = token(GOOD, secret=b"")

    assert not lets_in(forged, SupabaseProject("abcd", "videos", b""))


def test_links_may_name_the_project_or_none():
    assert PROJECT.may_be("abcd")
    assert PROJECT.may_be("")
    assert not PROJECT.may_be("efgh")
    assert SupabaseProject("", "", b"").may_be("efgh")


def test_the_settings_tell_the_project(monkeypatch):
    assert supabase_project(load_settings()) == SupabaseProject("", "", b"")

    monkeypatch.setenv("SUPABASE_URL", "https://abcd.supabase.co")
    monkeypatch.setenv("SUPABASE_BUCKET", "videos")
    monkeypatch.setenv("SUPABASE_JWT_SECRET", "hush")
    project = supabase_project(load_settings())
    assert project == SupabaseProject("abcd", "videos", b"hush")
    assert "hush" not in repr(project)


def test_a_host_of_ones_own_names_no_project(monkeypatch):
    monkeypatch.setenv("SUPABASE_URL", "https://media.example.com")

    assert supabase_project(load_settings()).reference == ""
