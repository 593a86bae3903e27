"""python -m core costs, history: questions about the bills."""

import argparse
from datetime import UTC, date, datetime, timedelta

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Permission
from core.commands.attributing import run_attribution
from core.commands.periods import day
from core.commands.printing import note, plain, printable, say, say_json, say_table
from core.commands.running import run_now
from core.costs.breakdown import CostBreakdown, break_down
from core.costs.dimensions import Dimension, Filter, Metric, dimension_named
from core.costs.period import Period, month_of, month_to_date
from core.costs.restatements import Restatement, bill_history
from core.costs.titles import Title, title_named
from core.errors import WrongArguments
from core.settings import Settings
from core.units import instant_text


def add_costs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="start", type=day, help="first day, 2026-10-01; without it, of this month")
    parser.add_argument(
        "--to", dest="end", type=day, help="day after the last; without it, the end of that month, or today"
    )
    parser.add_argument("--by", help=f"{', '.join((*Dimension, *Title))}, or tag:<key>; service without it")
    parser.add_argument("--metric", type=_metric, metavar="METRIC", default=Metric.BILLED, help=", ".join(Metric))
    parser.add_argument(
        "--only", action="append", default=[], metavar="DIMENSION=VALUE", help="may be given several times"
    )
    parser.add_argument("--currency", help="only charges in this currency; needed where there are several")
    parser.add_argument("--now", action="store_true", help="this month until now: billed, and estimated beyond it")
    parser.add_argument("--json", action="store_true", help="answer for programs")


def run_costs(arguments: argparse.Namespace, settings: Settings) -> int:
    platform = _open_for_reading(settings)
    if arguments.now:
        return run_now(arguments, platform, datetime.now(UTC))
    period = _period(arguments, datetime.now(UTC).date())
    name = arguments.by or Dimension.SERVICE
    if by := title_named(name):
        return run_attribution(arguments, platform, period, by)
    costs = break_down(
        platform.warehouse,
        period,
        dimension_named(name),
        arguments.metric,
        tuple(only(text) for text in arguments.only),
        arguments.currency,
    )
    (_say_costs_json if arguments.json else _say_costs)(costs)
    return 0


def add_history(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("month", type=_month, help="billing period, 2026-10")
    parser.add_argument("--json", action="store_true", help="answer for programs")


def run_history(arguments: argparse.Namespace, settings: Settings) -> int:
    platform = _open_for_reading(settings)
    history = bill_history(platform.database, arguments.month)
    if arguments.json:
        say_json([_bill_json(bill) for bill in history])
        return 0
    head = ("export", "delivered", "loaded", "rows", "total", "change", "")
    say_table(head, [_bill_row(bill) for bill in history], right=frozenset({3, 4, 5}))
    return 0


def _open_for_reading(settings: Settings) -> bootstrap.Platform:
    platform = bootstrap.open_platform(settings)
    shell_user(platform.home).require(Permission.SEE_COSTS)
    if platform.demo:
        note("Demo data. Ingest a bill of your own: python -m core ingest SOURCE.")
    return platform


def _period(arguments: argparse.Namespace, today: date) -> Period:
    start = arguments.start or (arguments.end - timedelta(1) if arguments.end else today).replace(day=1)
    this_month = month_to_date(today)
    end = arguments.end or (
        max(this_month.end, start + timedelta(1)) if start >= this_month.start else month_of(start).end
    )
    if end <= start:
        raise WrongArguments(f"--to {end} is not after --from {start}.", "The day of --to is not included.")
    return Period(start, end)


def only(text: str) -> Filter:
    """What --only says. Raises WrongArguments."""
    name, equals, value = text.partition("=")
    if not equals:
        raise WrongArguments(f"--only {text} has no value.", "Write --only service='Amazon CloudFront'.")
    return Filter(dimension_named(name), value)


def _say_costs_json(costs: CostBreakdown) -> None:
    say_json(
        {
            "from": costs.period.start.isoformat(),
            "to": costs.period.end.isoformat(),
            "by": costs.by,
            "metric": costs.metric,
            "currency": costs.currency,
            "total": plain(costs.total),
            "lines": [{"label": line.label, "cost": plain(line.cost), "share": line.share} for line in costs.lines],
            "previous_total": None if costs.previous_total is None else plain(costs.previous_total),
            "estimated": costs.estimated,
            "as_of": costs.as_of and instant_text(costs.as_of),
            "covered": [{"from": span.start.isoformat(), "to": span.end.isoformat()} for span in costs.covered],
            "left_out": [
                {"currency": other.currency, "charges": other.charges, "total": plain(other.total)}
                for other in costs.left_out
            ],
        }
    )


def _say_costs(costs: CostBreakdown) -> None:
    rows = [(line.label, plain(line.cost), f"{line.share:.1%}") for line in costs.lines]
    total = ("total", plain(costs.total), "")
    say_table((costs.by, f"{costs.metric} {costs.currency}", "share"), [*rows, total], right=frozenset({1, 2}))
    before = costs.period.previous
    if costs.previous_total is not None:
        say(printable(f"{before.start} to {before.end}: {plain(costs.previous_total)} {costs.currency}."))
    if costs.in_part:
        spans = ", ".join(f"{span.start} to {span.end}" for span in costs.covered)
        say(f"Bills cover only a part of it: {spans} (the end is not included).")
    for other in costs.left_out:
        charges = "1 charge" if other.charges == 1 else f"{other.charges} charges"
        say(printable(f"Not in it: {charges} in {other.currency}, together {plain(other.total)} {other.currency}."))
    usage = f"Usage until {costs.as_of:%Y-%m-%d %H:%M} UTC." if costs.as_of else "No usage in this period yet."
    say(f"{usage} Estimated: some of it is on no invoice yet." if costs.estimated else usage)


def _bill_json(bill: Restatement) -> dict[str, object]:
    return {
        "export": bill.export,
        "kind": bill.kind,
        "period": bill.period.isoformat(),
        "execution": bill.execution,
        "delivered_at": instant_text(bill.new_delivered_at),
        "loaded_at": instant_text(bill.loaded_at),
        "rows": bill.row_count,
        "total": plain(bill.new_total),
        "previous_total": None if bill.old_total is None else plain(bill.old_total),
        "difference": None if bill.difference is None else plain(bill.difference),
        "currency": bill.currency,
        "current": bill.is_current,
    }


def _bill_row(bill: Restatement) -> tuple[str, ...]:
    return (
        bill.export,
        f"{bill.new_delivered_at:%Y-%m-%d %H:%M}",
        f"{bill.loaded_at:%Y-%m-%d %H:%M}",
        str(bill.row_count),
        f"{plain(bill.new_total)} {bill.currency}",
        "" if bill.difference is None else plain(bill.difference),
        "current" if bill.is_current else "",
    )


def _metric(text: str) -> Metric:
    try:
        return Metric(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no cost; choose one of {', '.join(Metric)}") from None


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no month; write it as 2026-10") from None
