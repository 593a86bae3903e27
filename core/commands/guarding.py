"""python -m core lifecycle residency and more: whether videos lie where they must, and can be had back."""

import argparse
from dataclasses import asdict
from datetime import datetime

from core.access.roles import User
from core.bootstrap import Platform
from core.catalog.residing import ResidencyCheck
from core.commands.controlling import answer, tell_of_worker
from core.commands.printing import note, plain, printable, say, say_json, say_table
from core.commands.several import Command
from core.lifecycle.drill import SAMPLE, Drill, Outcome
from core.lifecycle.failover import failover
from core.lifecycle.replicas import Inventoried, Sampled, copying, told
from core.lifecycle.residency import residency
from core.units import MIB, instant_text, size_in_words

_MOST = 200


def _add_again(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--again", action="store_true", help="look now; the worker does so once a day")


def _residency(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    """Exit status 1 where something lies where it may not."""
    found = residency(user, platform.database)
    if arguments.again or found is None:
        platform.check_residency(lambda: now)
        found = residency(user, platform.database)
    assert found is not None
    if arguments.json:
        say_json(_told(found))
    else:
        _say(found)
    return 1 if found.astray else 0


def _say(found: ResidencyCheck) -> None:
    listed = f"inventories until {found.listed_on}" if found.listed_on else "no inventory"
    say(f"{found.videos:,} videos must stay somewhere; {found.objects:,} objects of the catalogue, and {listed}.")
    rows = [
        (each.place, each.region or "?", each.residency, each.title, each.name, f"{each.objects:,}",
         f"{each.size_bytes / MIB:,.1f}", instant_text(each.since)[:10] if each.since else "")
        for each in found.astray[:_MOST]
    ]  # fmt: skip
    if rows:
        head = ("lies at", "in", "must stay in", "video", "what", "objects", "MiB", "since")
        say_table(head, rows, frozenset({5, 6}))
        note(f"{found.objects_astray:,} objects lie where they may not.")
    if len(found.astray) > _MOST:
        note(f"The first {_MOST:,} of {len(found.astray):,} lines; --json has all.")


def _told(found: ResidencyCheck) -> dict[str, object]:
    return {
        "checked_at": instant_text(found.checked_at),
        "videos": found.videos,
        "objects": found.objects,
        "inventory_until": found.listed_on.isoformat() if found.listed_on else None,
        "objects_outside": found.objects_astray,
        "outside": [
            {"video": e.video_id, "title": e.title, "residency": e.residency, "place": e.place, "region": e.region,
             "source": e.source, "name": e.name, "objects": e.objects, "size_bytes": e.size_bytes,
             "since": instant_text(e.since) if e.since else None}
            for e in found.astray
        ],
    }  # fmt: skip


def _add_drill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sample", type=int, default=SAMPLE, metavar="N", help=f"objects to read; {SAMPLE} without it")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be read, and for what money")


def _drill(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    seen = platform.drills.foreseen(user, arguments.sample, now)
    usd = "an unknown amount" if seen.usd is None else f"${seen.usd:,.4f}"
    text = f"{len(seen.objects):,} objects, {seen.size_bytes / MIB:,.1f} MiB, for {usd} at most."
    told = {"objects": len(seen.objects), "size_bytes": seen.size_bytes, "archived": seen.archived,
            "usd": None if seen.usd is None else plain(seen.usd)}  # fmt: skip
    if arguments.dry_run:
        return answer(arguments, f"Would read {text}", **told, dry_run=True)
    id = platform.drills.ask(user, arguments.sample, now)
    tell_of_worker(platform, now)
    return answer(arguments, f"Reads {text} `python -m core lifecycle drills` says what came of it.", id=id, **told)


def _drills(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    found = platform.drills.history(user)
    if arguments.json:
        say_json([_drill_told(each) for each in found])
        return 0
    for each in found:
        state = "done" if each.done_at else "under way"
        came = each.count(Outcome.PROVEN, Outcome.WHOLE)
        say(printable(f"{instant_text(each.asked_at)[:16]}, by {each.asked_by}, {state}: {came} of {len(each.objects)} "
                      "came back."))  # fmt: skip
        rows = [(one.outcome, one.place, one.title, one.key, f"{one.size_bytes:,}", one.detail) for one in each.objects]
        say_table(("is", "at", "video", "object", "bytes", "because"), rows, frozenset({4}))
    return 0


def _drill_told(each: Drill) -> dict[str, object]:
    return {
        "id": each.id,
        "asked_by": each.asked_by,
        "asked_at": instant_text(each.asked_at),
        "done_at": instant_text(each.done_at) if each.done_at else None,
        "passed": each.is_passed,
        "objects": [
            {"place": one.place, "title": one.title, "key": one.key, "size_bytes": one.size_bytes,
             "outcome": one.outcome, "detail": one.detail, "read_bytes": one.read_bytes}
            for one in each.objects
        ],
    }  # fmt: skip


def _copies(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    found = copying(user, platform.database, platform.warehouse, platform.governed, now)
    there = failover(user, platform.edge)
    if arguments.json:
        say_json({"buckets": list(told(found)), "failover": asdict(there)})
        return 0
    rows = [
        (each.provider, rule.id, "ours" if rule.is_ours else "another's", rule.words, _how_far(each.sampled))
        for each in found
        for rule in each.rules
    ]
    say_table(("at", "rule", "whose", "copies", "of a sample of the bucket"), rows)
    for each in found:
        if each.problem:
            note(f"{each.provider}: {each.problem}")
        if each.inventoried:
            note(f"{each.provider}, by its inventory: {_of_all(each.inventoried)}")
    say(printable(there.words))
    return 0


def _how_far(sampled: Sampled | None) -> str:
    if sampled is None:
        return "not asked yet"
    return f"{sampled.copied:,} copied, {sampled.pending:,} waiting, {sampled.failed:,} failed"


def _of_all(told: Inventoried) -> str:
    return (
        f"{told.copied:,} copied, {told.pending:,} waiting, {told.failed:,} failed on {told.day}; {told.not_covered:,} "
        f"({size_in_words(told.not_covered_bytes)}) were there before the rule, and S3 Batch Replication copies those."
    )


def _failover(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    """Exit status 1 where the second origin lacks something."""
    done = platform.failover_drills.run(user, now)
    if arguments.json:
        say_json({**asdict(done), "checked_at": instant_text(done.checked_at), "same": done.same})
    else:
        say(printable(f"{done.secondary} has {done.same} of {len(done.asked)} as {done.primary} has them."))
        say_table(("object", "is"), [(each.key, each.problem or "the same") for each in done.asked])
    return 0 if done.same == len(done.asked) else 1


def _nothing(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


#: What each does, and the functions that add its arguments and run it.
COMMANDS: dict[str, Command] = {
    "residency": ("whether anything lies outside of where it must stay", _add_again, _residency),
    "drill": ("prove backups: restore a sample and compare its checksums", _add_drill, _drill),
    "copies": ("which buckets are copied where, how far that is, and the distribution's origins", _nothing, _copies),
    "failover": ("ask the distribution's second origin for a sample of what the first has", _nothing, _failover),
    "drills": ("what came of drills, the newest first", _nothing, _drills),
}
