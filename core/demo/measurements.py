"""Measurements: write everything that was measured of the demo's delivery, day by day, beside its bills."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from core.costs.period import midnight
from core.demo.access_logs import LOGGED_DAYS, write_access_log
from core.demo.demand import Demand
from core.demo.inventories import SUNDAY, write_inventories
from core.demo.logs import SAMPLED, write_log_config, write_real_time, write_standard
from core.demo.metrics import metric_days, write_metrics
from core.demo.requests import requests_of
from core.demo.story import days_between
from core.demo.traffic import Traffic
from core.demo.watching import write_reports

#: Changes when the same day is measured otherwise.
_VERSION = 4
_STORY = "measured.json"
#: How far back inventories go: so that what is noncurrent for a month can be told.
_LISTED_DAYS = 45
#: Beside the bills that a bucket holds today.
MEASURED = "current/measured"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class _Kind:
    """One kind of measurement: each of its days has files of its own, whose names have the day."""

    folder: str
    days: tuple[date, ...]
    write: Callable[[Path, date], None]


def write_measurements(sources: Path, before: Path, traffic: Traffic) -> None:
    """Write the measurements of all days that are over among the sources.

    The same story and day give the same bytes: while the story is the same, what lies among those from before is
    taken from there.
    """
    told = json.dumps({"version": _VERSION, "seed": traffic.story.seed, "month": traffic.story.end.isoformat()})
    same = (before / _STORY).exists() and (before / _STORY).read_text() == told
    for kind in _kinds(Demand(traffic)):
        folder = sources / MEASURED / kind.folder
        settled = _settled(before / MEASURED / kind.folder) if same else {}
        for day in kind.days:
            if day.isoformat() in settled:
                _take(settled[day.isoformat()], before / MEASURED / kind.folder, folder)
            else:
                kind.write(folder, day)
    write_log_config(sources / MEASURED / "realtime-logs", midnight(traffic.story.start))
    (sources / _STORY).write_text(told)


def _kinds(demand: Demand) -> tuple[_Kind, ...]:
    story = demand.traffic.story
    listed = sorted({*story.measured, *days_between(story.today - timedelta(_LISTED_DAYS), story.today)})
    sundays = tuple(day for day in listed if day.weekday() == SUNDAY)
    return (
        _Kind("realtime-logs", story.measured, lambda folder, day: _log(demand, folder, day)),
        _Kind("standard-logs", story.pilot, lambda folder, day: _log_all(demand, folder, day)),
        _Kind("access-logs", story.measured[-LOGGED_DAYS:], lambda folder, day: write_access_log(folder, demand, day)),
        _Kind("players", story.measured, lambda folder, day: write_reports(folder, demand, day)),
        _Kind("inventory", sundays, lambda folder, day: write_inventories(folder, demand, day)),
        _Kind("cloudwatch", tuple(metric_days(demand.traffic)), lambda folder, day: write_metrics(folder, demand, day)),
    )


def _log(demand: Demand, folder: Path, day: date) -> None:
    write_real_time(folder / f"media-{day}-23.gz", requests_of(demand, day, SAMPLED), day)


def _log_all(demand: Demand, folder: Path, day: date) -> None:
    write_standard(folder, requests_of(demand, day, 1), day)


def _settled(folder: Path) -> dict[str, list[Path]]:
    """Files of before by the day that they are of."""
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and (day := _DAY.search(path.relative_to(folder).as_posix())):
            found.setdefault(day[0], []).append(path)
    return found


def _take(files: list[Path], before: Path, folder: Path) -> None:
    for file in files:
        target = folder / file.relative_to(before)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, target)
