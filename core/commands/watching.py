"""python -m core experience, viewing: how watching went, and what is watched."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Permission
from core.bootstrap import Platform
from core.catalog.names import Name, names, title_of
from core.commands.periods import add_period, one_of, period_of
from core.commands.printing import note, say, say_json, say_table
from core.costs.period import Period
from core.performance import viewing
from core.performance.experience import TARGET_STARTUP_MS, Experience, ExperienceAnswer, ExperienceBy, experience
from core.performance.interest import Interest, interest
from core.performance.told import Told, told
from core.settings import Settings
from core.units import instant_text

_HEAD = ("sessions", "exact", "start-up p50/p95 ms", "rebuffering", "stalls/h", "left before start", "failed")
_NOTHING = "Nothing is known of watching in this period. Players tell of it while this dashboard serves them."
_HOUR_MS = 3_600_000
#: Videos that are named one by one.
_NAMED = 20


def add_experience(parser: argparse.ArgumentParser) -> None:
    _add_options(parser)
    parser.add_argument(
        "--by", type=one_of(ExperienceBy), metavar="BY", default=ExperienceBy.COUNTRY,
        help=", ".join(ExperienceBy),
    )  # fmt: skip


def run_experience(arguments: argparse.Namespace, settings: Settings) -> int:
    platform, period = _platform(settings), period_of(arguments, datetime.now(UTC).date())
    answer = experience(platform.warehouse, period, arguments.by, arguments.video)
    videos = (each.label for each in answer.lines) if answer.by is ExperienceBy.VIDEO else ()
    called = names(platform.database, videos)
    (_say_experience_json if arguments.json else _say_experience)(answer, told(platform.warehouse, period), called)
    return 0


def add_viewing(parser: argparse.ArgumentParser) -> None:
    _add_options(parser)


def run_viewing(arguments: argparse.Namespace, settings: Settings) -> int:
    platform, today = _platform(settings), datetime.now(UTC).date()
    found = _viewing(platform, period_of(arguments, today), arguments.video, today)
    if arguments.json:
        say_json(found)
    else:
        _say_viewing(found)
    return 0


def _add_options(parser: argparse.ArgumentParser) -> None:
    add_period(parser)
    parser.add_argument("--video", help="only this video, by its id")
    parser.add_argument("--json", action="store_true", help="answer for programs")


def _platform(settings: Settings) -> Platform:
    platform = bootstrap.open_platform(settings)
    shell_user(platform.home).require(Permission.SEE_PERFORMANCE)
    return platform


def _say_experience(answer: ExperienceAnswer, came: Told, called: Mapping[str, Name]) -> None:
    if answer.total is None:
        note(_NOTHING)
        return
    rows = [_row(title_of(each.label, called) or "unknown", each) for each in answer.lines]
    say_table((answer.by.value, *_HEAD), [*rows, _row("all", answer.total)], right=frozenset(range(1, 8)))
    wanted = f"Wanted: start-up below {TARGET_STARTUP_MS:,} ms"
    if answer.rebuffering_target is not None:
        wanted += f", rebuffering {answer.rebuffering_target:.3%} (a twentieth of the period before)"
    say(f"{wanted}.")
    if answer.total.exact < answer.total.sessions:
        note("Sessions that are not exact are estimated from logs, which know neither failures nor who left early.")
    for lost in came.words:
        note(lost)


def _row(label: str, found: Experience) -> tuple[str, ...]:
    return (
        label,
        f"{found.sessions:,.0f}",
        _share(found.exact_share, 0),
        "" if found.startup_p50_ms is None else f"{found.startup_p50_ms:,} / {found.startup_p95_ms:,}",
        _share(found.rebuffering),
        "" if found.stalls_an_hour is None else f"{found.stalls_an_hour:,.2f}",
        _share(found.ebvs),
        _share(found.failures),
    )


def _share(share: float | None, digits: int = 2) -> str:
    return "" if share is None else f"{share:.{digits}%}"


def _say_experience_json(answer: ExperienceAnswer, came: Told, called: Mapping[str, Name]) -> None:
    say_json(
        {
            "from": answer.period.start.isoformat(),
            "to": answer.period.end.isoformat(),
            "by": answer.by,
            "total": answer.total and _experience_json(answer.total),
            "before": answer.before and _experience_json(answer.before),
            "lines": [_experience_json(each) | _title(each, called) for each in answer.lines],
            "events": asdict(came),
            "targets": {"startup_ms": TARGET_STARTUP_MS, "rebuffering": answer.rebuffering_target},
        }
    )


def _experience_json(found: Experience) -> dict[str, Any]:
    return asdict(found) | {
        "exact_share": found.exact_share,
        "rebuffering": found.rebuffering,
        "stalls_an_hour": found.stalls_an_hour,
        "ebvs": found.ebvs,
        "failures": found.failures,
    }


def _title(each: Experience, called: Mapping[str, Name]) -> dict[str, str]:
    return {"title": title_of(each.label, called)} if called else {}


def _viewing(platform: Platform, period: Period, video: str | None, today: date) -> dict[str, Any]:
    warehouse = platform.warehouse
    interesting = interest(warehouse, today, video)
    called = names(platform.database, (each.video for each in interesting))
    started = viewing.hours(warehouse, period, video)
    return {
        "from": period.start.isoformat(),
        "to": period.end.isoformat(),
        "video": video,
        "audience": asdict(viewing.audience(warehouse, period, video)),
        "completion": [asdict(each) for each in viewing.completion(warehouse, period, video)],
        "qualities": [asdict(each) for each in viewing.qualities(warehouse, period, video)],
        "crowds": [_crowd_json(each) for each in viewing.crowds(warehouse, period, video)],
        "hours": [asdict(each) | {"at": instant_text(each.at)} for each in started],
        "week": [
            {"weekday": weekday, "hour": hour, "views": views}
            for (weekday, hour), views in sorted(viewing.week(started).items())
        ],
        "nights": [
            {"day": each.day.isoformat(), "views": each.views, "times": each.times,
             "peak": each.peak and _crowd_json(each.peak)}
            for each in viewing.nights(warehouse, period, video)
        ],
        "interest": [
            _interest_json(each, today) | {"title": title_of(each.video, called)} for each in interesting
        ],
    }  # fmt: skip


def _crowd_json(crowd: viewing.Crowd) -> dict[str, Any]:
    return {"at": instant_text(crowd.at), "viewers": crowd.viewers}


def _interest_json(found: Interest, today: date) -> dict[str, Any]:
    return asdict(found) | {
        "first": found.first.isoformat(),
        "last": found.last.isoformat(),
        "cold_days": found.cold_days(today),
        "is_back": found.is_back,
    }


def _say_viewing(found: dict[str, Any]) -> None:
    audience = found["audience"]
    if not audience["views"]:
        note(_NOTHING)
        return
    say(
        f"{audience['views']:,.0f} views, {audience['exact_views']:,.0f} of them told by players; "
        f"{audience['watched_ms'] / _HOUR_MS:,.1f} hours watched."
    )
    peak = max(found["crowds"], key=lambda each: each["viewers"])
    unique = audience["unique_sessions"]
    if unique:
        say(f"{unique:,} unique sessions: players name each anew, so there were at most so many viewers.")
    say(f"Most at once: {peak['viewers']:,.0f}, at {peak['at'][:16]} UTC.")
    _say_shares(found)
    for night in found["nights"]:
        say(f"{night['day']}: {night['views']:,.0f} views, {night['times']:,.1f} times the usual.")
    say("Going cold, as of today and whatever the period: all that was ever watched, the longest without a view first.")
    rows = [_interest_row(each) for each in found["interest"][:_NAMED]]
    say_table(
        ("video", "views", "last view", "days since", "a month", "half-life", ""), rows, right=frozenset({1, 3, 4, 5})
    )
    if len(found["interest"]) > _NAMED:
        note(f"... and {len(found['interest']) - _NAMED:,} more videos, which --json names.")


def _say_shares(found: dict[str, Any]) -> None:
    if found["completion"]:
        reached = {each["percent"]: each["share"] for each in found["completion"]}
        say("Still watching: " + ", ".join(f"{reached[at]:.0%} at {at} %" for at in (25, 50, 75, 95)) + ".")
    if found["qualities"]:
        say(
            "Watched: "
            + ", ".join(f"{each['share']:.0%} {each['rung'] or 'unknown'}" for each in found["qualities"])
            + "."
        )


def _interest_row(found: dict[str, Any]) -> tuple[str, ...]:
    return (
        found["title"],
        f"{found['views']:,.0f}",
        found["last"],
        f"{found['cold_days']:,}",
        f"{found['views_a_month']:,.0f}",
        f"{found['half_life_days']:,} day{'' if found['half_life_days'] == 1 else 's'}",
        "back" if found["is_back"] else "",
    )
