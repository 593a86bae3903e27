"""python -m core forecast, backtest, anomalies: what daily values come to, how good that is, and which were odd."""

import argparse
import math
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.commands.fitting import least_of, require_fitting
from core.commands.periods import day
from core.commands.printing import note, say, say_json, say_table
from core.costs.dimensions import Dimension
from core.costs.supposed import FORMS
from core.costs.titles import FORECAST, Title
from core.errors import WrongArguments
from core.forecasting.backtest import Scores, backtest
from core.forecasting.forecast import Band, Forecast, forecast
from core.forecasting.odd_days import Least, OddDay, odd_days
from core.forecasting.series import LeftOut, read_series
from core.settings import Settings

_LONGEST = 366
_SMALLEST = 1e-6  #: that is written without an exponent


def add_forecast(parser: argparse.ArgumentParser) -> None:
    _add_options(parser)
    parser.add_argument("--totals", action="store_true", help="the sum of the days, instead of each day")
    parser.add_argument(
        "--what-if", action="append", default=[], metavar="CHANGE", help=f"of the bills; several times: {FORMS}"
    )
    parser.add_argument("--store", action="store_true", help="of the bills: keep it as today's, as the worker does")


def run_forecast(arguments: argparse.Namespace, settings: Settings) -> int:
    require_fitting(arguments)
    levels = _levels(arguments)
    if arguments.series is None:
        from core.commands.cost_forecasting import run_on_bills  # here: a file is forecast without the platform

        return run_on_bills(arguments, settings, _horizon(arguments), levels)
    series, unread = read_series(arguments.series)
    answer = forecast(series, _horizon(arguments), levels)
    rows = [row for each in answer.forecasts for row in _rows(each, levels, arguments.totals)]
    _say(rows, [*unread, *answer.left_out], arguments.json)
    return 0


def add_backtest(parser: argparse.ArgumentParser) -> None:
    _add_options(parser)


def run_backtest(arguments: argparse.Namespace, settings: Settings) -> int:
    require_fitting(arguments)
    h, levels, unread = _horizon(arguments), _levels(arguments), list[LeftOut]()
    if arguments.series is None:
        from core.commands.cost_forecasting import backtest_on_bills

        found = backtest_on_bills(arguments, settings, h, levels)
    else:
        series, unread = read_series(arguments.series)
        found = backtest(series, h, levels)
    if arguments.json:
        say_json({**asdict(found.scores), "left_out": [asdict(each) for each in (*unread, *found.left_out)]})
    else:
        _say_scores(found.scores)
        _note_left_out([*unread, *found.left_out])
    return 0


def add_anomalies(parser: argparse.ArgumentParser) -> None:
    _add_series(parser)
    parser.add_argument(
        "--least",
        type=_least,
        help="by how much a day has to be off, in y's unit; 0 without it, or a share of the bills",
    )
    parser.add_argument(
        "--least-share", type=_least, help=f"and by which share of what is expected; {Least().share:g} without it"
    )
    parser.add_argument("--label", help="of the bills: only that service (or what --by says), or total")
    parser.add_argument("--explain", type=day, metavar="DAY", help="what the odd event of that day comes from")
    parser.add_argument("--expected", type=day, metavar="DAY", help="it was expected: it is not told again")
    parser.add_argument("--not-expected", type=day, metavar="DAY", help="it was not")
    parser.add_argument("--note", default="", help="why, for others to read")


def run_anomalies(arguments: argparse.Namespace, settings: Settings) -> int:
    require_fitting(arguments)
    if arguments.series is None:
        from core.commands.odd_costs import run_on_bills

        return run_on_bills(arguments, settings)
    series, unread = read_series(arguments.series)
    found = odd_days(series, least_of(arguments, Least()))
    _say([_odd(each) for each in found.days], [*unread, *found.left_out], arguments.json)
    return 0


def _least(text: str) -> float:
    """What an option says that is 0 or more."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no amount; write a number from 0 on, such as 0.5")
    return found


def _add_series(parser: argparse.ArgumentParser, *titles: Title) -> None:
    parser.add_argument(
        "--series", type=Path, help="a CSV file with the columns unique_id, ds, y; the bills without it"
    )
    named = ", ".join((*Dimension, *titles))
    parser.add_argument("--by", help=f"of the bills: {named}, or tag:<key>; service without it")
    parser.add_argument("--currency", help="of the bills: needed where there are several")
    parser.add_argument("--json", action="store_true", help="answer for programs")


def _add_options(parser: argparse.ArgumentParser) -> None:
    _add_series(parser, *FORECAST)
    parser.add_argument("--horizon", type=int, default=30, help="days ahead; 30 without it")
    parser.add_argument("--level", default="80,95", help="how sure bands are to be, in percent; 80,95 without it")


def _horizon(arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.horizon <= _LONGEST:
        raise WrongArguments(f"{arguments.horizon} days cannot be forecast.", f"Give 1 to {_LONGEST}.")
    return arguments.horizon


def _levels(arguments: argparse.Namespace) -> tuple[int, ...]:
    try:
        levels = tuple(int(level) for level in arguments.level.split(","))
    except ValueError:
        levels = ()
    if not levels or not all(0 < level < 100 for level in levels):
        raise WrongArguments(f"{arguments.level} is no list of levels.", "Give percentages such as 80,95.")
    return levels


def _rows(found: Forecast, levels: Sequence[int], as_total: bool) -> list[dict[str, Any]]:
    if as_total:
        last = len(found.mean) - 1
        told = {"unique_id": found.unique_id, "from": str(found.first), "to": str(found.first + timedelta(last + 1))}
        return [{**told, "mean": float(found.mean.sum()), **_bands(found.totals, levels, last)}]
    return [
        {
            "unique_id": found.unique_id,
            "ds": str(found.first + timedelta(ahead)),
            "mean": float(mean),
            **_bands(found.days, levels, ahead),
        }
        for ahead, mean in enumerate(found.mean)
    ]


def _bands(bands: dict[int, Band], levels: Sequence[int], ahead: int) -> dict[str, float]:
    ends = [(f"{end}-{level}", getattr(bands[level], end)) for level in levels for end in ("lo", "hi")]
    return {name: float(values[ahead]) for name, values in ends}


def _odd(each: OddDay) -> dict[str, Any]:
    told = {"unique_id": each.unique_id, "ds": str(each.day), "y": each.actual, "expected": each.expected}
    return {**told, "lo": each.lo, "hi": each.hi, "impact": each.impact}


def _say(rows: Sequence[dict[str, Any]], left_out: Sequence[LeftOut], as_json: bool) -> None:
    if as_json:
        say_json({"rows": rows, "left_out": [asdict(each) for each in left_out]})
        return
    if rows:
        cells = [[_text(value) for value in row.values()] for row in rows]
        numbers = frozenset(n for n, value in enumerate(rows[0].values()) if isinstance(value, float))
        say_table(list(rows[0]), cells, numbers)
    else:
        say("Nothing to tell.")
    _note_left_out(left_out)


def _say_scores(found: Scores) -> None:
    say(f"{found.forecasts} forecasts")
    say(f"MASE {_known(found.mase, '.3f')}; the week before, repeated: {_known(found.naive_mase, '.3f')}")
    error, naive = (_known(each, ".1%") for each in (found.total_error, found.naive_total_error))
    say(f"error of the sum {error}; the week before, repeated: {naive}")
    for level, share in found.covered.items():
        days, late, sums = (
            _known(each, ".1%") for each in (share, found.late_covered[level], found.totals_covered[level])
        )
        say(f"{level} % band: {days} of days lay in it, {late} of days 24 and later, {sums} of sums")


def _known(value: float, form: str) -> str:
    return "not known" if math.isnan(value) else format(value, form)


def _text(value: Any) -> str:
    return _number(value) if isinstance(value, float) else str(value)


def _number(value: float) -> str:
    """Two places, and more of small values: four digits that count."""
    if not math.isfinite(value):
        return ""
    if 0 < abs(value) < _SMALLEST:
        return f"{value:.3e}"
    places = 3 - math.floor(math.log10(abs(value))) if value else 2
    return f"{value:,.{max(places, 2)}f}"


def _note_left_out(left_out: Sequence[LeftOut]) -> None:
    for each in left_out:
        note(f"{each.unique_id}: {each.reason}")
