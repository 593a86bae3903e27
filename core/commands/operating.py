"""python -m core demo, check: operate an installation."""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime

from core import seeding
from core.access.access import shell_user
from core.access.roles import Permission
from core.billing.checks import Check, check_connections
from core.commands.printing import note, say, say_json, say_table
from core.errors import StorageError
from core.settings import Settings
from core.storage.providers import configured


def _storage_checks(settings: Settings) -> Iterator[Check]:
    """Each bucket for videos."""
    for provider in configured(settings, lambda: datetime.now(UTC)):
        name = f"Videos at {provider.name}, bucket {provider.bucket}"
        try:
            provider.check()
        except StorageError as error:
            yield Check(name, False, error.message, error.advice)
        else:
            yield Check(name, True, "It can be listed.", "")


def add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--if-needed", action="store_true", help="only while the demo is what would be shown, and ends before today"
    )


def run_demo(arguments: argparse.Namespace, settings: Settings) -> int:
    now = datetime.now(UTC)
    shell_user(settings.phyght_home).require(Permission.INGEST)
    if arguments.if_needed and not seeding.needs_demo(settings, now):
        return 0
    note("Making the demo platform: 18 months of bills, written and ingested. This takes about a minute and a half.")
    seeding.seed_demo(settings, now)
    return 0


def add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="answer for programs")


def run_check(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit status 1 when a check fails."""
    shell_user(settings.phyght_home).require(Permission.SEE_SETTINGS)
    checks = (*check_connections(settings, datetime.now(UTC).date()), *_storage_checks(settings))
    if arguments.json:
        say_json([{"name": c.name, "ok": c.ok, "detail": c.detail, "cure": c.cure} for c in checks])
    else:
        say_table(("", "check", "", ""), [("ok" if c.ok else "FAILED", c.name, c.detail, c.cure) for c in checks])
    if not checks:
        say("Nothing is connected. Fill in .env as .env.example shows.")
    return 0 if all(check.ok for check in checks) else 1
