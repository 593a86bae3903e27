"""Spent page: what a period cost, on what, and how that changed; or what videos and rungs cost of it."""

from datetime import date

from core.access.roles import User
from core.bootstrap import Platform
from core.costs.titles import title_named
from dashboard import (
    answer_chart,
    answer_lines,
    answers,
    attribution_panels,
    controls,
    events,
    odd_days_words,
    outlooks,
    supabase,
)
from dashboard.view import View, first_period


def draw(platform: Platform, user: User, view: View, today: date, until: date | None) -> None:
    """The section; until: when the bills stop being whole."""
    controls.draw_controls(view, today, until, platform.warehouse)
    controls.draw_filters(view)
    with controls.offers_others(view, first_period(today, until), platform.warehouse):
        if by := title_named(view.by):
            attribution_panels.draw(platform, view, by)
            return
        odd = odd_days_words.flags(outlooks.odd_days_of(platform, user, view))
        flags = (*events.flags(platform), *odd)
        answer = answers.answer(platform.warehouse, platform.database, view, flags)
        answer_chart.draw_total(answer)
        supabase.draw_egress_note(platform, view, today)
        answer_chart.draw_chart(answer)
        answer_lines.draw_lines(answer)
        answer_lines.draw_restatements(answer)
