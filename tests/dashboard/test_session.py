"""Session: what a page shows depends on who looks at this very moment."""

from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Permission, Role
from core.errors import PermissionDenied
from dashboard import session
from dashboard.visitor import Visitor
from tests.dashboard.conftest import BOSS, PASSWORD

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def costs_page() -> None:
    import streamlit as st

    from core.access.roles import Permission
    from dashboard import session

    user = session.require(Permission.QUERY_WAREHOUSE)
    st.session_state.setdefault("opened_by", user.name)
    st.write(f"figures for {user.name}")


@pytest.fixture
def come(monkeypatch):
    """Lets somebody come from this machine, with a session's token or without."""

    def come(token: str = "") -> None:
        here = Visitor("127.0.0.1", "127.0.0.1:8501", origin="", proxied=False, token=token)
        monkeypatch.setattr(session, "visitor_of_page", lambda: here)

    come()
    return come


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(costs_page, default_timeout=60)


@pytest.fixture
def analyst(platform, vic) -> str:
    """The token of vic, who is an analyst now."""
    platform.access.accounts.set_role(BOSS, "vic", Role.ANALYST, NOW)
    return platform.access.sessions.sign_in("vic", PASSWORD, "127.0.0.1", datetime.now(UTC))


def shown(page: AppTest) -> str:
    assert not page.exception
    return " ".join(element.value for element in page.markdown)


def html(page: AppTest) -> str:
    return " ".join(element.proto.body for element in page.get("html"))


def test_who_may_see_the_page_sees_it(page, come, analyst):
    come(analyst)

    assert shown(page.run()) == "figures for vic"


def test_signed_out_there_is_only_the_way_to_sign_in(page, come, platform):
    page.query_params["by"] = "service"

    assert "figures" not in shown(page.run())
    assert "You are not signed in" in html(page)
    assert 'href="/sign-in?next=/%3Fby%3Dservice"' in html(page)


def test_in_a_role_that_is_not_enough_there_is_only_a_sentence(page, come, platform, vic):
    come(platform.access.sessions.sign_in("vic", PASSWORD, "127.0.0.1", datetime.now(UTC)))

    assert "figures" not in shown(page.run())
    assert "The role viewer may not query the warehouse. Ask an administrator for the role analyst." in html(page)


def test_before_the_one_time_password_is_changed_nothing_is_shown(page, come, platform, one_time_password):
    platform.access.accounts.set_role(BOSS, "vic", Role.ADMIN, NOW)
    come(platform.access.sessions.sign_in("vic", one_time_password, "127.0.0.1", datetime.now(UTC)))

    assert "figures" not in shown(page.run())
    assert 'href="/password?next=/"' in html(page)


@pytest.mark.parametrize(
    "end",
    [
        lambda platform, token: platform.access.sessions.sign_out(token, "127.0.0.1", datetime.now(UTC)),
        lambda platform, token: platform.access.accounts.disable(BOSS, "vic", NOW),
        lambda platform, token: platform.access.accounts.reset_password(BOSS, "vic", NOW),
        lambda platform, token: platform.access.accounts.set_role(BOSS, "vic", Role.VIEWER, NOW),
    ],
    ids=["signed out elsewhere", "disabled", "password reset", "lower role"],
)
def test_an_open_page_shows_nothing_more_and_forgets_what_was_on_it(page, come, platform, analyst, end):
    come(analyst)
    page.run()
    assert page.session_state["opened_by"] == "vic"

    end(platform, analyst)
    page.run()

    assert "figures" not in shown(page)
    assert "opened_by" not in page.session_state


def test_the_next_person_at_the_same_browser_finds_nothing_of_the_one_before(page, come, platform, analyst):
    come(analyst)
    page.run()
    given = platform.access.accounts.add(BOSS, "ann", Role.ANALYST, NOW)
    token = platform.access.sessions.sign_in("ann", given, "127.0.0.1", datetime.now(UTC))

    come(platform.access.sessions.change_password(token, given, PASSWORD, "127.0.0.1", datetime.now(UTC)))
    page.run()

    assert shown(page) == "figures for ann"
    assert page.session_state["opened_by"] == "ann"


def test_the_demos_visitor_sees_all_and_can_look_as_somebody_else(page, come, demo):
    assert shown(page.run()) == "figures for demo"

    page.session_state[session.VIEW_AS] = Role.VIEWER
    assert "figures" not in shown(page.run())
    assert "The role viewer may not query the warehouse." in html(page)

    page.session_state[session.VIEW_AS] = Role.ANALYST
    assert shown(page.run()) == "figures for demo"


def test_a_real_account_cannot_choose_its_role(page, come, platform, vic):
    come(platform.access.sessions.sign_in("vic", PASSWORD, "127.0.0.1", datetime.now(UTC)))
    page.session_state[session.VIEW_AS] = Role.ADMIN

    assert "figures" not in shown(page.run())


def test_what_runs_later_asks_again_who_is_there(come, analyst, platform):
    come(analyst)
    check = session.lasting(Permission.QUERY_WAREHOUSE)
    check()

    platform.access.accounts.set_role(BOSS, "vic", Role.VIEWER, NOW)
    with pytest.raises(PermissionDenied):
        check()


def test_what_runs_later_is_refused_to_who_has_signed_out(come, analyst, platform):
    come(analyst)
    check = session.lasting(Permission.SEE_COSTS)

    platform.access.sessions.sign_out(analyst, "127.0.0.1", NOW)
    with pytest.raises(PermissionDenied, match="not signed in"):
        check()
