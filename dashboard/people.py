"""People: the part of the Settings page about accounts and roles."""

from datetime import datetime

import streamlit as st

from core.access.accounts import Account, Accounts
from core.access.roles import LOWEST_ROLE, Permission, Role, User, Via
from dashboard import widgets
from dashboard.format import markdown

_HANDED_OVER = "people-password"
_VIA = {Via.PASSWORD: "signed in with a password", Via.DEMO: "the demo's visitor", Via.SHELL: "the shell's user"}


def draw_you(user: User) -> None:
    """Who is looking, and what they may do."""
    may = [permission for permission in Permission if user.may(permission)]
    with widgets.card("you", "You", f"{markdown(user.name)}, {_VIA[user.via]}, as {user.role}"):
        st.markdown(f"You may {', '.join(may[:-1])} and {may[-1]}." if len(may) > 1 else f"You may {may[0]}.")


def draw_people(accounts: Accounts, user: User, now: datetime) -> None:
    """The accounts of this installation, for those who manage them."""
    if not user.may(Permission.MANAGE_PEOPLE):
        st.caption(f"The list of people is for the role {LOWEST_ROLE[Permission.MANAGE_PEOPLE]}.")
        return
    people = accounts.all(user)
    with widgets.card("people", "People", "Local accounts of this installation"):
        _draw_handed_over()
        if people:
            _draw_list(people, now)
        else:
            st.markdown("There are no accounts yet. The demo lets its visitor in without one.")
        with st.container(horizontal=True, key="people-buttons"):
            with st.popover("Add a person", icon=":material/person_add:"), widgets.explain_errors():
                _draw_add(accounts, user, now)
            if people:
                with st.popover("Change an account", icon=":material/manage_accounts:"), widgets.explain_errors():
                    _draw_change(accounts, user, people, now)


def _draw_list(people: tuple[Account, ...], now: datetime) -> None:
    widgets.plain_table(
        {
            "Name": [person.name for person in people],
            "Role": [str(person.role) for person in people],
            "Last signed in": [widgets.when(person.last_sign_in_at, now) for person in people],
            "State": [_state(person) for person in people],
        },
        alt="The accounts of this installation",
    )


def _state(person: Account) -> str:
    if person.disabled:
        return "disabled"
    return "has a one-time password" if person.must_change else "active"


def _draw_handed_over() -> None:
    """A one-time password, in the run after it was made and never again."""
    if _HANDED_OVER in st.session_state:
        name, password = st.session_state.pop(_HANDED_OVER)
        st.success(f"Give **{markdown(name)}** this one-time password. It is shown only now.", icon=":material/key:")
        st.code(password, language=None)


def _draw_add(accounts: Accounts, user: User, now: datetime) -> None:
    name = st.text_input("Name", key="people-name", max_chars=64)
    role = st.selectbox("Role", list(Role), key="people-role")
    if st.button("Add", type="primary", key="people-add"):
        st.session_state[_HANDED_OVER] = (name, accounts.add(user, name, role, now))
        st.rerun()


def _draw_change(accounts: Accounts, user: User, people: tuple[Account, ...], now: datetime) -> None:
    by_name = {person.name: person for person in people}
    person = by_name[st.selectbox("Account", list(by_name), key="people-account")]
    role = st.selectbox("Role", list(Role), index=list(Role).index(person.role), key=f"role of {person.name}")
    if role is not person.role and st.button(f"Make it {role}", type="primary", key="people-set-role"):
        accounts.set_role(user, person.name, role, now)
        st.rerun()
    if st.button("New one-time password", key="people-reset", help="Signs the account out everywhere"):
        st.session_state[_HANDED_OVER] = (person.name, accounts.reset_password(user, person.name, now))
        st.rerun()
    if st.button("Enable" if person.disabled else "Disable", key="people-disable"):
        (accounts.enable if person.disabled else accounts.disable)(user, person.name, now)
        st.rerun()
