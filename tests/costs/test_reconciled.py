"""Reconciled: forecasts by titles come to what forecasts by services come to."""

from datetime import date

import pytest

from core.costs.forecast import look_ahead, retold
from core.costs.forecasted import KnownChange
from core.costs.reconciled import reconciled
from tests.costs.pasts import days, past_of

UNTIL, LONG, SHORT = date(2026, 4, 11), 100, 30


def outlook(services: dict[str, float], since: int = 0, *known: KnownChange):
    daily = {name: days([0.0] * since + [cost] * (LONG - since)) for name, cost in services.items()}
    return look_ahead(past_of(daily, UNTIL), UNTIL, 7, known=known)


def test_the_sum_of_each_day_is_the_services_and_titles_divide_it_as_they_did():
    """Services: 8 a day, and 4 more from the second day on, which is announced. Titles: three quarters, one quarter."""
    more = KnownChange(date(2026, 4, 12), "4 more.", {"service": "CDN"}, factor=1.5)
    guide = outlook({"CDN": 8.0}, 0, more)
    found = retold(reconciled(outlook({"1080p": 3.0, "720p": 1.0}, LONG - SHORT), guide))

    assert [float(day.expected) for day in found.total.days] == pytest.approx([8, *[12] * 6], rel=1e-6)
    assert [float(day.expected) for day in found.part("1080p").days] == pytest.approx([6, *[9] * 6], rel=1e-6)
    assert [float(day.expected) for day in found.part("720p").days] == pytest.approx([2, *[3] * 6], rel=1e-6)
    assert found.total.sums == retold(guide).total.sums
    assert found.known == ("4 more.",)


def test_where_titles_have_too_little_history_they_have_no_forecast():
    titles = outlook({"1080p": 3.0}, LONG - 20)

    assert reconciled(titles, outlook({"CDN": 8.0})).total is None
