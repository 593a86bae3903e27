"""Rungs: those that hardly anybody watches, and those of no use beside a better one."""

from decimal import Decimal
from typing import Any

import pytest

from core.actions.action import Action, Kind
from core.catalog.video import CopyObject
from core.catalog.video import Kind as Of
from core.media.folder import MASTER
from core.recommendations.recommendation import Recommendation, Said
from core.recommendations.rules.rungs import find
from tests.costs.measurements import Row, watched
from tests.recommendations.small import GIB, Small, an_object, line, listed, remarks


def rungs(small: Small, **gib: float) -> None:
    small.holds(listed("a", 1), *(listed("a", size, name.removeprefix("r")) for name, size in gib.items()))


def watches(small: Small, shares: dict[str, int], days: range = range(4, 32)) -> None:
    """So many milliseconds of each rung on each of the days."""
    sessions, of_rungs = list[Row](), list[Row]()
    for day in days:
        session = watched("a", 1, day)
        sessions.append(session)
        told: dict[str, Any] = {
            name: session[name] for name in ("day", "video", "session", "exact", "device", "weight")
        }
        of_rungs += [told | {"rung": rung, "watched_ms": ms} for rung, ms in shares.items()]
    small.measured("players", sessions=sessions, session_rungs=of_rungs)


def unwatched(said: list[Said]) -> list[Recommendation]:
    return [each for each in said if isinstance(each, Recommendation) and each.rule == "unwatched rungs"]


def test_a_rung_that_hardly_anybody_watches_costs_storage(small: Small):
    rungs(small, r1080p=50, r720p=20, r240p=2)
    watches(small, {"1080p": 900, "720p": 4, "240p": 96})

    (found,) = unwatched(list(find(small.grounds())))

    assert found.monthly_saving_usd == Decimal("0.46")
    assert line(found.evidence, "Of the time watched") == Decimal("0.004")
    assert "serves 0.40 % of the time watched" in found.words
    assert found.action == Action(Kind.DROP_RENDITION, "s3", {"rung": "720p", "videos": ["a"]}, "720p")
    assert "gets the next rung" in found.catch


def test_the_lowest_rung_stays_although_nobody_watches_it(small: Small):
    rungs(small, r1080p=50, r240p=2)
    watches(small, {"1080p": 1000})

    assert unwatched(list(find(small.grounds()))) == []


@pytest.mark.parametrize("days", [range(0), range(22, 32)])
def test_with_few_days_of_players_nothing_is_said(small: Small, days: range):
    rungs(small, r1080p=50, r720p=20, r240p=2)
    watches(small, {"1080p": 1000}, days)

    assert remarks(list(find(small.grounds()))) == [
        f"Players have told of {len(days)} of the last 28 days: nobody knows which rungs are watched."
    ]


def watchable(video: str) -> tuple[CopyObject, ...]:
    """An original, so that rungs can be made again, and a playlist."""
    return an_object(video, "original", GIB), an_object(video, MASTER, 500, kind=Of.PLAYLIST)


def rung(video: str, name: str, bandwidth: int, size: int) -> Any:
    height = int(name.removesuffix("p"))
    return an_object(video, name, size, width=height * 16 // 9, height=height, bandwidth=bandwidth)


def test_a_rung_that_a_larger_picture_takes_hardly_more_than_is_of_no_use(small: Small):
    small.knows(
        "a",
        *watchable("a"),
        rung("a", "1080p", 1_100, GIB),
        rung("a", "720p", 1_000, 10 * GIB),
        rung("a", "480p", 500, GIB),
    )
    small.knows(
        "b",
        *watchable("b"),
        rung("b", "1080p", 3_000, GIB),
        rung("b", "720p", 1_000, 10 * GIB),
        rung("b", "480p", 910, GIB),
    )

    first, second = sorted(
        (each for each in find(small.grounds()) if isinstance(each, Recommendation)),
        key=lambda each: each.about,
        reverse=True,
    )

    assert (first.about, first.monthly_saving_usd) == ("rung 720p", Decimal("0.23"))
    assert first.action == Action(Kind.DROP_RENDITION, "s3", {"rung": "720p", "videos": ["a"]}, "720p")
    assert (second.about, second.monthly_saving_usd) == ("rung 480p", Decimal("0.023"))
    assert second.action is not None
    assert second.action.terms["videos"] == ["b"]  # 1,000 is a tenth more than 910 at most
