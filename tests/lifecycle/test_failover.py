"""Whether a second origin stands behind the distribution is said, and a drill asks it for what the first one has."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.access.audit import AuditLog
from core.access.roles import Role, User, Via
from core.delivery.distribution_settings import Setting, written
from core.demo.told_distribution import ToldDistribution, told_distribution
from core.errors import ActionRefused, ObjectNotFound, PermissionDenied, StorageUnreachable
from core.lifecycle.failover import Asked, FailoverDrills, failover
from core.settings import load_settings
from core.storage.local import LocalProvider
from core.storage.provider import Attributes
from core.storage.providers import Providers
from core.storage.s3 import S3Provider
from core.storage.s3_bucket import S3Bucket
from tests.catalog.videos import original, put, video
from tests.support.databases import fresh_database
from tests.support.strict_s3 import KEY_ID, SECRET, StrictS3

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
OLGA = User("olga", Role.OPERATOR, Via.PASSWORD)
VIC = User("vic", Role.VIEWER, Via.PASSWORD)


class House:
    def __init__(self, home: Path) -> None:
        self.database = fresh_database(home / "phyght.db")
        self.serves = LocalProvider(home / "s3", b"", lambda: NOW, "s3", region="us-east-1")
        self.edge: ToldDistribution = told_distribution(home)
        self.drills = FailoverDrills(self.database, AuditLog(self.database), Providers((self.serves,)), self.edge)

    def film(self, id: str) -> None:
        put(self.database, video(id), [("s3", [original(id)])])

    def with_second(self, domain: str = "backup.s3.eu-west-1.amazonaws.com", first: str = "") -> None:
        """Another origin, and the group that asks it where the first one fails."""
        there = self.edge.configured()
        (old,) = there.config["Origins"]["Items"]
        both = [old | ({"DomainName": first} if first else {}), old | {"Id": "second", "DomainName": domain}]
        config = {**there.config, "Origins": {"Quantity": 2, "Items": both}}
        group = {"primary": old["Id"], "secondary": "second", "codes": [500, 503]}
        self.edge.configure(written(config, Setting.ORIGIN_GROUP, group), there.etag)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def looking(second: dict[str, tuple[int, str]]) -> Callable[[str], Callable[[str], tuple[int, str]]]:
    """The first origin has everything, 10 bytes with the etag `e`."""

    def look(domain: str) -> Callable[[str], tuple[int, str]]:
        def at(key: str) -> tuple[int, str]:
            if not domain.startswith("backup"):
                return 10, "e"
            if key not in second:
                raise ObjectNotFound(f"There is nothing at {key!r}.")
            return second[key]

        return at

    return look


def test_without_a_distribution_it_says_so_in_a_sentence():
    assert failover(VIC, None).words == (
        "No distribution is configured here, so nothing can be said of failover. Set CLOUDFRONT_DISTRIBUTION_ID."
    )


def test_one_origin_and_no_other_is_told(house: House):
    found = failover(VIC, house.edge)
    assert (found.group, [each.id for each in found.origins]) == (None, ["phyght-s3"])
    assert found.words == (
        "E2PHYGHT7MEDIA asks phyght-s3 and no other origin: while that fails, what edges lack is not served."
    )
    house.film("a")
    with pytest.raises(ActionRefused, match="has no second origin"):
        house.drills.run(OLGA, NOW)


def test_the_group_in_use_is_told_with_its_codes(house: House):
    house.with_second()
    found = failover(VIC, house.edge)
    assert found.words == "Where phyght-s3 answers 500, 503, or not at all, E2PHYGHT7MEDIA asks second."
    assert found.group is not None
    assert (found.group.primary, found.group.secondary, found.group.codes) == ("phyght-s3", "second", (500, 503))


def test_a_drill_says_of_each_path_what_the_second_origin_has(house: House):
    for name in "abcd":
        house.film(name)
    house.with_second()
    keys = {name: f"videos/{name}/original.mp4" for name in "abcd"}
    there = {keys["a"]: (10, "e"), keys["b"]: (9, "e"), keys["c"]: (10, "other")}
    done = house.drills.run(OLGA, NOW, looking(there))
    assert (done.primary, done.secondary, done.same, done.asked_by) == ("phyght-s3", "second", 1, "olga")
    assert sorted(done.asked, key=lambda each: each.key) == [
        Asked(keys["a"], ""),
        Asked(keys["b"], "it has 9 bytes, and the first one 10"),
        Asked(keys["c"], "its etag is another one"),
        Asked(keys["d"], "There is nothing at 'videos/d/original.mp4'."),
    ]
    assert house.drills.latest(VIC) == done


def test_a_viewer_sees_the_result_and_may_not_ask(house: House):
    house.film("a")
    house.with_second()
    assert house.drills.latest(VIC) is None
    with pytest.raises(PermissionDenied):
        house.drills.run(VIC, NOW)


def test_an_empty_library_has_nothing_to_ask_for(house: House):
    house.with_second()
    with pytest.raises(ActionRefused, match="The catalogue has nothing at s3"):
        house.drills.run(OLGA, NOW)


def test_a_server_that_is_no_bucket_is_asked_as_an_edge_would(house: House):
    house.film("a")
    house.with_second("127.0.0.1:9", "phyght-s3.s3.amazonaws.com")
    house.serves.bucket = "phyght-s3"
    house.serves.write("videos/a/original.mp4", [b"x" * 10], Attributes("video/mp4"))
    assert house.drills.run(OLGA, NOW).asked == (Asked("videos/a/original.mp4", "It does not answer (ConnectError)."),)


def test_buckets_are_asked_with_our_own_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    with StrictS3(bucket="videos") as server:
        server.client().create_bucket(Bucket="backup")
        for name, value in {"ENDPOINT_URL": server.url, "ACCESS_KEY_ID": KEY_ID, "SECRET_ACCESS_KEY": SECRET}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        house = House(tmp_path)
        bucket = S3Provider("s3", S3Bucket("videos", "us-east-1", load_settings()), lambda: NOW)
        drills = FailoverDrills(house.database, AuditLog(house.database), Providers((bucket,)), house.edge)
        for name in "ab":
            house.film(name)
            server.put(f"videos/{name}/original.mp4", b"x" * 10)
        server.client().put_object(Bucket="backup", Key="videos/a/original.mp4", Body=b"x" * 10)
        house.with_second("backup.s3.us-east-1.amazonaws.com", "videos.s3.us-east-1.amazonaws.com")
        found = {each.key: each.problem for each in drills.run(OLGA, NOW).asked}
    assert found["videos/a/original.mp4"] == ""
    assert "nothing at s3://backup/videos/b/original.mp4" in found["videos/b/original.mp4"]


def test_a_distribution_that_cannot_be_read_is_told(house: House, monkeypatch: pytest.MonkeyPatch):
    class Silent:
        id = "E1"

        def configured(self) -> None:
            raise StorageUnreachable("CloudFront cannot be reached.", "Check the network.")

    with pytest.raises(StorageUnreachable):
        failover(VIC, Silent())  # type: ignore[arg-type]
