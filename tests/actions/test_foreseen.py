"""What was just applied or undone enters forecasts of costs, until the bill knows it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import cast

import pytest

from core.actions.action import Phase, Promise
from core.actions.actions import Actions
from core.actions.doing import Doer
from core.actions.foreseen import known_changes, to_be_felt
from core.billing.prices import load_prices
from core.costs.forecasted import KnownChange
from core.warehouse import Warehouse
from tests.actions.conftest import BLUE, LATER, NOW, OLGA
from tests.actions.memory import Colours

MONTH = Decimal(365) / 12
SAVES = Promise("paint", Decimal("36.50"))
AT_S3 = {"provider": "AWS", "service": "Amazon Simple Storage Service", "usage_family": "storage"}


class Billed:
    """A warehouse with AWS's bill of a month, whole until a day of it."""

    def __init__(self, until: date) -> None:
        self._row = ("AWS", until.replace(day=1), "USD", datetime(until.year, until.month, until.day, 9, tzinfo=UTC))

    def standing(self, sql: str) -> list[tuple[object, ...]]:
        return [(*self._row, self._row[-1])]


def felt(actions: Actions, until: date) -> tuple[KnownChange, ...]:
    return to_be_felt(actions.handles.database, cast(Warehouse, Billed(until)))


def applied(actions: Actions, doer: Doer, promise: Promise = SAVES) -> str:
    """On 30 November, at one in the afternoon."""
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW, promise)
    doer.do(id, lambda: False)
    return id


def undone(actions: Actions, doer: Doer) -> None:
    id = applied(actions, doer)
    actions.undo(OLGA, id, LATER)
    doer.do(id, lambda: False)


def test_what_was_applied_today_saves_its_promise_from_tomorrow_on(actions: Actions, doer: Doer):
    applied(actions, doer)

    (change,) = felt(actions, date(2026, 11, 29))
    assert change == KnownChange(
        date(2026, 12, 1),
        "Paints 3. That was applied on 2026-11-30, which no bill shows yet: "
        "36.50 USD a month less, by what it promised.",
        AT_S3,
        Decimal("-36.50") / MONTH,
    )
    assert known_changes(
        actions.handles.database, cast(Warehouse, Billed(date(2026, 11, 29))), load_prices(), NOW.date()
    )[-1:] == (change,)


@pytest.mark.parametrize(("until", "changes"), [(date(2026, 12, 1), 1), (date(2026, 12, 2), 0)])
def test_the_first_whole_day_that_is_billed_ends_it(actions: Actions, doer: Doer, until: date, changes: int):
    applied(actions, doer)

    assert len(felt(actions, until)) == changes


def test_what_promised_nothing_changes_nothing(actions: Actions, doer: Doer):
    applied(actions, doer, Promise("paint"))

    assert felt(actions, date(2026, 11, 29)) == ()


def test_what_is_still_being_applied_changes_nothing(actions: Actions):
    actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW, SAVES)

    assert felt(actions, date(2026, 11, 29)) == ()


def test_what_was_stopped_and_undone_before_it_was_applied_changes_nothing(actions: Actions, doer: Doer):
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW, SAVES)
    actions.stop(OLGA, id, NOW)
    first_only = iter([False, True])
    doer.do(id, lambda: next(first_only, True))
    actions.undo(OLGA, id, LATER)
    doer.do(id, lambda: False)
    taken = actions.taken(OLGA, id)
    assert (taken.phase, taken.applied_at) == (Phase.UNDONE, None)

    assert felt(actions, date(2026, 11, 29)) == ()


def test_what_was_undone_before_any_bill_knew_of_it_changes_nothing(actions: Actions, doer: Doer):
    undone(actions, doer)

    assert felt(actions, date(2026, 11, 29)) == ()


def test_what_was_undone_costs_again_what_the_bill_had_seen_it_save(actions: Actions, doer: Doer):
    undone(actions, doer)
    with actions.handles.database.transaction() as connection:
        connection.execute("UPDATE actions SET applied_at = '2026-11-10T13:00:00Z'")

    (change,) = felt(actions, date(2026, 11, 29))
    assert (change.from_day, change.daily) == (date(2026, 12, 1), Decimal("36.50") / MONTH)
    assert change.words.endswith(
        "undone on 2026-11-30, which no bill shows yet: 36.50 USD a month more, by what it promised."
    )


def test_what_it_costs_once_is_of_one_day_until_the_bill_has_that_day(actions: Actions, doer: Doer, colours: Colours):
    """Copies are billed on the day on which they are made."""
    colours.one_off_usd = Decimal("11.52")
    applied(actions, doer, Promise("paint"))

    (change,) = felt(actions, date(2026, 11, 29))
    assert change == KnownChange(
        date(2026, 11, 30),
        "Paints 3. That costs 11.52 USD once, on 2026-11-30, which no bill shows yet.",
        AT_S3,
        Decimal("11.52"),
        lasts=1,
    )
    assert [change.share_on(date(2026, 11, day)) for day in (29, 30)] == [0.0, 1.0]
    assert change.share_on(date(2026, 12, 1)) == 0.0
    assert felt(actions, date(2026, 12, 1)) == ()


def test_what_s3_does_by_a_rule_is_billed_a_day_later(actions: Actions, doer: Doer, colours: Colours):
    colours.one_off_usd = Decimal(3)
    applied(actions, doer, Promise("paint"))
    with actions.handles.database.transaction() as connection:
        connection.execute("UPDATE actions SET kind = 'change storage class'")

    assert [each.from_day for each in felt(actions, date(2026, 12, 1))] == [date(2026, 12, 1)]


def test_to_take_back_costs_once_too(actions: Actions, doer: Doer, colours: Colours):
    colours.one_off_usd, colours.undo_usd = Decimal(3), Decimal(2)
    undone(actions, doer)

    assert [each.daily for each in felt(actions, date(2026, 11, 29))] == [3, 2]
