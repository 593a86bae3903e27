"""A drill restores a sample of backups in full, and says of each object whether it is what the catalogue knows."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.billing.prices import load_prices
from core.billing.storage_prices import StoragePrices
from core.catalog.catalog import add_video, record_copy, serve_from
from core.catalog.video import CopyObject, Kind
from core.database import Database
from core.errors import ActionRefused, PermissionDenied, StorageBusy
from core.jobs.work import Requests
from core.lifecycle.backups import backups
from core.lifecycle.drill import DRILL, Drill, Drills, Outcome
from core.lifecycle.drilling import Driller
from core.settings import load_settings
from core.storage.local import LocalProvider
from core.storage.local_replication import replicate
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.providers import Providers
from core.storage.replication import ReplicationRule
from core.storage.s3 import S3Provider
from core.storage.s3_bucket import S3Bucket
from core.units import GB, MIB
from tests.catalog.videos import video
from tests.support.databases import BOTH, either_database
from tests.support.strict_s3 import KEY_ID, SECRET, StrictS3

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)
VIC = User("vic", Role.VIEWER, Via.PASSWORD)
PRICES = StoragePrices(load_prices(), "pro", GB)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


class House:
    """Viewers get videos from `s3`; `backup` has copies too."""

    def __init__(self, database: Database, home: Path, backup: StorageProvider) -> None:
        self.database, self.home, self.backup = database, home, backup
        self.serves = LocalProvider(home / "s3", b"", lambda: NOW, "s3", region="us-east-1")
        self.providers = Providers((self.serves, backup))
        self.drills = Drills(database, AuditLog(database), self.providers, PRICES)
        self.paused: list[float] = []

    def film(self, id: str, content: bytes, sha256: bool = False, known: bool = True, **changes: Any) -> None:
        """A video whose original lies at both places."""
        attributes = Attributes("video/mp4", storage_class=changes.pop("storage_class", StorageClass.STANDARD))
        digest = hashlib.sha256(content).hexdigest() if sha256 else None
        with self.database.transaction() as connection:
            add_video(connection, video(id, title=id.upper(), sha256=digest))
            for provider in (self.serves, self.backup):
                made = provider.write(f"videos/{id}/original.mp4", [content], attributes)
                stored = CopyObject(
                    Kind.ORIGINAL, "original", made.key, "video/mp4", made.size_bytes, attributes.storage_class,
                    made.etag, made.crc64nvme if known else None,
                )  # fmt: skip
                record_copy(connection, id, provider.name, [replace(stored, **changes)], NOW)
            serve_from(connection, id, "s3", NOW)

    def drill(self, number: int = 5, now: datetime = NOW) -> Drill:
        id = self.drills.ask(OLGA, number, now)
        self.work(id)
        return self.drills.history(VIC)[0]

    def work(self, id: str, off: bool = False) -> None:
        Driller(self.database, self.providers, self.home, lambda: NOW, self.paused.append).run(id, lambda: off)

    def outcomes(self) -> dict[str, tuple[Outcome, str]]:
        return {each.title: (each.outcome, each.detail) for each in self.drills.history(VIC)[0].objects}


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return House(
        database, tmp_path, LocalProvider(tmp_path / "backup", b"", lambda: NOW, "demo-s3", region="us-east-1")
    )


@pytest.fixture
def at_s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[House, StrictS3]]:
    from tests.support.databases import fresh_database

    with StrictS3(bucket="backup") as server:
        for name, value in {"ENDPOINT_URL": server.url, "ACCESS_KEY_ID": KEY_ID, "SECRET_ACCESS_KEY": SECRET}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        bucket = S3Bucket("backup", "us-east-1", load_settings())
        backup = S3Provider("s3-backup", bucket, lambda: datetime.now(UTC))
        yield House(fresh_database(tmp_path / "phyght.db"), tmp_path, backup), server


def test_what_comes_back_with_its_checksums_is_proven(house: House):
    house.film("a", b"a" * 3 * MIB, sha256=True)
    house.film("b", b"b")
    done = house.drill()
    assert house.outcomes() == {
        "A": (Outcome.PROVEN, "SHA-256 and CRC64NVME"), "B": (Outcome.PROVEN, "CRC64NVME"),
    }  # fmt: skip
    assert (done.is_passed, done.done_at, done.asked_by) == (True, NOW, "olga")
    assert sorted(each.read_bytes for each in done.objects) == [1, 3 * MIB]
    assert {each.place for each in done.objects} == {"demo-s3"}
    assert list((house.home / "restored").iterdir()) == [], "nothing is left of what was restored"


def test_each_thing_that_can_be_wrong_is_told(house: House):
    house.film("missing", b"1")
    house.backup.delete("videos/missing/original.mp4")
    house.film("shorter", b"22", size_bytes=3)
    house.film("flipped", b"333", crc64nvme=7)
    house.film("other", b"4444", sha256=True)
    house.backup.write("videos/other/original.mp4", [b"5555"], Attributes("video/mp4"))
    house.film("unknown", b"55555", known=False)
    house.film("cold", b"666666", storage_class=StorageClass.DEEP_ARCHIVE)
    assert house.drill(9).is_passed is False
    found = house.outcomes()
    assert found["MISSING"][0] is Outcome.MISSING
    assert found["SHORTER"] == (Outcome.DIFFERENT, "It has 2 bytes, and the catalogue knows 3.")
    assert found["FLIPPED"] == (Outcome.DIFFERENT, "Its CRC64NVME is not the one that the catalogue knows.")
    assert found["OTHER"] == (Outcome.DIFFERENT, "Its SHA-256 is not the one that the catalogue knows.")
    assert found["UNKNOWN"] == (Outcome.WHOLE, "It has the right size; the catalogue knows no checksum of it.")
    assert found["COLD"] == (
        Outcome.ARCHIVED, "It lies in DEEP_ARCHIVE. Restore it first, which takes hours and a fee.",
    )  # fmt: skip


def test_a_sample_is_by_chance_the_same_all_day_and_another_one_the_next(house: House):
    for number in range(40):
        house.film(f"v{number}", b"x")
    today, later = (house.drills.foreseen(VIC, 4, NOW + timedelta(hours=hours)) for hours in (0, 11))
    assert [each.key for each in today.objects] == [each.key for each in later.objects]
    keys = {tuple(e.key for e in house.drills.foreseen(VIC, 4, NOW + timedelta(day)).objects) for day in range(8)}
    assert len(keys) > 1
    assert [each.key for each in house.drill(4).objects] == [each.key for each in today.objects]


def test_the_price_is_named_before(house: House):
    """A GiB out of Glacier IR: 0.09 for egress, 0.03 for retrieval, and a GET at 0.0004 for 1,000."""
    house.film("a", b"x", storage_class=StorageClass.GLACIER_IR, size_bytes=2**30)
    house.film("cold", b"x", storage_class=StorageClass.GLACIER)
    seen = house.drills.foreseen(VIC, 5, NOW)
    assert seen.usd == Decimal("0.09") + Decimal("0.03") + Decimal("0.0000004")
    assert (len(seen.objects), seen.archived, seen.size_bytes, seen.places) == (2, 1, 2**30, ("demo-s3",))


def test_a_folder_beside_a_folder_costs_nothing(database: Database, tmp_path: Path):
    local = LocalProvider(tmp_path / "local", b"", lambda: NOW)
    house = House(database, tmp_path, local.beside("backup", ""))
    house.film("a", b"x")
    assert house.drills.foreseen(VIC, 5, NOW).usd == 0


def test_a_price_that_the_catalogue_lacks_is_not_guessed(database: Database, tmp_path: Path):
    house = House(database, tmp_path, LocalProvider(tmp_path / "b", b"", lambda: NOW, "s3-b", region="eu-central-1"))
    house.film("a", b"x", storage_class=StorageClass.GLACIER_IR)
    assert house.drills.foreseen(VIC, 5, NOW).usd is None


def test_killed_in_the_middle_it_goes_on_with_what_was_not_read(house: House, monkeypatch: pytest.MonkeyPatch):
    for name in "abc":
        house.film(name, name.encode())
    id = house.drills.ask(OLGA, 3, NOW)
    read, seen = house.backup.read, list[str]()

    def killed(key: str, *told: Any, **besides: Any) -> Iterator[bytes]:
        seen.append(key)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return read(key, *told, **besides)

    monkeypatch.setattr(house.backup, "read", killed)
    with pytest.raises(KeyboardInterrupt):
        house.work(id)
    assert house.drills.history(VIC)[0].done_at is None
    house.work(id)
    assert len(seen) == 4
    assert {each for each, _ in house.outcomes().values()} == {Outcome.PROVEN}


def test_what_is_busy_is_tried_again_and_told_in_the_end(house: House, monkeypatch: pytest.MonkeyPatch):
    house.film("a", b"x")
    house.film("b", b"y")
    read = house.backup.read

    def busy(key: str, *told: Any, **besides: Any) -> Iterator[bytes]:
        if "/a/" in key or not house.paused:
            raise StorageBusy("S3 is busy.", "Later.")
        return read(key, *told, **besides)

    monkeypatch.setattr(house.backup, "read", busy)
    house.drill()
    assert house.outcomes()["A"] == (Outcome.UNREADABLE, "S3 is busy. Later.")
    assert house.outcomes()["B"][0] is Outcome.PROVEN
    assert len(house.paused) >= 3


def test_one_drill_at_a_time_and_a_new_one_once_it_is_over(house: House):
    house.film("a", b"x")
    id = house.drills.ask(OLGA, 1, NOW)
    (request,) = Requests(house.database).due(NOW, DRILL, 9)
    assert request.argument == id
    with pytest.raises(ActionRefused, match="A drill is under way, asked for by olga"):
        house.drills.ask(OLGA, 1, NOW)
    house.work(id, off=True)
    assert house.drills.history(VIC)[0].is_passed is None
    assert house.drill(1, NOW + timedelta(1)).is_passed


def test_without_a_backup_it_says_so(house: House):
    assert house.drills.foreseen(VIC, 5, NOW).objects == ()
    with pytest.raises(ActionRefused, match="There is no backup"):
        house.drills.ask(OLGA, 5, NOW)


@pytest.mark.parametrize("number", [0, -1, 201])
def test_a_sample_that_is_none_is_refused(house: House, number: int):
    with pytest.raises(ActionRefused, match="not possible"):
        house.drills.foreseen(VIC, number, NOW)


def test_a_viewer_may_look_and_not_ask(house: House):
    house.film("a", b"x")
    with pytest.raises(PermissionDenied):
        house.drills.ask(VIC, 1, NOW)
    assert house.drills.history(VIC) == ()


def test_a_replica_bucket_is_a_backup_of_what_the_rule_is_about(house: House):
    house.serves.put_replication(ReplicationRule("r", "replica", "videos/"), "")
    house.film("a", b"x")
    assert [each.name for each in backups(house.database, house.providers)] == ["demo-s3", "s3: replica"]
    assert house.drill(2).is_passed is False
    assert {(e.place, e.outcome) for e in house.drills.history(VIC)[0].objects} == {
        ("demo-s3", Outcome.PROVEN), ("s3: replica", Outcome.MISSING),
    }  # fmt: skip
    replicate(house.serves)
    assert house.drill(2, NOW + timedelta(1)).is_passed


def test_a_backup_that_is_configured_no_more_cannot_be_read(house: House):
    house.film("a", b"x")
    id = house.drills.ask(OLGA, 1, NOW)
    house.providers = Providers((house.serves,))
    house.work(id)
    assert house.outcomes()["A"] == (Outcome.UNREADABLE, "demo-s3 is no backup any more.")


def test_at_s3_what_was_written_comes_back_and_what_is_cold_is_told(at_s3: tuple[House, StrictS3]):
    house, server = at_s3
    house.film("a", b"a" * 100_000, sha256=True)
    house.film("cold", b"c", storage_class=StorageClass.GLACIER)
    server.put("videos/b/original.mp4", b"changed")
    house.drill()
    found = house.outcomes()
    assert found["A"] == (Outcome.PROVEN, "SHA-256 and CRC64NVME")
    assert found["COLD"][0] is Outcome.ARCHIVED
    server.put("videos/a/original.mp4", b"b" * 100_000)
    house.drill(5, NOW + timedelta(1))
    assert house.outcomes()["A"][0] is Outcome.DIFFERENT
