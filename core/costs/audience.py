"""Audience: how often and how long each video, or each rung, was watched, and how much of it was sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.costs.period import Period
from core.costs.titles import NO_UPLOAD, TITLE_SQL, Title
from core.costs.uploads import Upload
from core.warehouse import Warehouse


@dataclass(frozen=True, slots=True)
class Audience:
    """What viewers had of one title in a period; None where nothing like it was measured then."""

    views: int | None = None  #: sessions in which it played; those of players that do not report are stood for
    watched_ms: int | None = None
    sent_bytes: int | None = None  #: by CloudFront


class Audiences:
    """The audience of each title of a period."""

    def __init__(self, warehouse: Warehouse, period: Period, by: Title, uploads: Sequence[Upload] = ()) -> None:
        days = f"day >= DATE '{period.start}' AND day < DATE '{period.end}'"
        watched = warehouse.query(
            f"SELECT {TITLE_SQL[by]}, coalesce(round(sum(weight) FILTER (played)), 0)::BIGINT, "
            f"coalesce(round(sum(weight * watched_ms)), 0)::BIGINT "
            f"FROM playbacks WHERE {days} GROUP BY ALL"
        )
        sent = warehouse.query(
            f"SELECT {TITLE_SQL[by]}, sum(bytes)::BIGINT FROM request_titles WHERE {days} GROUP BY ALL"
        )
        self._nobody = Audience(*((0, 0) if watched else (None, None)), 0 if sent else None)
        self._found = {title: Audience(views, ms, self._nobody.sent_bytes) for title, views, ms in watched}
        for title, size in sent:
            known = self.of(title)
            self._found[title] = Audience(known.views, known.watched_ms, size)
        if by is Title.UPLOADED:
            self._found = self._grouped({each.video: each.quarter for each in uploads})

    def of(self, title: str) -> Audience:
        """Of one title; nobody where none watched it."""
        return self._found.get(title, self._nobody)

    def _grouped(self, quarters: Mapping[str, str]) -> dict[str, Audience]:
        groups: dict[str, list[Audience]] = {}
        for video, audience in self._found.items():
            groups.setdefault(quarters.get(video, NO_UPLOAD) if video else "", []).append(audience)
        return {quarter: _together(group) for quarter, group in groups.items()}


def _together(audiences: Sequence[Audience]) -> Audience:
    return Audience(
        _sum(each.views for each in audiences),
        _sum(each.watched_ms for each in audiences),
        _sum(each.sent_bytes for each in audiences),
    )


def _sum(values: Iterable[int | None]) -> int | None:
    """What was measured of them; None where nothing was."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
