"""Watching: what some of the viewers' players tell of a day, a session at a time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

from core.costs.period import midnight
from core.demo.catalogue import Video
from core.demo.delivery import stamp
from core.demo.demand import Demand
from core.demo.library import peak_bits
from core.demo.services import MINUTE_BYTES
from core.demo.traffic import AUDIENCES, REFETCHED, Audience, hours_of
from core.demo.viewers import BAD_EDGE, Viewer, crowd_of
from core.units import MIB

#: Of all players, those that tell.
PERCENT = 5
#: What one viewer takes, on average.
VIEW_BYTES = 500 * MIB
_LONGEST_S = 9_000


@dataclass(frozen=True)
class _Trouble:
    """How likely and how bad what goes wrong is."""

    startup_ms: int  #: that come on top
    stalls_an_hour: float
    stall_s: float
    fails: float


_USUAL = _Trouble(0, 0.35, 1.1, 0.004)
_MISHAP = _Trouble(240, 1.4, 1.6, 0.006)
_BAD = _Trouble(2600, 16.0, 4.5, 0.06)


@dataclass(frozen=True)
class _Told:
    """An event of a session."""

    at_s: float  #: since it began
    state: str
    played_s: float = 0
    more: str = ""


def write_reports(folder: Path, demand: Demand, day: date) -> None:
    """A day's reports as they are spooled; whoever watches over midnight begins a little earlier."""
    rng = Random(f"{demand.traffic.story.seed} watching {day}")
    lines = [line for session in _sessions(demand, day, rng) for line in session]
    file = folder / f"cmcd-{day}.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(lines))
    stamp(file, midnight(day + timedelta(1)))


def _sessions(demand: Demand, day: date, rng: Random) -> Iterator[list[str]]:
    usual, evening = demand.on(day), demand.in_the_evening(day)
    event = demand.traffic.days[day].cdn_evening > 0
    left = 0.0
    for hour in hours_of(day):
        asked = evening if event and hour.hour >= 18 else usual
        for audience in AUDIENCES:
            left += _views(demand, hour, audience) * PERCENT / 100
            count, left = int(left), left % 1
            crowd = crowd_of(audience.prefix)
            viewers = rng.choices(crowd.viewers, cum_weights=crowd.weights, k=count)
            for viewer, video in zip(
                viewers, rng.choices(asked.videos, cum_weights=asked.weights, k=count), strict=True
            ):
                yield _session(demand, hour, viewer, video, rng)


def _views(demand: Demand, hour: datetime, audience: Audience) -> float:
    sent = demand.traffic.hour(hour, audience).sent_bytes
    return sent / VIEW_BYTES / (REFETCHED if demand.traffic.story.is_mishap(hour) else 1)


def _session(demand: Demand, hour: datetime, viewer: Viewer, video: Video, rng: Random) -> list[str]:
    kbps = peak_bits(demand.traffic.story, video.published)[viewer.rung] // 1000
    told = list(_watch(viewer, video, kbps, _trouble(demand, hour, viewer), rng))
    latest = midnight(hour.date() + timedelta(1)).timestamp() - told[-1].at_s - 1
    start = min(hour.timestamp() + 3600 * rng.random(), latest)
    name = f"{rng.getrandbits(64):016x}"
    return [_line(event, number, start, viewer, name, demand.ids[video.number]) for number, event in enumerate(told)]


def _trouble(demand: Demand, hour: datetime, viewer: Viewer) -> _Trouble:
    story = demand.traffic.story
    if viewer.edge.startswith(BAD_EDGE) and story.is_edge_bad(hour.date()):
        return _BAD
    return _MISHAP if story.is_mishap(hour) else _USUAL


def _watch(viewer: Viewer, video: Video, kbps: int, trouble: _Trouble, rng: Random) -> Iterator[_Told]:
    startup_s = (_usual_ms(viewer) * math.exp(rng.gauss(0, 0.35)) + trouble.startup_ms * (0.6 + rng.random())) / 1000
    yield _Told(0, "s")
    if rng.random() < 0.006 + 0.04 * max(startup_s - 1, 0):
        yield _Told(1.2 + 4 * rng.random(), "q")  # who waits too long leaves
        return
    if rng.random() < trouble.fails:
        yield _Told(startup_s + 2, "f")
        return
    rate = f',"br":{kbps}'
    yield _Told(startup_s, "p", 0, f'{rate},"msd":{startup_s * 1000:.0f}')
    length_s = min(video.original_bytes / MINUTE_BYTES * 60, _LONGEST_S)
    watched_s = length_s * _part(rng)
    at_s = startup_s
    before_s = 0.0
    for stalled_at_s in _stalls(watched_s, trouble.stalls_an_hour * (2 if viewer.mbps < 10 else 1), rng):
        at_s += stalled_at_s - before_s
        yield _Told(at_s, "r", stalled_at_s, rate)
        at_s += trouble.stall_s * (0.4 + 1.2 * rng.random())
        yield _Told(at_s, "p", stalled_at_s, rate)
        before_s = stalled_at_s
    yield _Told(at_s + watched_s - before_s, "e" if watched_s == length_s else "q", watched_s)


def _usual_ms(viewer: Viewer) -> float:
    """How long it takes until the picture moves: longer over slow lines, and for many pixels."""
    return 260 + 3_600 / viewer.mbps * (1.2 if viewer.rung == "1080p" else 1)


def _part(rng: Random) -> float:
    """Some look in, some leave on the way, nearly half stay to the end."""
    luck = rng.random()
    if luck < 0.45:
        return 1
    return 0.02 + 0.1 * rng.random() if luck < 0.68 else 0.1 + 0.85 * rng.random()


def _stalls(watched_s: float, an_hour: float, rng: Random) -> list[float]:
    count = int(watched_s / 3600 * an_hour + rng.random())
    return sorted(watched_s * rng.random() for _ in range(count))


def _line(event: _Told, number: int, start: float, viewer: Viewer, name: str, video: str) -> str:
    at = datetime.fromtimestamp(start + event.at_s, UTC)
    return (
        f'{{"received_at":"{at:%Y-%m-%dT%H:%M:%S.%f}Z","mode":"event","country":"{viewer.country}",'
        f'"device":"{viewer.device}","percent":{PERCENT},"cmcd":{{"cid":"{video}","sid":"{name}","sn":{number},'
        f'"ts":{at.timestamp() * 1000:.0f},"v":2,"e":"ps","sta":"{event.state}","pt":{event.played_s * 1000:.0f}'
        f"{event.more}}}}}\n"
    )
