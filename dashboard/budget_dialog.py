"""Budget dialog: a budget is added, changed or removed, by those who may."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.costs.budget_store import Budgets
from core.costs.budgets import LONGEST_NAME, Budget, Span
from core.costs.currencies import currencies
from core.costs.dimensions import Dimension, Filter
from core.costs.selection import tag_keys
from core.errors import BudgetRefused, PhyghtError
from core.warehouse import Warehouse
from dashboard import budget_words, format, outlooks, session
from dashboard.format import markdown
from dashboard.view import View

ADD, CHANGE, REMOVE = "add", "change", "remove"
_TITLES = {ADD: "Add a budget", CHANGE: "Change the budget", REMOVE: "Remove the budget"}
_ASKED, _SAID, _REFUSED = "budget-asked", "budget-said", "budget-refused"
_NAME, _AMOUNT, _CURRENCY, _SPAN, _GROWTH, _SINCE, _ONLY = (
    f"budget-{each}" for each in ("name", "amount", "currency", "span", "growth", "since", "only")
)
_DIMENSIONS = (
    Dimension.PROVIDER,
    Dimension.SERVICE,
    Dimension.USAGE_FAMILY,
    Dimension.STORAGE_CLASS,
    Dimension.REGION,
    Dimension.ACCOUNT,
)


_NUMBER = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)


def draw_button(label: str, what: str, name: str = "", icon: str = "", kind: str = "tertiary") -> None:
    """A button that opens the dialog."""
    st.button(
        label,
        key=f"budget-{what}-{name}",
        type="primary" if kind == "primary" else "tertiary",
        icon=f":material/{icon}:",
        on_click=_ask,
        args=(what, name),
    )


def _ask(what: str, name: str) -> None:
    session.require(Permission.MANAGE_BUDGETS)
    st.session_state[_ASKED] = (what, name)


def draw(platform: Platform, user: User, view: View) -> None:
    """What came of the last dialog; and the one that was asked for now."""
    if said := st.session_state.pop(_SAID, ""):
        st.toast(said, icon=":material/check_circle:")
    if _ASKED not in st.session_state:
        _draw_refusal()
        return
    what, name = st.session_state.pop(_ASKED)
    user.require(Permission.MANAGE_BUDGETS)
    st.dialog(_TITLES[what])(lambda: _draw(platform, view, what, name))()


def _draw(platform: Platform, view: View, what: str, name: str) -> None:
    session.require(Permission.MANAGE_BUDGETS)
    if _SAID in st.session_state:
        st.rerun()  # it is done, so the dialog is closed
    _draw_refusal()
    known = {each.name: each for each in Budgets(platform.database, platform.audit).all()}
    old = known.get(name)
    if what == REMOVE:
        _draw_removal(platform, old, name)
    else:
        _draw_terms(platform, view, old)


def _draw_refusal() -> None:
    """Why the last one was not kept."""
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(f"**{markdown(refused.message)}** {markdown(refused.advice)}", icon=":material/error:")


def _draw_removal(platform: Platform, old: Budget | None, name: str) -> None:
    st.markdown(f"**{markdown(name)}** is forgotten, with its course and its chance of an overrun.")
    if old:
        amount = format.cents(old.amount, old.currency)
        st.caption(markdown(f"It is {amount} a {old.span}; {budget_words.filters(old)}. It can be added again."))
    _draw_answer("Remove it", _remove, platform, name)


def _remove(platform: Platform, name: str) -> None:
    _do(lambda user, now: Budgets(platform.database, platform.audit).remove(user, name, now), f"{name} is removed.")


def _draw_terms(platform: Platform, view: View, old: Budget | None) -> None:
    there = currencies(platform.warehouse)
    currency = old.currency if old else view.currency or there[0]
    there = there if currency in there else (*there, currency)
    st.text_input("Name", old.name if old else "", key=_NAME, max_chars=LONGEST_NAME, placeholder="All costs")
    amount, of, span = st.columns([2, 1, 1])
    amount.text_input("Amount", f"{old.amount:f}" if old else "", key=_AMOUNT, max_chars=20, placeholder="1500")
    of.selectbox("Currency", there, there.index(currency), key=_CURRENCY, format_func=format.currency_name)
    spans = list(Span)
    span.selectbox("Each", spans, spans.index(old.span) if old else 0, key=_SPAN, format_func=str)
    chosen = old.filters if old else view.filters
    st.multiselect(
        "Only charges of", _choices(platform.warehouse, view, chosen), list(chosen), key=_ONLY,
        format_func=budget_words.filter_name, placeholder="All costs",
        help="Of each kind at most one; a charge has to fit all of them.",
    )  # fmt: skip
    growth, since = st.columns(2)
    growth.text_input(
        "Grows by, % a span", f"{(old.growth * 100).normalize():f}" if old else "0", key=_GROWTH, max_chars=8,
        help="How much more each month, quarter or year has than the one before.",
    )  # fmt: skip
    since.date_input(
        "Amount of the span with", old.since if old else datetime.now(UTC).date(), key=_SINCE, format="DD/MM/YYYY"
    )
    _draw_answer("Save", _save, platform, old)


def _choices(warehouse: Warehouse, view: View, chosen: tuple[Filter, ...]) -> list[Filter]:
    """What charges of the last year and a half state."""
    by = [*_DIMENSIONS, *(f"tag:{key}" for key in tag_keys(warehouse))]
    found = [Filter(str(each), label) for each in by for label in outlooks.labels(warehouse, str(each), view.currency)]
    return [*(each for each in chosen if each not in found), *found]


def _draw_answer(label: str, do: Callable[..., None], *about: object) -> None:
    with st.container(horizontal=True, horizontal_alignment="right", key="budget-answer"):
        if st.button("Not now", key="budget-not-now"):
            st.rerun()
        st.button(label, type="primary", key="budget-yes", on_click=do, args=about)


def _save(platform: Platform, old: Budget | None) -> None:
    budgets = Budgets(platform.database, platform.audit)

    def save(user: User, now: datetime) -> None:
        asked = _asked(old)
        if asked.name != (old.name if old else "") and asked.name in {each.name for each in budgets.all()}:
            raise BudgetRefused(f"There is a budget {asked.name} already.", "Change that one, or choose another name.")
        kept = budgets.save(user, asked, now)
        if old and kept.name != old.name:
            budgets.remove(user, old.name, now)

    _do(save, f"{st.session_state[_NAME].strip()} is kept.")


def _do(change: Callable[[User, datetime], None], said: str) -> None:
    """From a callback; where it does not go, why is shown."""
    user = session.require(Permission.MANAGE_BUDGETS)
    try:
        change(user, datetime.now(UTC))
        st.session_state[_SAID] = markdown(said)
    except PhyghtError as error:
        st.session_state[_REFUSED] = error


def _asked(old: Budget | None) -> Budget:
    """What was typed. Raises BudgetRefused."""
    state = st.session_state
    only: list[Filter] = state[_ONLY]
    if len({each.dimension for each in only}) < len(only):
        raise BudgetRefused("No charge is of two values of one kind.", "Choose one of each, or make two budgets.")
    since: date = state[_SINCE] or (old.since if old else datetime.now(UTC).date())
    return Budget(
        " ".join(state[_NAME].split()), _number(state[_AMOUNT]), state[_CURRENCY], since, state[_SPAN], tuple(only),
        _number(state[_GROWTH] or "0") / 100,
    )  # fmt: skip


def _number(text: str) -> Decimal:
    """With commas between thousands only: in 1500,50 one would be taken for the other."""
    plain = text.replace("%", "").strip()
    if not _NUMBER.fullmatch(plain):
        raise BudgetRefused(f"{text!r} is no number.", "Write it with a point for decimals, such as 1,500.50.")
    return Decimal(plain.replace(",", ""))
