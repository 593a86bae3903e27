"""Routes: signing in and out, and everything that must not work."""

from datetime import UTC, datetime

import pytest

from core.access.roles import Role
from dashboard.routes import local_path
from dashboard.visitor import COOKIE
from tests.dashboard.conftest import BOSS, PASSWORD, browser

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def sign_in(client, name="vic", password=PASSWORD, wanted="/costs"):
    return client.post("/sign-in", data={"name": name, "password": password, "next": wanted})


def is_signed_in(client) -> bool:
    return client.get("/sign-in").status_code == 303


def test_signing_in_leads_to_where_one_wanted_to_be(vic):
    client = browser()
    assert 'name="next" value="/costs?by=service"' in client.get("/sign-in?next=/costs%3Fby=service").text

    answer = sign_in(client, wanted="/costs?by=service")

    assert (answer.status_code, answer.headers["location"]) == (303, "/costs?by=service")
    assert is_signed_in(client)


def test_the_cookie_is_kept_from_scripts_and_other_sites(vic):
    cookie = sign_in(browser()).headers["set-cookie"]

    name, *flags = cookie.split("; ")
    assert name.startswith(f"{COOKIE}=")
    assert set(flags) == {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=2592000"}


def test_over_https_the_cookie_stays_on_https(vic):
    client = browser(url="https://costs.example.com", origin="https://costs.example.com")

    assert "Secure" in sign_in(client).headers["set-cookie"].split("; ")


@pytest.mark.parametrize(
    ("name", "password"),
    [("vic", "wrong"), ("nobody", PASSWORD), ("", ""), ("vic", "")],
    ids=["wrong password", "unknown name", "nothing", "empty password"],
)
def test_whatever_is_wrong_looks_the_same(vic, name, password):
    answer = sign_in(browser(), name, password)

    assert answer.status_code == 401
    assert '<div role="alert">The name or the password is wrong. Try again.</div>' in answer.text
    assert "set-cookie" not in answer.headers


def test_too_many_wrong_passwords_have_to_wait(vic):
    client = browser()
    for _ in range(5):
        sign_in(client, password="wrong")

    answer = sign_in(client)

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert "Too many wrong passwords. Try again in a second." in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/password"])
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "http://evil.example",
        "null",
        "http://127.0.0.1:3000",
        "http://127.0.0.1",
        "http://127.0.0.1:8501.evil.example",
        "http://[",
    ],
)
def test_a_form_of_another_site_is_refused(vic, path, origin):
    client = browser()
    sign_in(client)
    foreign = browser(origin=origin)
    foreign.cookies = client.cookies

    answer = foreign.post(path, data={"name": "vic", "password": PASSWORD, "current": PASSWORD, "new": "x" * 20})

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "costs",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        " //evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(vic, wanted):
    assert local_path(wanted) == "/"
    assert sign_in(browser(), wanted=wanted).headers["location"] == "/"


@pytest.mark.parametrize("wanted", ["/", "/costs", "/costs?from=2026-10-01&filter=service%3DS3#top", "/größe"])
def test_any_place_of_ours_can_be_gone_to(wanted):
    assert local_path(wanted) == wanted


def test_what_was_typed_comes_back_as_text(vic):
    answer = sign_in(browser(), name='"><script>alert(1)</script>', wanted='/"><script>alert(2)</script>')

    assert "<script" not in answer.text
    assert 'value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in answer.text


def test_a_form_that_is_too_long_is_not_read(vic):
    answer = browser().post("/sign-in", data={"name": "vic", "password": PASSWORD, "more": "x" * 10_000})

    assert answer.status_code == 401


def test_a_form_of_more_fields_than_ours_is_not_read(vic):
    many = {"name": "vic", "password": PASSWORD} | {f"more{n}": "x" for n in range(10)}

    assert browser().post("/sign-in", data=many).status_code == 401


def test_a_host_that_is_none_is_no_reason_to_break(demo):
    assert browser().get("/sign-in", headers={"host": "["}).status_code == 200


def test_the_pages_load_nothing_but_our_own_font_and_may_not_be_framed(platform):
    answer = browser().get("/sign-in")

    nonce = answer.text.split('<style nonce="')[1].split('"')[0]
    assert answer.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "http://" not in answer.text
    assert "https://" not in answer.text


def test_a_one_time_password_leads_only_to_choosing_another(platform, one_time_password):
    client = browser()

    answer = sign_in(client, password=one_time_password)

    assert answer.headers["location"] == "/password?next=/costs"
    form = client.get("/password?next=/costs")
    assert "Choose your password" in form.text
    assert "You are signed in as vic" in form.text
    assert client.get("/sign-in?next=/costs").headers["location"] == "/password?next=/costs"


def change(client, current=PASSWORD, new="nine green bottles", again="nine green bottles"):
    return client.post("/password", data={"current": current, "new": new, "again": again, "next": "/costs"})


def test_a_chosen_password_is_the_one_from_now_on(platform, one_time_password):
    client, elsewhere = browser(), browser("192.0.2.8")
    sign_in(client, password=one_time_password)
    sign_in(elsewhere, password=one_time_password)

    answer = change(client, current=one_time_password)

    assert (answer.status_code, answer.headers["location"]) == (303, "/costs")
    assert client.get("/sign-in?next=/costs").headers["location"] == "/costs"
    assert not is_signed_in(elsewhere)
    assert sign_in(browser(), password="nine green bottles").headers["location"] == "/costs"


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({"current": "wrong"}, 401, "The name or the password is wrong."),
        ({"again": "nine green bottle"}, 422, "The two new passwords are not the same."),
        ({"new": "short", "again": "short"}, 422, "The new password is too short: 5 characters."),
        ({"new": PASSWORD, "again": PASSWORD}, 422, "The new password is the same as the old one."),
    ],
    ids=["wrong current password", "mistyped", "too short", "the same"],
)
def test_a_password_that_cannot_be_taken_says_why(vic, fields, status, reason):
    client = browser()
    sign_in(client)

    answer = change(client, **fields)

    assert answer.status_code == status
    assert f'<div role="alert">{reason}' in answer.text
    assert sign_in(browser()).headers["location"] == "/costs"


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_who_is_not_signed_in_gets_to_the_password_form(platform, method):
    assert getattr(browser(), method)("/password").headers["location"] == "/sign-in?next=/"


def test_signing_out_ends_the_session_also_for_who_kept_the_cookie(vic):
    client = browser()
    sign_in(client)
    kept = dict(client.cookies)

    answer = client.post("/sign-out")

    assert answer.headers["location"] == "/sign-in?signed-out"
    assert f'{COOKIE}=""; ' in answer.headers["set-cookie"]
    assert "You are signed out." in client.get("/sign-in?signed-out").text
    thief = browser()
    thief.cookies.update(kept)
    assert not is_signed_in(thief)


def test_signing_in_again_makes_another_session(vic):
    first, second = browser(), browser()
    sign_in(first)
    sign_in(second)

    assert first.cookies[COOKIE] != second.cookies[COOKIE]


def test_a_session_that_an_attacker_chose_is_not_taken(vic):
    client = browser()
    client.cookies.set(COOKIE, "chosen-by-somebody-else")
    sign_in(client)

    thief = browser()
    thief.cookies.set(COOKIE, "chosen-by-somebody-else")
    assert not is_signed_in(thief)


def test_a_disabled_account_is_signed_out(platform, vic):
    client = browser()
    sign_in(client)

    platform.access.accounts.disable(BOSS, "vic", NOW)

    assert not is_signed_in(client)


def test_where_the_attempts_came_from_is_on_record(platform, vic):
    sign_in(browser("198.51.100.4"), password="wrong")

    (entry,) = platform.audit.latest(BOSS, limit=1)
    assert (entry.actor, entry.action, entry.outcome, entry.address) == ("vic", "sign in", "refused", "198.51.100.4")


def test_the_demos_visitor_goes_straight_on(demo):
    assert browser().get("/sign-in?next=/costs").headers["location"] == "/costs"


@pytest.mark.parametrize(
    "client",
    [
        lambda: browser(url="http://evil.example:8501", origin=None),
        lambda: browser("192.0.2.9"),
    ],
    ids=["a foreign name", "another machine"],
)
def test_anybody_else_has_to_sign_in_to_the_demo(demo, client):
    given = demo.access.accounts.add(BOSS, "vic", Role.VIEWER, NOW)

    answer = client().get("/sign-in?next=/costs")
    assert answer.status_code == 200
    assert "<h1>Sign in</h1>" in answer.text

    elsewhere = browser("192.0.2.9")
    assert sign_in(elsewhere, password=given).headers["location"] == "/password?next=/costs"


def test_the_demos_visitor_has_no_password_to_change(demo):
    assert browser().get("/password").headers["location"] == "/sign-in?next=/"


def test_healthz_says_ok_to_anybody(platform):
    answer = browser(origin=None).get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "worker_seen_at": None})


def test_healthz_says_what_is_wrong_but_no_secrets(platform):
    platform.database.path.write_bytes(b"this is no database" * 100)

    answer = browser(origin=None).get("/healthz")

    assert (answer.status_code, answer.json()) == (503, {"status": "error", "problem": "the database cannot be read"})


def test_a_broken_database_is_a_sentence_and_not_a_traceback(platform):
    platform.database.path.write_bytes(b"this is no database" * 100)

    answer = sign_in(browser())

    assert answer.status_code == 503
    assert '<div role="alert">' in answer.text
    assert "Traceback" not in answer.text
