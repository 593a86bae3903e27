"""python -m core lifecycle residency and more: whether videos lie where they must, and can be had back."""

import argparse
from datetime import datetime

from core.access.roles import User
from core.bootstrap import Platform
from core.catalog.residing import ResidencyCheck
from core.commands.printing import note, say, say_json, say_table
from core.commands.several import Command
from core.lifecycle.residency import residency
from core.units import MIB, instant_text

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


#: What each does, and the functions that add its arguments and run it.
COMMANDS: dict[str, Command] = {
    "residency": ("whether anything lies outside of where it must stay", _add_again, _residency),
}
