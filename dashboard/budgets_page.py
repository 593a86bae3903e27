"""Budgets page: what may be spent, what of it is used, where it will end, and what to do about it."""

from datetime import date, timedelta

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.costs.budget_standing import Standing
from core.costs.budgets import Budget
from core.errors import PhyghtError
from dashboard import (
    budget_bar,
    budget_course,
    budget_dialog,
    budget_words,
    charts,
    costs_sections,
    format,
    legend,
    outlooks,
    widgets,
)
from dashboard.costs_sections import Section
from dashboard.format import markdown
from dashboard.links import COSTS, page_link
from dashboard.numbers import Number
from dashboard.view import View


def draw(platform: Platform, user: User, view: View, today: date) -> None:
    """The section."""
    budget_dialog.draw(platform, user, view)
    told, untold = outlooks.standings(platform, today)
    if not (told or untold):
        _draw_first_steps(user)
        return
    with st.container(horizontal=True, vertical_alignment="center", key="budgets-head"):
        st.markdown(_finding(told), width="stretch")
        if user.may(Permission.MANAGE_BUDGETS):
            budget_dialog.draw_button("Add a budget", budget_dialog.ADD, icon="add", kind="primary")
    for number, found in enumerate(sorted(told, key=budget_words.tightness, reverse=True)):
        _draw_one(user, view, found, today, number)
    for number, (budget, error) in enumerate(untold):
        _draw_untold(user, budget, error, number)
    if told:
        st.caption(
            "Of each bar, what is filled is used; the mark is where it will end, in the range that holds 80 of 100; "
            "the dashed line is the budget."
        )
    widgets.how_made(Number.BUDGET, "How these numbers are made")


def _finding(told: list[Standing]) -> str:
    over = [each for each in told if each.is_overrun or (each.chance or 0.0) > 0.5]
    if not over:
        return f"**{'The budget is' if len(told) == 1 else 'All budgets are'} likely to be enough.**" if told else ""
    names = ", ".join(f"**{markdown(each.budget.name)}**" for each in over)
    return f"{len(over)} of {format.count(len(told), 'budget')} will more likely than not be overrun: {names}."


def _draw_first_steps(user: User) -> None:
    with widgets.card("empty", "No budgets yet", height="content"):
        st.markdown(
            "A budget says what may be spent in a month, a quarter or a year: on everything, or on one service, "
            "provider, storage class or tag. From then on you see here what of it is used, where it will end and how "
            "sure that is, and the day on which it runs out, while there is still time to do something."
        )
        if user.may(Permission.MANAGE_BUDGETS):
            budget_dialog.draw_button("Add a budget", budget_dialog.ADD, icon="add", kind="primary")
        else:
            st.caption("Operators and administrators may add one.")


def _draw_one(user: User, view: View, found: Standing, today: date, number: int) -> None:
    budget, verdict = found.budget, budget_words.verdict(found)
    with widgets.card(f"budget-{number}", "", height="content"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"budget-name-{number}"):
            st.markdown(f"**{markdown(budget.name)}**", width="content")
            st.badge(" · ".join(filter(None, (verdict.words, budget_words.chance(found)))),
                     icon=f":material/{verdict.icon}:", color=verdict.colour)  # fmt: skip
            if out := budget_words.runs_out(found, today):
                st.badge(out, icon=":material/event_busy:", color="gray")
        st.caption(markdown(f"{budget_words.filters(budget)}; {budget_words.span(budget, found.period)}"))
        budget_bar.draw(found)
        used, ends = (markdown(text) for text in (budget_words.used(found), budget_words.ends(found)))
        st.markdown(f"{used}. {ends}{'' if ends.endswith('.') else '.'}")
        _draw_ways(user, view, found, number)
        if st.query_params.get(costs_sections.BUDGET) == budget.name:
            _draw_course(found)


def _draw_ways(user: User, view: View, found: Standing, number: int) -> None:
    budget = found.budget
    is_open = st.query_params.get(costs_sections.BUDGET) == budget.name
    with st.container(horizontal=True, vertical_alignment="center", key=f"budget-ways-{number}"):
        st.button(
            "Hide its course" if is_open else "Show its course", key=f"budget-course-{number}", type="tertiary",
            icon=":material/show_chart:", on_click=costs_sections.go,
            kwargs={costs_sections.BUDGET: "" if is_open else budget.name},
        )  # fmt: skip
        if user.may(Permission.MANAGE_BUDGETS):
            budget_dialog.draw_button("Change", budget_dialog.CHANGE, budget.name, icon="edit")
            budget_dialog.draw_button("Remove", budget_dialog.REMOVE, budget.name, icon="delete")
        spent = View(found.period, view.by, filters=budget.filters, currency=budget.currency)
        page_link(COSTS, "See what it went on", costs_sections.query(Section.SPENT, spent))


def _draw_course(found: Standing) -> None:
    drawn = budget_course.figure(found)
    st.plotly_chart(
        drawn, config=charts.CONFIG, key="course",
        alt=f"{budget_words.used(found)}; {budget_words.ends(found)}",
    )  # fmt: skip
    legend.draw(drawn)
    st.caption(f"Billed wholly to {format.day(found.until - timedelta(1))}; summed from day to day.")


def _draw_untold(user: User, budget: Budget, error: PhyghtError, number: int) -> None:
    """A budget of charges that no bill has."""
    with widgets.card(f"budget-untold-{number}", "", height="content"):
        st.markdown(f"**{markdown(budget.name)}**")
        st.caption(markdown(f"{budget_words.filters(budget)}; {error.message} {error.advice}"))
        if user.may(Permission.MANAGE_BUDGETS):
            with st.container(horizontal=True, key=f"budget-untold-ways-{number}"):
                budget_dialog.draw_button("Change", budget_dialog.CHANGE, budget.name, icon="edit")
                budget_dialog.draw_button("Remove", budget_dialog.REMOVE, budget.name, icon="delete")
