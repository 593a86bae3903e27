"""python -m core work: do scheduled work, and what is asked for, until stopped.

It imports nothing that reads bills: a worker stays for days, and would keep 50 MB of it.
"""

import argparse
from datetime import UTC, datetime

from core import bootstrap, schedule
from core.access.access import shell_user
from core.access.roles import Permission
from core.jobs.worker import work
from core.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parent", type=int, metavar="PID", help="end when this process is gone")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    platform = bootstrap.open_platform(settings)
    shell_user(platform.home).require(Permission.INGEST)
    jobs, works = schedule.jobs(platform), schedule.works(platform)
    work(platform.home, platform.database, jobs, lambda: datetime.now(UTC), arguments.parent, works)
    return 0
