"""Overview: what this month costs, where it goes, what is stored, and what needs somebody."""

from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from dashboard import (
    ahead_overview,
    alerts_overview,
    currency_choice,
    events,
    migration_overview,
    reliance,
    running,
    savings_overview,
    session,
    storing,
    summary,
    theme,
    uploading,
    widgets,
    wrong_values,
)

user = session.require(Permission.SEE_COSTS)
theme.dress()
platform = session.platform()
now = datetime.now(UTC)

st.title("Overview", anchor=False)
if widgets.has_data(platform, user):
    with widgets.explain_errors():
        currency = currency_choice.chosen(platform.warehouse)
        wrong_values.draw(currency_choice.wrong(platform.warehouse, currency))
        currency_choice.draw_page_switch(platform.warehouse, currency)
        flags = (*events.flags(platform), *ahead_overview.odd_days(platform, user, currency, now.date()))
        answer = summary.overview(platform.warehouse, now.date(), flags, currency)
        ahead = ahead_overview.expected(platform, currency, now.date())
        providers = storing.conditions(platform)
        summary.draw_headline(answer, now.date(), storing.line(providers))
        ahead_overview.draw_tightest(platform, now.date())
        savings_overview.draw(platform, user)
        running.draw(platform, now, answer.month.currency)
        reliance.draw_differing(platform, answer.month.period, reliance.BESIDE_BILL)
        summary.draw_tiles(answer, now.date(), ahead)
        migration_overview.draw(platform, user, now)
        chart, needs = st.columns([2, 1])
        with chart:
            summary.draw_daily(answer)
        with needs:
            alerts_overview.draw(platform, user, now)
        places = st.columns(2 if answer.stored else 1)
        with places[0]:
            summary.draw_where_it_goes(answer)
        if answer.stored:
            with places[1]:
                summary.draw_stored(answer, platform)
else:
    with widgets.explain_errors():
        migration_overview.draw(platform, user, now)
with widgets.explain_errors():
    uploading.draw_figures(platform, now)
