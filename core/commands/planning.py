"""python -m core migrate plan, plans, compare: what would move, and what that costs and saves."""

import argparse
import csv
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from core.access.roles import User
from core.bootstrap import Platform
from core.commands.printing import note, plain, printable, say, say_json, say_table
from core.commands.several import Command
from core.errors import DiskFull, WrongArguments
from core.migration.estimate import Estimate
from core.migration.options import Filters, Options, Order
from core.migration.planned import PlannedVideo
from core.migration.plans import GRACE_DAYS
from core.migration.saved import Comparison, SavedPlan, as_rows, columns, document
from core.units import GIB, MIB, TIB, size_in_words

#: Videos of a plan that are shown to a person; all of them are in --json and --csv.
_SHOWN = 10
_SIZES = {"": 1, "K": 2**10, "M": MIB, "G": GIB, "T": TIB}
_ORDERS = {order.name.lower().replace("_", "-"): order for order in Order}


def add_plan(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--from", dest="source", metavar="PROVIDER", help="where the videos lie; supabase")
    parser.add_argument("--to", dest="target", metavar="PROVIDER", help="where they go; s3")
    parser.add_argument("--name", default="", help="what the plan is called; by its ways and the day otherwise")
    parser.add_argument("--prefix", default="", help="only videos with an object whose key begins so")
    parser.add_argument("--min-age", type=number, metavar="DAYS", help="only those published so long ago")
    parser.add_argument("--max-age", type=number, metavar="DAYS")
    parser.add_argument("--min-size", type=_size, metavar="SIZE", help="only those as large, like 500M or 2G")
    parser.add_argument("--max-size", type=_size, metavar="SIZE")
    parser.add_argument("--min-views", type=number, metavar="N", help="only those watched so often")
    parser.add_argument("--max-views", type=number, metavar="N")
    parser.add_argument("--residency", help="only those that must stay there, like EU; empty: that may lie anywhere")
    parser.add_argument("--include-moved", action="store_true", help="show those that viewers get from elsewhere too")
    parser.add_argument("--order", choices=_ORDERS, default="cheapest", help="which are moved first")
    parser.add_argument(
        "--limit-rate", default="", metavar="TIMETABLE", help="bandwidth, like 10M, or '08:00,10M 18:00,off' in UTC"
    )
    parser.add_argument(
        "--grace", type=number, metavar="DAYS", default=GRACE_DAYS, help="until a source may be retired"
    )
    parser.add_argument("--adopt", action="store_true", help="another tool moves the bytes; they are only checked")
    parser.add_argument("--target-prefix", default="", help="stands before each key at the target")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="write every video of the plan there")


def _plan(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> int:
    made = made_plan(arguments, platform, user, now)
    videos = platform.plans.videos(user, made)
    if arguments.csv:
        _write_csv(arguments.csv, videos)
    if arguments.json:
        say_json(document(made, videos))
    else:
        _say_plan(made, videos)
    return 0


def made_plan(arguments: argparse.Namespace, platform: Platform, user: User, now: datetime) -> SavedPlan:
    """The plan that is asked for, kept."""
    options = _options(arguments, platform)
    note(f"Looking at all that lies at {options.source}.")
    return platform.plans.make(user, options, now, arguments.limit_rate, arguments.name, arguments.grace)


def _options(arguments: argparse.Namespace, platform: Platform) -> Options:
    filters = Filters(
        arguments.prefix, arguments.min_age, arguments.max_age, arguments.min_size, arguments.max_size,
        arguments.min_views, arguments.max_views, arguments.residency, arguments.include_moved,
    )  # fmt: skip
    source, target = _provider(platform, "--from", arguments.source, "supabase"), arguments.target
    return Options(
        source, _provider(platform, "--to", target, "s3"), filters, _ORDERS[arguments.order], arguments.adopt,
        arguments.target_prefix,
    )  # fmt: skip


def _provider(platform: Platform, option: str, asked: str | None, usual: str) -> str:
    names = [each.name for each in platform.providers.all]
    name = asked or usual
    if name not in names:
        raise WrongArguments(
            f"There is no provider {name!r}; there is {', '.join(names)}.", f"Name one with {option}, or configure it."
        )
    return name


def _say_plan(made: SavedPlan, videos: Sequence[PlannedVideo]) -> None:
    moving = [each for each in videos if not each.blocked]
    blocked = [each for each in videos if each.blocked]
    head = ("video", "objects", "size", "before USD/month", "after USD/month", "once USD")
    say_table(head, [_video_row(each) for each in moving[:_SHOWN]], right=frozenset(range(1, 6)))
    if len(moving) > _SHOWN:
        say(f"... and {len(moving) - _SHOWN:,} more.")
    if blocked:
        say_table(("cannot move", "why", "what to do"), [(b.title, b.blocked, b.advice) for b in blocked[:_SHOWN]])
    if len(blocked) > _SHOWN:
        say(f"... and {len(blocked) - _SHOWN:,} more.")
    for line in _in_words(made.estimate):
        say(printable(line))
    say(printable(f"Kept as {made.name!r}; nothing was moved."))


def _in_words(estimate: Estimate) -> list[str]:
    saving, payback = estimate.monthly_saving_usd, estimate.payback_months
    pays = "" if payback is None else f", which pays for the move in {plain(round(payback, 1))} months"
    return [
        f"{estimate.videos:,} videos, {estimate.objects:,} objects, {size_in_words(estimate.size_bytes)} would move; "
        f"{estimate.blocked:,} cannot, {estimate.elsewhere:,} lie elsewhere already, {estimate.filtered:,} are left "
        "out by the filters.",
        f"Takes {_time(estimate.fastest)} to {_time(estimate.slowest)}. {estimate.basis}",
        f"Costs ${_usd(estimate.one_off_usd)} once: ${_usd(estimate.egress_usd)} for the egress of "
        f"{size_in_words(estimate.egress_bytes)}, ${_usd(estimate.requests_usd)} for requests.",
        f"Storage costs ${_usd(estimate.monthly_before_usd)} a month before and ${_usd(estimate.monthly_after_usd)} "
        f"after it, ${_usd(abs(saving))} {'less' if saving >= 0 else 'more'}{pays}.",
        *estimate.assumptions,
    ]


def _video_row(video: PlannedVideo) -> tuple[str, ...]:
    money = (video.monthly_before_usd, video.monthly_after_usd, video.one_off_usd)
    return (
        video.title,
        f"{video.objects:,}",
        size_in_words(video.size_bytes),
        *(_usd(each, "0.0001") for each in money),
    )


def _write_csv(file: Path, videos: Sequence[PlannedVideo]) -> None:
    try:
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, columns())
            writer.writeheader()
            writer.writerows(as_rows(videos))
    except OSError as error:
        raise DiskFull(f"{file} cannot be written: {error.strerror}.", "Name another file.") from error


def _add_nothing(_: argparse.ArgumentParser) -> None:
    """It takes no arguments of its own."""


def _plans(arguments: argparse.Namespace, platform: Platform, user: User, _: datetime) -> int:
    plans = platform.plans.all(user)
    if arguments.json:
        say_json([{key: value for key, value in document(each, ()).items() if key != "videos"} for each in plans])
        return 0
    head = ("name", "state", "from", "to", "videos", "size", "saves USD/month", "made", "by")
    say_table(head, [_plan_row(each) for each in plans], right=frozenset({4, 5, 6}))
    return 0


def _plan_row(each: SavedPlan) -> tuple[str, ...]:
    estimate = each.estimate
    return (
        each.name, each.state, each.options.source, each.options.target, f"{estimate.videos:,}",
        size_in_words(estimate.size_bytes), _usd(estimate.monthly_saving_usd), f"{each.created_at:%Y-%m-%d %H:%M}",
        each.created_by,
    )  # fmt: skip


def _add_compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", help="the name of a plan")
    parser.add_argument("second", help="of another one")


def _compare(arguments: argparse.Namespace, platform: Platform, user: User, _: datetime) -> int:
    comparison = platform.plans.compare(user, arguments.first, arguments.second)
    (_say_comparison_json if arguments.json else _say_comparison)(comparison, arguments.first, arguments.second)
    return 0


def _say_comparison(comparison: Comparison, first: str, second: str) -> None:
    rows = [(each.figure, str(each.first), str(each.second)) for each in comparison.differences]
    say_table(("", first, second), rows, right=frozenset({1, 2}))
    for name, videos in ((first, comparison.only_in_first), (second, comparison.only_in_second)):
        titles = ", ".join(each.title for each in videos[:_SHOWN])
        more = f" and {len(videos) - _SHOWN:,} more" if len(videos) > _SHOWN else ""
        say(printable(f"Only in {name}: {titles or 'nothing'}{more}."))


def _say_comparison_json(comparison: Comparison, first: str, second: str) -> None:
    say_json(
        {
            "first": first,
            "second": second,
            "only_in_first": [each.video_id for each in comparison.only_in_first],
            "only_in_second": [each.video_id for each in comparison.only_in_second],
            "differences": [vars(each) for each in comparison.differences],
        }
    )


def _time(duration: timedelta) -> str:
    minutes = -(-duration // timedelta(minutes=1))
    days, hours = minutes // 1_440, minutes // 60 % 24
    if days:
        return f"{days:,} d {hours} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _usd(amount: Decimal, exact: str = "0.01") -> str:
    return f"{amount.quantize(Decimal(exact)):,}"


def number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"{text!r} should be a whole number")
    return int(text)


def _size(text: str) -> int:
    match = re.fullmatch(r"([0-9]{1,15})([KMGT]?)(?:iB)?", text, re.IGNORECASE)
    if not match:
        raise argparse.ArgumentTypeError(f"{text!r} should be bytes, like 5000, 500M or 2G")
    return int(match[1]) * _SIZES[match[2].upper()]


#: What each does, and the functions that add its arguments and run it.
COMMANDS: dict[str, Command] = {
    "plan": ("what would move, how long it takes, what it costs and saves; nothing is moved", add_plan, _plan),
    "plans": ("every plan and migration", _add_nothing, _plans),
    "compare": ("what is different between two plans", _add_compare, _compare),
}
