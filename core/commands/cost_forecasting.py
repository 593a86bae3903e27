"""python -m core forecast, backtest on bills: where months end, what days come to, and how good that was."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Permission
from core.actions.foreseen import known_changes
from core.commands.printing import note, plain, printable, say, say_json, say_table
from core.costs.accuracy import Accuracy, accuracy
from core.costs.dimensions import Dimension, dimension_named
from core.costs.forecast import Outlook, look_ahead, retold
from core.costs.forecasted import Bands, CostForecast, ForecastMonth, KnownChange, PartForecast
from core.costs.idle import refuse_idle
from core.costs.past import PastCosts, past_costs
from core.costs.past_titles import titles_of
from core.costs.portions import portions_of, whole
from core.costs.reconciled import reconciled
from core.costs.scenario import Prices
from core.costs.stored_forecasts import store_forecasts, stored_months
from core.costs.supposed import scenario_of
from core.costs.titles import FORECAST, title_named
from core.costs.what_if import base_of, what_if
from core.errors import WrongArguments
from core.forecasting.backtest import Backtest, backtest
from core.settings import Settings


def open_costs(settings: Settings) -> bootstrap.Platform:
    """The platform, for somebody who may see costs. Raises PermissionDenied."""
    platform = bootstrap.open_platform(settings)
    shell_user(platform.home).require(Permission.SEE_COSTS)
    if platform.demo:
        note("Demo data. Ingest a bill of your own: python -m core ingest SOURCE.")
    return platform


def by_of(arguments: argparse.Namespace) -> str:
    """The dimension that is asked for. Raises UnknownDimension."""
    return dimension_named(arguments.by or Dimension.SERVICE)


def _outlook(
    platform: bootstrap.Platform, arguments: argparse.Namespace, today: date, horizon: int, levels: Sequence[int],
    known: Sequence[KnownChange],
) -> Outlook:  # fmt: skip
    past = _past(platform, arguments)
    if not title_named(past.by):
        return look_ahead(past, today, horizon, levels, known)
    services = past_costs(platform.warehouse, Dimension.SERVICE, currency=past.currency)
    guide = look_ahead(services, today, horizon, levels, known)
    return reconciled(look_ahead(past, today, horizon, levels), guide)


def _past(platform: bootstrap.Platform, arguments: argparse.Namespace) -> PastCosts:
    """What is forecast from: by a dimension, by rung, or by groups of videos. Raises WrongArguments."""
    title = title_named(arguments.by or "")
    if title and title not in FORECAST:
        raise WrongArguments(f"Forecasts do not go by {title}.", f"Give --by {' or --by '.join(FORECAST)}.")
    if title:
        return titles_of(platform.warehouse, platform.database, title, currency=arguments.currency)
    return past_costs(platform.warehouse, by_of(arguments), currency=arguments.currency)


def run_on_bills(arguments: argparse.Namespace, settings: Settings, horizon: int, levels: Sequence[int]) -> int:
    """Forecast what the bills' costs will come to."""
    platform, now = open_costs(settings), datetime.now(UTC)
    known = known_changes(platform.database, platform.warehouse, platform.prices, now.date())
    if arguments.store:
        shell_user(platform.home).require(Permission.INGEST)
        kept = store_forecasts(platform.database, platform.warehouse, now, known)
        note("Kept as today's forecast." if kept else "Today has its forecast.")
    if arguments.what_if:
        return _say_what_if(arguments, platform, horizon, levels)
    found = retold(_outlook(platform, arguments, now.date(), horizon, levels, known))
    stored = stored_months(platform.database, found.currency)
    measured = accuracy(past_costs(platform.warehouse, Dimension.SERVICE, currency=found.currency), stored)
    if arguments.json:
        say_json({**_as_json(found, horizon, arguments.totals), "measured": _measured(measured)})
    else:
        _say(found, horizon)
        say(measured.in_words())
    return 0


def _say_what_if(
    arguments: argparse.Namespace, platform: bootstrap.Platform, horizon: int, levels: Sequence[int]
) -> int:
    if title := title_named(arguments.by or ""):
        raise WrongArguments(f"--what-if does not go with --by {title}.", "Leave --by out, or give a dimension.")
    scenario, prices, today = scenario_of(arguments.what_if), Prices.of(platform.prices), datetime.now(UTC)
    known = known_changes(platform.database, platform.warehouse, platform.prices, today.date())
    base = base_of(platform.warehouse, prices, today, by_of(arguments), horizon, levels, known, arguments.currency)
    refuse_idle(base, scenario)
    found = what_if(base, scenario)
    if arguments.json:
        told = _as_json(found.forecast, horizon, arguments.totals)
        before = [_month_row(part, month) for part in _every(base.forecast) for month in part.months]
        say_json({**told, "months_without": before, "assumptions": found.assumptions})
        return 0
    _say(found.forecast, horizon)
    for line in found.assumptions:
        say(printable(line))
    if base.forecast.total and found.forecast.total:
        more = found.forecast.total.sum_of(horizon).expected - base.forecast.total.sum_of(horizon).expected
        say(f"In all {more:+,.2f} {found.forecast.currency} in {horizon} days, beside what is expected without it.")
    return 0


def _measured(found: Accuracy) -> dict[str, Any]:
    return {
        "days_to_go": found.days_to_go,
        "month_ends": len(found.month_ends),
        "replayed": found.replayed,
        "inside_80": found.inside(80),
        "inside_95": found.inside(95),
        "typical_error": found.typical_error,
    }


def backtest_on_bills(
    arguments: argparse.Namespace, settings: Settings, horizon: int, levels: Sequence[int]
) -> Backtest:
    """How good forecasts of the bills' own series were: of each label, and of the total."""
    past = _past(open_costs(settings), arguments)
    series = [each.series for each in (*portions_of(past)[0], whole(past)) if each.series]
    return backtest(series, horizon, levels)


def _as_json(found: CostForecast, horizon: int, as_totals: bool) -> dict[str, Any]:
    every = _every(found)
    return {
        "by": found.by,
        "metric": found.metric,
        "currency": found.currency,
        "first": str(found.first),
        "rows": [row for part in every for row in (_sum_rows(part, horizon) if as_totals else _day_rows(part))],
        "months": [_month_row(part, month) for part in every for month in part.months],
        "left_out": [asdict(each) for each in found.left_out],
        "known": found.known,
        "notes": found.notes,
    }


def _every(found: CostForecast) -> tuple[PartForecast, ...]:
    return (*found.parts, found.total) if found.total else found.parts


def _day_rows(part: PartForecast) -> list[dict[str, str]]:
    return [
        {"unique_id": part.label, "ds": str(each.day), "mean": plain(each.expected), **_ends(each.bands)}
        for each in part.days
    ]


def _sum_rows(part: PartForecast, horizon: int) -> list[dict[str, str]]:
    found, first = part.sum_of(horizon), part.days[0].day
    told = {"unique_id": part.label, "from": str(first), "to": str(first + timedelta(horizon))}
    return [{**told, "mean": plain(found.expected), **_ends(found.bands)}]


def _month_row(part: PartForecast, month: ForecastMonth) -> dict[str, str]:
    told = {"unique_id": part.label, "month": f"{month.month:%Y-%m}", "billed": plain(month.billed)}
    return {**told, "mean": plain(month.expected), **_ends(month.bands)}


def _ends(bands: Bands) -> dict[str, str]:
    return {
        f"{name}-{level}": plain(end)
        for level, band in bands.items()
        for name, end in (("lo", band.lo), ("hi", band.hi))
    }


def _say(found: CostForecast, horizon: int) -> None:
    if found.total:
        bands = list(_ends(found.total.this_month.bands))
        rows = [_cells(month, f"{month.month:%Y-%m}", month.billed) for month in found.total.months]
        say_table(("month", "billed", found.currency, *bands), rows, frozenset(range(1, 3 + len(bands))))
        say("")
        sums = [(part.label, f"{part.sum_of(horizon).expected:,.2f}", *_texts(part.sum_of(horizon).bands))
                for part in _every(found)]  # fmt: skip
        last = found.first + timedelta(horizon - 1)
        say_table((found.by, f"{found.first} to {last}", *bands), sums, frozenset(range(1, 2 + len(bands))))
    for line in (*found.known, *found.notes):
        say(printable(line))
    for each in found.left_out:
        note(f"{each.unique_id}: {each.reason}")


def _cells(month: ForecastMonth, name: str, billed: Any) -> tuple[str, ...]:
    return (name, f"{billed:,.2f}", f"{month.expected:,.2f}", *_texts(month.bands))


def _texts(bands: Bands) -> list[str]:
    return [f"{end:,.2f}" for band in bands.values() for end in (band.lo, band.hi)]
