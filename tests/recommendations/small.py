"""Small: a platform of a few objects, made by hand, whose savings can be worked out by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from core.billing.prices import PriceCatalog, load_prices
from core.catalog.catalog import add_video, record_copy, serve_from
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.media.folder import MASTER
from core.recommendations.grounds import Grounds
from core.recommendations.recommendation import Evidence, Fee, Line, Recommendation, Remark, Said
from core.segments import Shelf
from core.storage.local import LocalProvider
from core.storage.provider import StorageClass, StorageProvider
from core.storage.providers import Providers
from core.telemetry.store import Key, Segment, publish
from tests.billing.store import Store
from tests.costs.measurements import Row
from tests.telemetry.measured import write

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
GIB = 2**30


@dataclass
class Small:
    """An installation whose bucket `local` is called s3, in us-east-1."""

    store: Store
    home: Path
    region: str = "us-east-1"
    now: datetime = NOW
    prices: PriceCatalog = field(default_factory=load_prices)

    @property
    def provider(self) -> LocalProvider:
        return self.at("s3")

    def at(self, name: str) -> LocalProvider:
        return LocalProvider(self.home / name, b"s" * 32, lambda: self.now, name, region=self.region)

    def grounds(self, *providers: StorageProvider, **settings: Any) -> Grounds:
        told = self.store.settings.model_copy(update=settings)
        there = Providers(providers or (self.provider,))
        return Grounds(self.store.database, self.store.warehouse, there, self.prices, told, self.now)

    def lists(self, *rows: Row) -> None:
        self.measured("inventory", inventory=rows)

    def holds(self, *rows: Row) -> None:
        """The bucket has them, its inventory lists them, and the catalogue knows them."""
        self.lists(*rows)
        for video in sorted({row["video"] for row in rows}):
            of = {row["rung"]: row for row in rows if row["video"] == video}
            objects = [
                an_object(video, rung, row["bytes"], storage_class=StorageClass(row["storage_class"]))
                for rung, row in of.items()
            ]
            if set(of) - {"original"}:
                objects.append(an_object(video, MASTER, 500, kind=Kind.PLAYLIST))
            self.knows(video, *objects)

    def logs(self, *rows: Row, days: Sequence[int] = range(1, 32)) -> None:
        """Those, and one hit on each of the days of October."""
        self.logged(*rows, *(asked("other", day, result="hit") for day in days))

    def logged(self, *rows: Row) -> None:
        self.measured("cloudfront", request_titles=rows)

    def measured(self, dataset: str, **views: Sequence[Row]) -> None:
        """All of it in one segment, of the last of its days: one for each takes a tenth of a second."""
        rows = [row for of in views.values() for row in of]
        if not rows:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(dir=self.home))
        for view, of in views.items():
            write(folder, view, of)
        key = Key(dataset, "small", date.fromisoformat(max(str(row["day"]) for row in rows)))
        shelf = Shelf(self.store.warehouse.folder)
        publish([Segment(key, "1", {"": 1}, folder)], [], "small", {}, shelf, self.store.database, self.now)

    def knows(self, video: str, *objects: CopyObject, provider: str = "s3", serves: bool = True) -> None:
        """The catalogue has a copy of a video, recorded on the first of October."""
        at = datetime(2026, 10, 1, tzinfo=UTC)
        with self.store.database.transaction() as connection:
            known = connection.execute(f"select 1 from videos where id = '{video}'").fetchall()
            if not known:
                add_video(connection, titled(video))
            record_copy(connection, video, provider, objects, at, "because")
            if serves:
                serve_from(connection, video, provider, at)


def titled(id: str) -> Video:
    return Video(
        id, id, id.upper(), "", Visibility.PUBLIC, 1, None, None, "olga", datetime(2026, 10, 1, tzinfo=UTC), None,
        60.0, 1920, 1080,
    )  # fmt: skip


def an_object(video: str, name: str, size: int, **changes: Any) -> CopyObject:
    kind = Kind.ORIGINAL if name == "original" else Kind.RENDITION
    key, etag = f"videos/{video}/{name}.mp4", f"{video}{name}"
    made = CopyObject(kind, name, key, "video/mp4", size, StorageClass.STANDARD, etag, None, 1, 1, 1)
    return replace(made, **changes)


def listed(video: str, gib: float, rung: str = "original", day: int = 31, **columns: Any) -> Row:
    """What an inventory lists of the bucket, on a day of October."""
    size = int(gib * GIB)
    row = {
        "provider": "AWS", "day": f"2026-10-{day:02}", "bucket": "local", "video": video, "rung": rung,
        "kind": "object", "storage_class": "STANDARD", "access_tier": "", "current": True, "objects": 1,
        "bytes": size, "billable_bytes": size,
    }  # fmt: skip
    return row | columns


def asked(video: str, day: int, rung: str = "1080p", requests: int = 1, gib: float = 0, **columns: Any) -> Row:
    """What the CDN was asked for on a day of October, and did not have."""
    row = {
        "day": f"2026-10-{day:02}", "distribution": "E1", "price_region": "US", "country": "US", "video": video,
        "bot": False, "rung": rung, "result": "miss", "status": 200, "scheme": "https", "requests": requests,
        "bytes": int(gib * GIB),
    }  # fmt: skip
    return row | columns


def only(said: Sequence[Said]) -> Recommendation:
    (found,) = (each for each in said if isinstance(each, Recommendation))
    return found


def remarks(said: Sequence[Said]) -> list[str]:
    return [each.words for each in said if isinstance(each, Remark)]


def line(evidence: Evidence, name: str) -> Decimal | None:
    (found,) = (each for each in evidence.lines if each.name == name)
    assert isinstance(found, Line)
    return found.value


def fee(evidence: Evidence, part: str) -> Fee:
    (found,) = (each for each in evidence.fees if each.part == part)
    return found
