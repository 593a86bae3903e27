"""python -m core actions: changes to the cloud, previewed, applied and taken back."""

import argparse
import json
import shlex
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.access.roles import User
from core.actions.action import Action, Kind, Preview, Step, Taken, Undo
from core.actions.saved import Saved, saved_so_far
from core.bootstrap import Platform
from core.commands.controlling import answer, tell_of_worker
from core.commands.printing import note, plain, printable, say, say_json, say_table
from core.commands.several import Command, add_several, run_several
from core.errors import WrongArguments
from core.settings import Settings
from core.units import instant_text, number_of, size_in_words

#: How a kind is called in a command: change-storage-class.
_KINDS = {each.name.lower().replace("_", "-"): each for each in Kind}
_FOLLOW = "`python -m core actions show {}` says how far it is."


def add(parser: argparse.ArgumentParser) -> None:
    add_several(parser, _COMMANDS)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_several(arguments, settings, _COMMANDS)


def _add_action(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=_KINDS, metavar="KIND", help=", ".join(_KINDS))
    parser.add_argument("place", metavar="PLACE", help="the provider's name, such as s3")
    parser.add_argument("--terms", default="{}", metavar="JSON", help="what is to be changed, or @FILE")


def _action(arguments: argparse.Namespace) -> Action:
    """Raises WrongArguments."""
    text: str = arguments.terms
    try:
        terms = json.loads(Path(text[1:]).read_text() if text.startswith("@") else text)
    except (OSError, ValueError) as error:
        raise WrongArguments(f"The terms cannot be read: {error}.", "Give JSON, or @ and a file of it.") from error
    if not isinstance(terms, dict):
        raise WrongArguments("The terms are no JSON object.", "Begin them with {.")
    return Action(_KINDS[arguments.kind], arguments.place, terms)


def _preview(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    preview = platform.actions.preview(user, _action(arguments), now)
    how = "To apply exactly this, add --seen {} to `actions apply` with the same words."
    return tell_preview(arguments, preview, how)


def tell_preview(arguments: argparse.Namespace, preview: Preview, how: str) -> int:
    """All that it says; `how`: what is to be done next, with the preview's fingerprint."""
    if arguments.json:
        say_json(_preview_told(preview))
        return 0
    say(printable(preview.summary))
    say(f"{number_of(len(preview.items), 'thing')}; {_counted(preview)}.")
    say(f"Saves {_usd(preview.saving_usd)} a month; costs {_once(preview)} once.")
    for each in preview.differences:
        say(printable(f"  {each.what}: {each.before or 'nothing'} -> {each.after or 'nothing'}"))
    for warning in preview.warnings:
        note(warning)
    say(printable(_undo_words(preview.undo)))
    say(how.format(preview.seen))
    if preview.confirm:
        note(f"{preview.confirm.why} To have it done, add --yes-remove {shlex.quote(preview.confirm.name)} besides.")
    return 0


def _once(preview: Preview) -> str:
    """A range where nobody knows since when objects lie in their class."""
    least, more = preview.one_off_usd, preview.one_off_more_usd
    return _usd(least) if least is None or not more else f"{_usd(least)} to {_usd(least + more)}"


def _counted(preview: Preview) -> str:
    """What it saves something of."""
    counted = preview.extent
    return f"{number_of(counted.objects, 'object')}, {size_in_words(counted.size_bytes)}"


def _add_apply(parser: argparse.ArgumentParser) -> None:
    _add_action(parser)
    parser.add_argument("--seen", required=True, help="what the preview said that it was made of")
    add_confirmation(parser)


def add_confirmation(parser: argparse.ArgumentParser) -> None:
    """What is asked for where most of a bucket would be removed."""
    parser.add_argument("--yes-remove", default="", metavar="BUCKET", help="the bucket's name, where the preview asks")


def _apply(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    return apply_seen(arguments, platform, user, _action(arguments), now)


def apply_seen(arguments: argparse.Namespace, platform: Platform, user: User, action: Action, now: datetime) -> int:
    """Have it done if it is still what was seen (`--seen`), and say how it is followed."""
    id = platform.actions.apply_seen(user, action, arguments.seen, now, confirmed=arguments.yes_remove)
    tell_of_worker(platform, now)
    return answer(arguments, f"It has begun as {id}. {_FOLLOW.format(id)}", id=id)


def _add_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="as `actions list` has it")


def _add_undo(parser: argparse.ArgumentParser) -> None:
    _add_id(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what could come back, and for what money")


def _undo(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    if arguments.dry_run:
        undo = platform.actions.preview_undo(user, arguments.id, now)
        return answer(arguments, _undo_words(undo), **_undo_told(undo))
    platform.actions.undo(user, arguments.id, now)
    tell_of_worker(platform, now)
    return answer(arguments, f"{arguments.id} is being undone. {_FOLLOW.format(arguments.id)}", id=arguments.id)


def _go_on(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    platform.actions.go_on(user, arguments.id, now)
    tell_of_worker(platform, now)
    return answer(arguments, f"{arguments.id} goes on. {_FOLLOW.format(arguments.id)}", id=arguments.id)


def _stop(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    platform.actions.stop(user, arguments.id, now)
    return answer(arguments, f"{arguments.id} stops; what is changed stays so.", id=arguments.id)


def _nothing(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def _list(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    found = platform.actions.history(user)
    if arguments.json:
        say_json([_taken_told(each) for each in found])
        return 0
    rows = [
        (each.id, each.phase, each.action.kind, each.action.place, f"{each.items:,}", each.asked_by, each.summary)
        for each in found
    ]
    say_table(("action", "is", "to", "at", "things", "by", "what"), rows, frozenset({4}))
    return 0


def _show(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    taken, events = platform.actions.taken(user, arguments.id), platform.actions.events(user, arguments.id)
    left = platform.actions.items(user, arguments.id, Step.CHANGED, Step.KEPT)
    so_far = saved_so_far(platform.warehouse, platform.governed, taken, platform.actions.applied(user))
    if arguments.json:
        timeline = [{"at": instant_text(e.at), "kind": e.kind, "detail": e.detail, "actor": e.actor} for e in events]
        told = [{"key": e.item.key, "step": e.step, "problem": e.problem} for e in left]
        say_json({**_taken_told(taken), "saved": _saved_told(so_far), "events": timeline, "left_alone": told})
        return 0
    say(printable(f"{taken.summary} It is {taken.phase}."))
    say(", ".join(f"{count:,} {step}" for step, count in sorted(taken.counts.items())))
    if taken.promise.monthly_usd is not None:
        say(f"It promised {_usd(taken.promise.monthly_usd)} a month.")
    promised = "" if so_far.promised_usd is None else f" of {_usd(so_far.promised_usd)} promised"
    say(f"Saved so far by the bill: {_usd(so_far.usd)}{promised} in {so_far.days} days. {so_far.words}")
    if taken.problem:
        note(f"{taken.problem} {taken.advice}")
    say_table(("when", "what", "by", "detail"), [(instant_text(e.at)[:19], e.kind, e.actor, e.detail) for e in events])
    if left:
        say_table(("left alone", "why"), [(each.item.key, each.problem) for each in left])
    return 0


def _usd(amount: Decimal | None) -> str:
    return "an unknown amount" if amount is None else f"${amount:,.2f}"


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)


def _undo_words(undo: Undo) -> str:
    money = "" if undo.usd is None else f" It costs {_usd(undo.usd)} once."
    until = "" if undo.until is None else f" Until {undo.until.date()}."
    return f"{undo.words}{money}{until}"


def _undo_told(undo: Undo) -> dict[str, Any]:
    return {
        "words": undo.words,
        "possible": undo.possible,
        "until": instant_text(undo.until) if undo.until else None,
        "usd": _text(undo.usd),
        "monthly_usd": _text(undo.monthly_usd),
    }


def _saved_told(of: Saved) -> dict[str, Any]:
    return {
        "usd": _text(of.usd),
        "whole_usd": _text(of.whole_usd),
        "promised_usd": _text(of.promised_usd),
        "days": of.days,
        "words": of.words,
    }


def _preview_told(preview: Preview) -> dict[str, Any]:
    return {
        "summary": preview.summary,
        "items": len(preview.items),
        "size_bytes": preview.size_bytes,
        "counted": {"objects": preview.extent.objects, "size_bytes": preview.extent.size_bytes},
        "saving_usd": _text(preview.saving_usd),
        "one_off_usd": _text(preview.one_off_usd),
        "one_off_more_usd": _text(preview.one_off_more_usd),
        "undo": _undo_told(preview.undo),
        "warnings": list(preview.warnings),
        "differences": [{"what": e.what, "before": e.before, "after": e.after} for e in preview.differences],
        "confirm": preview.confirm and asdict(preview.confirm),
        "seen": preview.seen,
    }


def _taken_told(taken: Taken) -> dict[str, Any]:
    return {
        "id": taken.id,
        "kind": taken.action.kind,
        "place": taken.action.place,
        "phase": taken.phase,
        "summary": taken.summary,
        "items": {str(step): count for step, count in taken.counts.items()},
        "saving_usd": _text(taken.saving_usd),
        "promised_usd": _text(taken.promise.monthly_usd),
        "asked_by": taken.asked_by,
        "asked_at": instant_text(taken.asked_at),
        "applied_at": instant_text(taken.applied_at) if taken.applied_at else None,
        "undone_at": instant_text(taken.undone_at) if taken.undone_at else None,
        "problem": taken.problem,
        "advice": taken.advice,
    }


#: What each does, and the functions that add its arguments and run it.
_COMMANDS: dict[str, Command] = {
    "list": ("what was applied, newest first", _nothing, _list),
    "show": ("one of them: how far it is, and what happened", _add_id, _show),
    "preview": ("what a change would do, cost and save; nothing is changed", _add_action, _preview),
    "apply": ("do what was previewed, if all is still as it was then", _add_apply, _apply),
    "stop": ("let nothing further be changed", _add_id, _stop),
    "go-on": ("go on with what stopped in the middle", _add_id, _go_on),
    "undo": ("put back what can be", _add_undo, _undo),
}
