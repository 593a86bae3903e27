"""python -m core recommendations: what could cost less, with its proof; dismissed, and brought back."""

import argparse
from datetime import UTC, datetime
from typing import Any

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.commands.printing import note, plain, printable, say, say_json, say_table
from core.recommendations.recommend import Counted
from core.recommendations.recommendation import Line, Recommendation, Unit
from core.recommendations.recommendations import Kept
from core.settings import Settings
from core.units import instant_text

#: Places that are shown of what is no money.
_PLACES = {Unit.SHARE: 4, Unit.TIMES: 2, Unit.TIMES_A_MONTH: 2, Unit.MONTHS: 1}
#: Of an action's terms, lists that are longer are told by their length.
_LONGEST = 5


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--refresh", action="store_true", help="ask every rule now; the worker does it once a day")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    todo = parser.add_subparsers(dest="todo", metavar="show | dismiss | back")
    shown = todo.add_parser("show", help="one of them, with all of its proof")
    shown.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="answer for programs")
    dismissed = todo.add_parser("dismiss", help="let one stay away until its figures change")
    dismissed.add_argument("--reason", required=True, help="why, for others and for the audit log")
    back = todo.add_parser("back", help="have one told again that was dismissed")
    for each in (shown, dismissed, back):
        each.add_argument("id", metavar="ID")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    platform = bootstrap.open_platform(settings)
    user, now = shell_user(platform.home), datetime.now(UTC)
    match arguments.todo:
        case "show":
            _show(platform.recommendations.one(user, arguments.id), arguments.json)
        case "dismiss":
            platform.recommendations.dismiss(user, arguments.id, arguments.reason, now)
            say(f"{arguments.id} stays away until its figures change.")
        case "back":
            platform.recommendations.bring_back(user, arguments.id, now)
            say(f"{arguments.id} is told again.")
        case _:
            _list(arguments, platform, user, now)
    return 0


def _list(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> None:
    found = platform.recommendations.kept(user)
    if arguments.refresh or found is None:
        user.require(Permission.INGEST)  # it takes a while of CPU
        platform.recommendations.refresh(now)
        found = platform.recommendations.kept(user)
    if found is None:
        return
    (_say_json if arguments.json else _say)(found)


def _say(found: Kept) -> None:
    rows = [_row(each) for each in found.counted]
    if rows:
        say_table(("id", "USD a month", "counted", "once", "what", "catch"), rows, frozenset({1, 2, 3}))
        say(f"{found.saving_usd:,.2f} USD a month in all, without what has a catch; nothing is counted twice.")
        for id, action in found.applied.items():
            note(f"{id} is {action.phase} as {action.id}, so it is not in the sum.")
    else:
        say("Nothing was found that would cost less.")
    say(f"As of {found.computed_at:%Y-%m-%d %H:%M} UTC, at list prices.")
    for id, why in found.returned:
        note(f"{id} was dismissed and is told again: {why}")
    for each, dismissal in found.dismissed:
        note(f"{each.id} was dismissed by {dismissal.by}: {dismissal.reason}")
    for remark in found.remarks:
        note(f"{remark.rule}{f', {remark.place}' if remark.place else ''}: {remark.words}")


def _row(each: Counted) -> tuple[str, ...]:
    found = each.recommendation
    return (
        found.id, f"{found.monthly_saving_usd:,.2f}", f"{each.usd:,.2f}", _once(found),
        f"{found.where}: {found.title}", "yes" if found.catch else "",
    )  # fmt: skip


def _once(found: Recommendation) -> str:
    """A range where nobody knows since when objects lie in their class."""
    least, most = (f"{each:,.2f}" for each in (found.one_off_usd, found.one_off_usd + found.one_off_more_usd))
    return least if least == most else f"{least} to {most}"


def _applied_as(found: Kept, of: Counted) -> str | None:
    action = found.applied.get(of.recommendation.id)
    return action and action.id


def _say_json(found: Kept) -> None:
    say_json(
        {
            "computed_at": instant_text(found.computed_at),
            "warehouse_revision": found.revision,
            "monthly_saving_usd": plain(round(found.saving_usd, 10)),
            "recommendations": [
                {**recommendation_json(each.recommendation), "counted_usd": plain(round(each.usd, 10)),
                 "counted_in": list(each.within), "applied_as": _applied_as(found, each)}
                for each in found.counted
            ],
            "dismissed": [
                {"id": each.id, "title": each.title, "reason": why.reason, "by": why.by, "at": instant_text(why.at)}
                for each, why in found.dismissed
            ],
            "returned": [{"id": id, "why": why} for id, why in found.returned],
            "remarks": [
                {"rule": each.rule, "place": each.place, "words": each.words} for each in found.remarks
            ],
        }
    )  # fmt: skip


def recommendation_json(found: Recommendation) -> dict[str, Any]:
    """A recommendation for programs: amounts as text."""
    proof = found.evidence
    return {
        "id": found.id,
        "rule": found.rule,
        "place": found.place,
        "at": found.where,
        "title": found.title,
        "words": found.words,
        "monthly_saving_usd": plain(round(found.monthly_saving_usd, 10)),
        "one_off_usd": plain(round(found.one_off_usd, 10)),
        "one_off_more_usd": plain(round(found.one_off_more_usd, 10)),
        "catch": found.catch,
        "by_hand": found.by_hand,
        "action": found.action and {"kind": found.action.kind, "place": found.action.place,
                                    "subject": found.action.subject, "terms": dict(found.action.terms)},
        "evidence": {
            "lines": [{"name": each.name, "value": _value(each), "unit": each.unit} for each in proof.lines],
            "fees": [
                {"part": each.part, "now_usd": plain(round(each.now_usd, 10)),
                 "then_usd": plain(round(each.then_usd, 10))}
                for each in proof.fees
            ],
            "left_out": [{"objects": each.objects, "reason": each.reason} for each in proof.left_out],
            "confidence": proof.confidence,
            "because": proof.because,
        },
    }  # fmt: skip


def _value(line: Line) -> str | None:
    return None if line.value is None else plain(round(line.value, 10))


def _show(found: Recommendation, as_json: bool) -> None:
    if as_json:
        say_json(recommendation_json(found))
        return
    say(printable(f"{found.where}: {found.title}"))
    say(printable(found.words))
    say(f"Saves {found.monthly_saving_usd:,.2f} USD a month, and costs {_once(found)} USD once.")
    for text in filter(None, (found.catch, found.by_hand, _doing(found))):
        say(printable(text))
    say("")
    say_table(("part of the bill", "now", "then"), [
        (each.part, f"{each.now_usd:,.2f}", f"{each.then_usd:,.2f}") for each in found.evidence.fees
    ], frozenset({1, 2}))  # fmt: skip
    say("")
    say_table(("proof", "", ""), [_cells(each) for each in found.evidence.lines], frozenset({1}))
    for each in found.evidence.left_out:
        say(printable(f"Left out: {each.objects:,} objects. {each.reason}"))
    say(printable(f"Confidence: {found.evidence.confidence}. {found.evidence.because}"))


def _doing(found: Recommendation) -> str:
    if found.action is None:
        return ""
    told = ", ".join(f"{name}: {_short(value)}" for name, value in found.action.terms.items())
    return f"Action: {found.action.kind} at {found.action.place} ({told})"


def _short(value: Any) -> str:
    return f"{len(value):,} of them" if isinstance(value, list) and len(value) > _LONGEST else str(value)


def _cells(line: Line) -> tuple[str, str, str]:
    if line.value is None:
        return line.name, "not known", ""
    places = 2 if line.unit in (Unit.USD, Unit.MONTHLY_USD) else _PLACES.get(line.unit, 0)
    return line.name, f"{line.value:,.{places}f}", line.unit
