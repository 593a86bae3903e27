"""python -m core lifecycle: the rules of buckets, what one would do, and what may not be removed."""

import argparse
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.access.roles import Permission, User
from core.actions.action import Action, Kind
from core.bootstrap import Platform
from core.catalog.holds import Holds, removes, threats
from core.catalog.threatened import check_new_hold
from core.commands.acting import add_confirmation, apply_seen, tell_preview
from core.commands.controlling import answer, video_of
from core.commands.guarding import COMMANDS as GUARDING
from core.commands.printing import note, plain, printable, say, say_json, say_table
from core.commands.several import Command, add_several, run_several
from core.errors import ActionRefused, WrongArguments
from core.lifecycle.catalogued import catalogued
from core.lifecycle.documents import exported, imported
from core.lifecycle.expiry import Going, going, tomorrow
from core.lifecycle.standing import standing
from core.lifecycle.what_if import Supposed, suppose
from core.recommendations.simulator.prices import s3_prices
from core.settings import Settings
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_told import told
from core.storage.provider import LifecycleRules
from core.storage.providers import called
from core.units import instant_text


def add(parser: argparse.ArgumentParser) -> None:
    add_several(parser, _COMMANDS)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    return run_several(arguments, settings, _COMMANDS)


def _nothing(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def _rules(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    found = standing(user, platform.governed)
    if arguments.json:
        say_json([
            {"place": each.provider, "bucket": each.bucket, "problem": each.problem,
             "rules": [told(one.rule) | {"words": one.words, "ours": one.is_ours} for one in each.rules]}
            for each in found
        ])  # fmt: skip
        return 0
    rows = [
        (called(each.bucket, each.provider), one.rule.id, "ours" if one.is_ours else "another's", one.words)
        for each in found
        for one in each.rules
    ]
    say_table(("at", "rule", "whose", "what it does"), rows)
    for problem in (*(f"{called(each.bucket, each.provider)}: {each.problem}" for each in found if each.problem),
                    *threats(platform.database, platform.governed)):  # fmt: skip
        note(problem)
    return 0


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", metavar="PLACE", help="the provider's name, such as s3")


def _add_document(parser: argparse.ArgumentParser) -> None:
    _add_place(parser)
    parser.add_argument("file", metavar="FILE", help="a lifecycle configuration of S3 as JSON; - is standard input")


def _add_what_if(parser: argparse.ArgumentParser) -> None:
    _add_document(parser)
    parser.add_argument("--region", help="whose prices hold; the provider's without it")


def _provider(platform: Platform, name: str) -> LifecycleRules:
    provider = platform.governed.named(name)
    if not isinstance(provider, LifecycleRules):
        raise WrongArguments(f"{name} has no lifecycle rules.", "Name a bucket of S3.")
    return provider


def _documented(arguments: argparse.Namespace, provider: LifecycleRules) -> tuple[LifecycleRule, ...]:
    try:
        text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text()
    except (OSError, UnicodeError) as error:
        raise WrongArguments(f"{arguments.file} cannot be read: {error}.", "Give a file of JSON.") from error
    return imported(text, provider.lifecycle_rules())


def _what_if(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    standing(user, platform.governed)  # asks for the permission
    provider = _provider(platform, arguments.place)
    there = catalogued(platform.database, platform.warehouse, provider, now.date())
    prices = s3_prices(platform.prices, arguments.region or provider.region)
    rules, day = _documented(arguments, provider), tomorrow(now)
    gone = going(user, platform.database, provider, rules, day)
    supposed = [(rule, suppose(there, rule, prices), each) for rule, each in zip(rules, gone, strict=True)]
    if arguments.json:
        say_json([_supposed_told(*each) for each in supposed])
        return 0
    rows = [
        (rule.id, f"{each.now_usd:,.2f}", f"{each.then_usd:,.2f}", f"{each.one_off_usd:,.2f}", f"{each.objects:,}",
         f"{each.moved:,}", f"{gone.objects:,}", f"{each.delayed_videos:,}")
        for rule, each, gone in supposed
    ]  # fmt: skip
    head = ("rule", "USD/month now", "then", "once", "objects", "moved", f"gone by {day}", "videos delayed")
    say_table(head, rows, frozenset(range(1, 8)))
    for days in {each.days for _, each, _ in supposed}:
        note(f"Objects and moves are those of the {days} days that are priced; what is gone is of what lies there now.")
    for remark in dict.fromkeys(remark for _, each, _ in supposed for remark in each.remarks):
        note(remark)
    return 0


def _supposed_told(rule: LifecycleRule, each: Supposed, gone: Going) -> dict[str, Any]:
    parts = [{"part": one.name, "now_usd": plain(one.now_usd), "then_usd": plain(one.then_usd)} for one in each.parts]
    usd = {name: plain(getattr(each, name)) for name in ("now_usd", "then_usd", "saving_usd", "one_off_usd")}
    counts = {name: getattr(each, name) for name in ("objects", "moved", "delayed_videos")}
    removed = {"removed": gone.objects, "removed_bytes": gone.size_bytes, "removed_by": gone.day.isoformat()}
    return {
        "rule": rule.id,
        **usd,
        **counts,
        **removed,
        "days": each.days,
        "parts": parts,
        "remarks": list(each.remarks),
    }


def _add_going(parser: argparse.ArgumentParser) -> None:
    _add_document(parser)
    parser.add_argument(
        "--until", type=date.fromisoformat, metavar="DAY", help="what would be gone once it begins, UTC; tomorrow"
    )


def _going(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    provider = _provider(platform, arguments.place)
    rules, day = _documented(arguments, provider), arguments.until or tomorrow(now)
    found = list(zip(rules, going(user, platform.database, provider, rules, day), strict=True))
    if arguments.json:
        say_json([
            {"rule": rule.id, "by": each.day.isoformat(), "objects": each.objects, "size_bytes": each.size_bytes,
             "versions": each.versions, "versions_bytes": each.versions_bytes, "held": list(each.held),
             "keys": [one.key for one in each.first]}
            for rule, each in found
        ])  # fmt: skip
        return 0
    for rule, each in found:
        say(printable(f"{rule.id} would have removed {each.in_words}, by {each.day}."))
        say_table(("object", "bytes"), [(one.key, f"{one.size_bytes:,}") for one in each.first], frozenset({1}))
        if each.held:
            note(f"{len(each.held):,} of them are of videos on legal hold.")
    return 0


def _export(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    standing(user, platform.governed)  # asks for the permission
    rules = _provider(platform, arguments.place).lifecycle_rules()
    say(exported(rules))
    if left := [each.id for each in rules if each.besides]:
        note(f"Left out, as they have what cannot be said here: {', '.join(left)}.")
    return 0


def _add_import(parser: argparse.ArgumentParser) -> None:
    _add_document(parser)
    parser.add_argument("--seen", default="", help="apply it, if it is still what the preview said it was made of")
    add_confirmation(parser)


def _import(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    """A document's rules as ours beside those that are there: previewed, or applied as any other action."""
    user.require(Permission.CHANGE_CLOUD)
    provider = _provider(platform, arguments.place)
    rules = _documented(arguments, provider)
    if not rules:
        raise ActionRefused("The bucket has these rules already.", "Nothing is to be done.")
    action = Action(Kind.PUT_LIFECYCLE_POLICY, arguments.place, {"rules": [told(each) for each in rules]})
    if arguments.seen:
        return apply_seen(arguments, platform, user, action, now)
    preview = platform.actions.preview(user, action, now)
    for rule, gone in zip(rules, going(user, platform.database, provider, rules, tomorrow(now)), strict=True):
        if removes(rule):
            note(f"{rule.id} would have removed {gone.in_words}, by {gone.day}; `lifecycle going` names them.")
    return tell_preview(arguments, preview, "To apply exactly this, add --seen {} to the same words.")


def _holds(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    found = Holds(platform.database, platform.audit).all(user)
    if arguments.json:
        say_json([
            {"video": each.video_id, "title": each.title, "reason": each.reason, "placed_by": each.placed_by,
             "placed_at": instant_text(each.placed_at)}
            for each in found
        ])  # fmt: skip
        return 0
    rows = [(each.title, each.reason, each.placed_by, instant_text(each.placed_at)[:10], each.slug) for each in found]
    say_table(("video", "why", "by", "since", "link"), rows)
    return 0


def _add_hold(parser: argparse.ArgumentParser) -> None:
    _add_video(parser)
    parser.add_argument("--reason", required=True, help="such as the case or the contract")


def _add_video(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", metavar="ID, SLUG OR LINK")


def _hold(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    video = video_of(arguments.video, platform)
    Holds(platform.database, platform.audit).place(user, video, arguments.reason, now)
    for threat in check_new_hold(platform.database, platform.governed, now):
        note(threat.words)
    return answer(arguments, f"{video} is on legal hold.", video=video, held=True)


def _release(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    video = video_of(arguments.video, platform)
    Holds(platform.database, platform.audit).release(user, video, now)
    return answer(arguments, f"{video} is not on legal hold any more.", video=video, held=False)


#: What each does, and the functions that add its arguments and run it.
_COMMANDS: dict[str, Command] = {
    "rules": ("the rules of each bucket, ours and those of others", _nothing, _rules),
    "what-if": ("what rules would do to the bill of the platform's own catalogue", _add_what_if, _what_if),
    "going": ("exactly what rules would remove", _add_going, _going),
    "export": ("the rules of a bucket, as S3's own tools take them", _add_place, _export),
    "import": ("the rules of a document beside those of a bucket, previewed, then applied", _add_import, _import),
    **GUARDING,
    "holds": ("the videos of which nothing may be removed", _nothing, _holds),
    "hold": ("let nothing of a video be removed", _add_hold, _hold),
    "release": ("let it be removed again", _add_video, _release),
}
