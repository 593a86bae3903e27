"""Requests: what viewers ask CloudFront for in a day, so that it adds up to what the bill has."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from random import Random
from urllib.parse import quote

from core.demo.catalogue import Video
from core.demo.demand import Asked, Demand
from core.demo.traffic import AUDIENCES, BROKEN_HIT_RATIO, HIT_RATIO, REFRESHED, hours_of
from core.demo.viewers import BAD_EDGE, Viewer, crowd_of


class Result(StrEnum):
    """What became of a request, as CloudFront calls it."""

    HIT = "Hit"
    REFRESH = "RefreshHit"  #: the edge has it, and S3 was asked whether it is still so
    MISS = "Miss"
    ERROR = "Error"


class Piece(StrEnum):
    """What is asked for."""

    SEGMENT = "segment"
    PLAYLIST = "playlist"
    PICTURES = "pictures"
    UNCACHED = "uncached"  #: the playlist of one video, whose header has edges ask each time whether it is still so
    LOST = "lost"  #: what is not there
    CHECK = "check"  #: by somebody's script or health check
    ORIGINAL = "original"


#: Of each thing, how many of all requests are for it.
_PIECES = {
    Piece.SEGMENT: 0.899,
    Piece.PLAYLIST: 0.050,
    Piece.PICTURES: 0.033,
    Piece.UNCACHED: REFRESHED,
    Piece.LOST: 0.005,
    Piece.CHECK: 0.007,
    Piece.ORIGINAL: 0.001,
}
_SIZES = {Piece.PLAYLIST: 2_900, Piece.PICTURES: 64_000, Piece.UNCACHED: 1_200, Piece.LOST: 1_100, Piece.CHECK: 700}
#: Of what grows and shrinks with what the bill has.
_RUNG_SIZES = {"1080p": 3_900_000, "720p": 2_200_000, "480p": 1_150_000, "360p": 640_000}
_ORIGINAL_SIZE = 16_000_000
_CHECKS = tuple(
    (path, quote(agent))
    for path, agent in (
        ("/healthz", "ELB-HealthChecker/2.0"),
        ("/healthz", "Amazon-Route53-Health-Check-Service (ref 5b0c4fd4; report http://amzn.to/1vsZADi)"),
        ("/robots.txt", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
        ("/", "python-requests/2.32.3"),
    )
)
_FILES = {
    Piece.SEGMENT: "hls/RUNG.mp4",
    Piece.PLAYLIST: "hls/RUNG.m3u8",
    Piece.PICTURES: "storyboard.jpg",
    Piece.UNCACHED: "hls/master.m3u8",
    Piece.ORIGINAL: "original.mp4",
}
_STATUSES = {Piece.LOST: 404, Piece.SEGMENT: 206, Piece.ORIGINAL: 206}
_FAILS, _BAD_FAILS = 0.0006, 0.16


@dataclass(slots=True)
class Request:
    """One request."""

    at: float  #: seconds since 1970
    audience: str
    viewer: Viewer
    agent: str
    piece: Piece
    path: str
    cold: bool
    status: int
    result: Result
    bytes: float
    ttfb_s: float = 0
    taken_s: float = 0


def requests_of(demand: Demand, day: date, each: int) -> list[Request]:
    """What is asked on a day, oldest first: one request for each so many of the bill's, whose bytes add up to it."""
    story = demand.traffic.story
    rng = Random(f"{story.seed} requests {day}")
    found = list(_Drawing(demand, day, rng).all(each))
    broken = [instant.timestamp() for instant in story.mishap]
    for is_broken in (False, True):
        _miss([one for one in found if (broken[0] <= one.at < broken[1]) is is_broken], is_broken, rng)
    _resize(found, demand, day, each)
    bad = story.is_edge_bad(day)
    for one in found:
        _time(one, bad and one.viewer.edge.startswith(BAD_EDGE), rng)
    return sorted(found, key=lambda one: one.at)


@dataclass
class _Drawing:
    """Draws what is asked."""

    demand: Demand
    day: date
    rng: Random

    def all(self, each: int) -> Iterator[Request]:
        left = 0
        story = self.demand.traffic.story
        self.bad = story.is_edge_bad(self.day)
        usual, evening = self.demand.on(self.day), self.demand.in_the_evening(self.day)
        self.cold = [video for video in usual.videos if video.rarely_watched] or list(usual.videos)
        event = self.demand.traffic.days[self.day].cdn_evening > 0
        for hour in hours_of(self.day):
            asked = evening if event and hour.hour >= 18 else usual
            for audience in AUDIENCES:
                left += self.demand.traffic.hour(hour, audience).requests
                yield from self._hour(hour, audience.prefix, left // each, asked)
                left %= each

    def _hour(self, hour: datetime, audience: str, count: int, asked: Asked) -> Iterator[Request]:
        crowd, start = crowd_of(audience), hour.timestamp()
        viewers = self.rng.choices(crowd.viewers, cum_weights=crowd.weights, k=count)
        videos = self.rng.choices(asked.videos, cum_weights=asked.weights, k=count)
        pieces = self.rng.choices(tuple(_PIECES), weights=tuple(_PIECES.values()), k=count)
        for viewer, video, piece in zip(viewers, videos, pieces, strict=True):
            yield self._one(start + 3600 * self.rng.random(), audience, viewer, video, piece)

    def _one(self, at: float, audience: str, viewer: Viewer, video: Video, piece: Piece) -> Request:
        if piece is Piece.ORIGINAL:
            video = self.rng.choice(self.cold)
        path, agent = self._path(piece, video, viewer)
        failing = _BAD_FAILS if self.bad and viewer.edge.startswith(BAD_EDGE) else _FAILS
        failed = piece not in (Piece.LOST, Piece.CHECK) and self.rng.random() < failing
        status = 504 if failed else _STATUSES.get(piece, 200)
        result = Result.ERROR if status > 206 else Result.HIT
        size = _SIZES[Piece.LOST] if failed else self._size(piece, viewer)
        return Request(at, audience, viewer, agent, piece, path, video.rarely_watched, status, result, size)

    def _size(self, piece: Piece, viewer: Viewer) -> float:
        if piece is Piece.ORIGINAL:
            return _ORIGINAL_SIZE
        if piece is Piece.SEGMENT:
            return _RUNG_SIZES[viewer.rung] * (0.55 + 0.9 * self.rng.random())
        return _SIZES[piece]

    def _path(self, piece: Piece, video: Video, viewer: Viewer) -> tuple[str, str]:
        folder = f"/videos/{self.demand.ids[video.number]}"
        if piece is Piece.CHECK:
            return self.rng.choice(_CHECKS)
        if piece is Piece.LOST:
            return self._lost(), viewer.agent
        if piece is Piece.UNCACHED and self.day >= self.demand.traffic.story.uploads_go_to_s3:
            folder = f"/videos/{self.demand.uncached}"
        return f"{folder}/{_FILES[piece].replace('RUNG', viewer.rung)}", viewer.agent

    def _lost(self) -> str:
        wanted = f"/videos/{self.demand.uncached}"
        return self.rng.choice((f"{wanted}/hls/1440p.m3u8", f"{wanted}/subtitles/pt.vtt", "/favicon.ico"))


def _miss(requests: Sequence[Request], broken: bool, rng: Random) -> None:
    """As many ask S3 as the story says: always for originals and the one playlist, rather for what is cold."""
    known = [one for one in requests if one.result is not Result.ERROR]
    wanted = round(len(known) * (1 - (BROKEN_HIT_RATIO if broken else HIT_RATIO)))
    luck = {id(one): _luck(one, rng) for one in known}
    for one in sorted(known, key=lambda one: luck[id(one)], reverse=True)[:wanted]:
        one.result = Result.REFRESH if one.piece is Piece.UNCACHED else Result.MISS


def _luck(one: Request, rng: Random) -> float:
    if one.piece in (Piece.ORIGINAL, Piece.UNCACHED):
        return 1 + rng.random()
    return rng.random() ** (1 / 5 if one.cold else 1)


def _resize(requests: Sequence[Request], demand: Demand, day: date, each: int) -> None:
    """Bytes as the bill has them: of what comes from S3, and of what each audience takes."""
    taken = {a.prefix: [demand.traffic.hour(hour, a) for hour in hours_of(day)] for a in AUDIENCES}
    fetched = sum(hour.origin_bytes for hours in taken.values() for hour in hours)
    _scale([one for one in requests if one.result is Result.MISS], fetched / each, ())
    for audience, hours in taken.items():
        of_audience = [one for one in requests if one.audience == audience]
        misses = [one for one in of_audience if one.result is Result.MISS]
        others = [one for one in of_audience if one.result is not Result.MISS]
        _scale(others, sum(hour.sent_bytes for hour in hours) / each, misses)
    # an audience may be so small that all of its requests are for little things: others take what it took
    misses = [one for one in requests if one.result is Result.MISS]
    others = [one for one in requests if one.result is not Result.MISS]
    _scale(others, sum(hour.sent_bytes for hours in taken.values() for hour in hours) / each, misses)


def _scale(requests: Sequence[Request], wanted: float, others: Iterable[Request]) -> None:
    """Make segments larger or smaller, so that these and others have the bytes that are wanted."""
    elastic = [one for one in requests if one.bytes >= _SMALLEST]
    settled = sum(one.bytes for one in others) + sum(one.bytes for one in requests if one.bytes < _SMALLEST)
    size = sum(one.bytes for one in elastic)
    factor = max((wanted - settled) / size, 0.05) if size else 1
    for one in elastic:
        one.bytes *= factor


_SMALLEST = 200_000


def _time(one: Request, bad: bool, rng: Random) -> None:
    """How long it took: near edges answer at once, S3 later, a bad edge last."""
    luck = math.exp(rng.gauss(0, 0.45))
    ttfb = 0.021 * luck
    if one.result in (Result.MISS, Result.REFRESH):
        ttfb += (0.09 if one.audience in ("US", "CA") else 0.17) * luck
    if bad:
        ttfb += 1.4 * luck
    speed = one.viewer.mbps * (0.25 if bad else 1) * (0.5 + rng.random())
    one.ttfb_s = ttfb
    one.taken_s = ttfb + one.bytes * 8 / speed / 1_000_000
