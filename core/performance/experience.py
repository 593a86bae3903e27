"""Experience: how watching went, as viewers had it: start-up, stalls, and those who never saw a picture."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.costs.period import Period
from core.performance.sessions import ask
from core.warehouse import Warehouse

#: The picture is to move within a second.
TARGET_STARTUP_MS = 1_000
#: Of the time that viewers wait for data, 95 in 100 are to be gone, compared with the period before.
TARGET_STALLED_LESS = 0.95

_HOUR_MS = 3_600_000


class ExperienceBy(StrEnum):
    """What sessions are told apart by."""

    COUNTRY = "country"
    RUNG = "rung"  #: the one that was watched most
    VIDEO = "video"
    DEVICE = "device"
    DAY = "day"  #: UTC, on which it began


@dataclass(frozen=True)
class Experience:
    """How watching went in some sessions."""

    label: str  #: empty: unknown, or all of them
    sessions: float  #: where not all players report, as many as those that do stand for
    exact: float  #: of these, told by players' events; the others are estimated from logs
    views: float  #: of these, in which the picture moved
    startup_p50_ms: int | None  #: until the picture moved; None where that is not known of any session
    startup_p95_ms: int | None
    watched_ms: float  #: in which the picture moved
    stalled_ms: float  #: in which it stood still for lack of data
    stalls: float
    left_before_start: float  #: viewers who waited for a second or more, and left; only exact sessions tell
    failed: float  #: sessions that a fatal error ended; only exact sessions tell

    @property
    def exact_share(self) -> float | None:
        return self.exact / self.sessions if self.sessions else None

    @property
    def rebuffering(self) -> float | None:
        """The share of watching that was standing still: stalled ÷ (watched + stalled)."""
        lasted = self.watched_ms + self.stalled_ms
        return self.stalled_ms / lasted if lasted else None

    @property
    def stalls_an_hour(self) -> float | None:
        """Of watching."""
        return self.stalls * _HOUR_MS / self.watched_ms if self.watched_ms else None

    @property
    def ebvs(self) -> float | None:
        """Exits before video start, of exact sessions."""
        return self.left_before_start / self.exact if self.exact else None

    @property
    def failures(self) -> float | None:
        """Playback failures, of exact sessions."""
        return self.failed / self.exact if self.exact else None


@dataclass(frozen=True)
class ExperienceAnswer:
    """How watching went in a period."""

    period: Period
    by: ExperienceBy
    total: Experience | None  #: None where nothing is known of the period
    before: Experience | None  #: in the period before
    lines: tuple[Experience, ...]  #: most sessions first; days in their order

    @property
    def rebuffering_target(self) -> float | None:
        """What the rebuffering ratio is to come down to, by that of the period before."""
        found = self.before.rebuffering if self.before else None
        return None if found is None else found * (1 - TARGET_STALLED_LESS)


def experience(
    warehouse: Warehouse, period: Period, by: ExperienceBy = ExperienceBy.COUNTRY, video: str | None = None
) -> ExperienceAnswer:
    """How watching went in a period of UTC days, split along one dimension; of one video where it is given.

    From what players tell; of sessions of which they told nothing, estimates from the CDN's logs. Crawlers and
    scripts are left out.
    """
    total, lines = _asked(warehouse, period, by, video)
    before, _ = _asked(warehouse, period.previous, None, video)
    return ExperienceAnswer(period, by, total, before, lines)


def experience_lines(
    warehouse: Warehouse, period: Period, by: ExperienceBy, video: str | None = None
) -> tuple[Experience, ...]:
    """Only the lines of that: most sessions first; days in their order."""
    return _asked(warehouse, period, by, video)[1]


def _asked(
    warehouse: Warehouse, period: Period, by: ExperienceBy | None, video: str | None
) -> tuple[Experience | None, tuple[Experience, ...]]:
    """All of it, and each line."""
    rows: list[tuple[Any, ...]] = ask(
        warehouse, "experience", period.start, period.end, video,
        LABEL=by or "''",
        EVERYTHING="grouping(label) = 1" if by else "true",
        GROUPS="GROUPING SETS ((label), ())" if by else "label",
        STARTS="GROUPING SETS ((label, startup_ms), (startup_ms))" if by else "label, startup_ms",
        SORTED="label" if by is ExperienceBy.DAY else "sessions DESC, label",
    )  # fmt: skip
    total = next((Experience("", *row[2:]) for row in rows if row[0]), None)
    return total, tuple(Experience(*row[1:]) for row in rows if not row[0])
