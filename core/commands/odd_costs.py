"""python -m core anomalies on bills: odd days of costs, what explains one, and that one was expected."""

import argparse
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.access.access import shell_user
from core.bootstrap import Platform
from core.commands.cost_forecasting import by_of, open_costs
from core.commands.fitting import least_of
from core.commands.printing import note, plain, printable, say, say_json, say_table
from core.costs.anomalies import TOTAL, Anomalies, Anomaly, anomalies, event_on, usual_least
from core.costs.causes import Cause, Told, causes
from core.costs.judged import Judgements
from core.costs.past import PastCosts, past_costs
from core.errors import WrongArguments
from core.settings import Settings


def run_on_bills(arguments: argparse.Namespace, settings: Settings) -> int:
    platform = open_costs(settings)
    if arguments.expected or arguments.not_expected:
        return _judge(arguments, platform)
    found = _anomalies(arguments, platform, with_expected=arguments.explain is not None)
    if arguments.explain:
        _say_causes(_event(found, arguments.explain, arguments.label), platform, arguments.json)
    elif arguments.json:
        say_json({**_head(found), "events": [_event_json(each) for each in found.events]})
    else:
        _say(found)
    return 0


def _anomalies(arguments: argparse.Namespace, platform: Platform, with_expected: bool) -> Anomalies:
    judged = Judgements(platform.database, platform.audit).all(shell_user(platform.home))
    past = past_costs(platform.warehouse, by_of(arguments), currency=arguments.currency)
    since = arguments.explain and min(arguments.explain, past.until)
    found = anomalies(past, judged, since, least_of(arguments, usual_least(past)), with_expected)
    if arguments.label is None:
        return found
    _require_label(past, arguments.label)
    return replace(found, events=tuple(each for each in found.events if each.label == arguments.label))


def _judge(arguments: argparse.Namespace, platform: Platform) -> int:
    """Remember what is said of a day. It and the label have to be there, so that a slip of the pen hides nothing."""
    day, by, label = arguments.expected or arguments.not_expected, by_of(arguments), arguments.label or TOTAL
    past = past_costs(platform.warehouse, by, currency=arguments.currency)
    _require_label(past, label)
    _require_billed(past, day, "--expected" if arguments.expected else "--not-expected")
    said = Judgements(platform.database, platform.audit).judge(
        shell_user(platform.home), by, label, day, arguments.expected is not None, datetime.now(UTC), arguments.note
    )
    say(printable(f"{label} on {day}: {'expected' if said.expected else 'not expected'}, remembered."))
    return 0


def _require_label(past: PastCosts, label: str) -> None:
    if label not in (TOTAL, *past.labels):
        names = ", ".join(past.labels[:20])
        raise WrongArguments(f"There is no {past.by} {label!r} for --label.", f"Give one of {names}, or {TOTAL}.")


def _require_billed(past: PastCosts, day: date, option: str) -> None:
    first, last = min(each.first for each in past.bills.values()), past.until - timedelta(1)
    if not first <= day <= last:
        raise WrongArguments(f"{option} {day} is no day that is wholly billed.", f"Give one from {first} to {last}.")


def _event(found: Anomalies, day: date, label: str | None) -> Anomaly:
    """The one that is meant: of the label, or the largest of that day. Raises WrongArguments."""
    there = [each for each in found.events if each.first <= day <= each.last]
    event = event_on(found, label, day) if label else max(there, key=lambda each: abs(each.impact), default=None)
    if event is None:
        of = f" of {label}" if label else ""
        raise WrongArguments(f"Nothing{of} was odd on {day}.", "Run it without --explain to see which days were.")
    return event


def _head(found: Anomalies) -> dict[str, Any]:
    return {
        "by": found.by,
        "currency": found.currency,
        "least_money": plain(found.least_money),
        "left_out": [{"unique_id": each.unique_id, "reason": each.reason} for each in found.left_out],
    }


def _event_json(event: Anomaly) -> dict[str, Any]:
    days = [
        {"ds": str(day.day), "y": plain(day.actual), "expected": plain(day.expected), "lo": plain(day.lo),
         "hi": plain(day.hi), "impact": plain(day.impact)}
        for day in event.days
    ]  # fmt: skip
    told = {"unique_id": event.label, "from": str(event.first), "to": str(event.last), "impact": plain(event.impact)}
    said = event.judgement
    judged = said and {"expected": said.expected, "who": said.who, "note": said.note}
    return {**told, "ongoing": event.ongoing, "judged": judged, "days": days}


def _cause_json(cause: Cause) -> dict[str, Any]:
    amounts = {"usual": plain(cause.usual), "actual": plain(cause.actual), "share": cause.share}
    return {"dimension": cause.dimension, "value": cause.value, "by": cause.told, **amounts}


def _say(found: Anomalies) -> None:
    rows = [
        (each.label, str(each.first), str(each.last), f"{each.impact:+,.2f}", _band(each), _said(each))
        for each in found.events
    ]
    if rows:
        say_table((found.by, "from", "to", f"impact {found.currency}", "dearest day", ""), rows, frozenset({3}))
    else:
        say("No odd day.")
    for each in found.left_out:
        note(f"{each.unique_id}: {each.reason}")


def _band(event: Anomaly) -> str:
    day = max(event.days, key=lambda each: abs(each.impact))
    return f"expected {day.lo:,.2f} to {day.hi:,.2f}, was {day.actual:,.2f}"


def _said(event: Anomaly) -> str:
    said = ["goes on"] if event.ongoing else []
    if event.judgement:
        word = "expected" if event.judgement.expected else "not expected"
        said.append(f"{word}, says {event.judgement.who}")
    return "; ".join(said)


def _say_causes(event: Anomaly, platform: Platform, as_json: bool) -> None:
    found = causes(platform.warehouse, event)
    if as_json:
        say_json({**_event_json(event), "causes": [_cause_json(each) for each in found]})
        return
    say(printable(f"{event.label}, {event.first} to {event.last}: {event.impact:+,.2f} {event.currency}."))
    rows = [(each.dimension, each.value, f"{each.share:.0%}", _change(each, event.currency)) for each in found]
    say_table(("by", "value", "of the excess", ""), rows, frozenset({2}))


def _change(cause: Cause, currency: str) -> str:
    return f"{_amount(cause.usual, cause.told, currency)} usually, {_amount(cause.actual, cause.told, currency)} now"


def _amount(amount: Decimal, told: Told, currency: str) -> str:
    return f"{amount:,.2f} {currency}" if told is Told.COST else f"{amount:,.0f} bytes"
