"""What caches are told of objects is changed where they lie, edges forget the old ones, and it comes back."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from core.actions.action import Phase, Step
from core.actions.kinds.cache_control import CacheControlChange
from core.billing.class_rules import RULES
from core.catalog.catalog import Catalog
from core.catalog.video import Kind
from core.database import Database
from core.delivery.invalidating import CloudFrontCaches, paths_of
from core.errors import ActionRefused, StateChanged, StorageBusy, StorageDenied, StorageUnreachable
from core.settings import load_settings
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.s3 import S3Provider
from core.units import GIB, KIB
from tests.actions.conftest import OLGA, OTTO
from tests.actions.kinds.conftest import Making
from tests.actions.kinds.workplace import OF_A_DAY, Workplace
from tests.support import s3_faults
from tests.support.strict_aws import strict_aws
from tests.support.strict_s3 import StrictS3

SIZE = 256 * KIB
LONG = "public, max-age=31536000, immutable"
RUNG, LIST = (Kind.RENDITION, "720p", SIZE), (Kind.PLAYLIST, "master.m3u8", 9)
PICTURE = (Kind.THUMBNAIL, "poster", 9)
MONTH = Decimal(12) / 365


@dataclass
class Edges:
    """Caches that note what they were told to forget."""

    id: str = "E2QWRUHEXAMPLE"
    forgotten: list[list[str]] = field(default_factory=list)
    fault: Exception | None = None
    is_told: bool = False

    def invalidate(self, paths: Sequence[str]) -> None:
        if self.fault:
            raise self.fault
        self.forgotten.append(list(paths))


@pytest.fixture
def place(provider: StorageProvider, made: Making) -> Workplace:
    return made(provider, CacheControlChange)


@pytest.fixture
def edges() -> Edges:
    return Edges()


@pytest.fixture
def behind(bucket: S3Provider, made: Making, edges: Edges) -> Workplace:
    """A bucket behind a distribution."""
    return made(bucket, lambda cloud: CacheControlChange(replace(cloud, caches=edges)))


def put(place: Workplace, key: str, storage_class: StorageClass = StorageClass.STANDARD, header: str = "") -> None:
    place.provider.write(key, [b"x" * SIZE], Attributes("video/mp4", header or "max-age=60", storage_class, {"a": "b"}))


def header(place: Workplace, key: str) -> str:
    return place.provider.head(key).cache_control


def test_the_header_changes_and_comes_back_with_all_else_as_it_was(place: Workplace):
    put(place, "a")
    place.provider.set_tags("a", {"owner": "ann"})
    seen = place.preview(cache_control=LONG, keys=["a"])
    assert [(each.before, each.after) for each in seen.differences] == [("max-age=60", LONG)]
    assert (seen.saving_usd, seen.one_off_usd, seen.undo.usd) == (None, Decimal("0.000005"), Decimal("0.000005"))

    id = place.apply(cache_control=LONG, keys=["a"])
    assert header(place, "a") == LONG
    assert place.actions.preview_undo(OLGA, id, place.time.now).usd == Decimal("0.000005")
    place.undo(id)
    stored = place.provider.head("a")
    assert (stored.cache_control, stored.content_type, dict(stored.metadata)) == ("max-age=60", "video/mp4", {"a": "b"})
    assert place.provider.tags("a") == {"owner": "ann"}
    assert place.counts(id) == {Step.RETURNED: 1}


def test_an_object_in_a_class_with_least_days_is_paid_for_and_said_so(here: Workplace):
    put(here, "a", StorageClass.GLACIER_IR)
    here.time.passes(days=10)
    seen = here.preview(cache_control=LONG, keys=["a"])
    gib = Decimal(SIZE) / GIB
    left = RULES[StorageClass.GLACIER_IR].least_days - 10
    assert seen.one_off_usd == Decimal("0.004") * gib * left * MONTH + Decimal("0.03") * gib + Decimal("0.00002")
    assert any("1 object of these lies in a class with least days" in each for each in seen.warnings)
    here.apply(cache_control=LONG, keys=["a"])
    assert here.provider.head("a").storage_class is StorageClass.GLACIER_IR


@pytest.fixture
def here(folder: LocalProvider, made: Making) -> Workplace:
    return made(folder, CacheControlChange)


def test_what_is_told_so_or_archived_is_left_out(place: Workplace):
    put(place, "a")
    put(place, "archived", StorageClass.DEEP_ARCHIVE)
    put(place, "told", header=LONG)
    seen = place.preview(cache_control=LONG, prefix="")
    assert place.keys(seen) == ["a"]
    assert "1 object is left out: archived, and would have to be restored first." in seen.warnings
    assert "1 object is left out: told so already." in seen.warnings
    place.apply(cache_control=LONG, prefix="")
    with pytest.raises(ActionRefused, match="2 objects: told so already"):
        place.preview(cache_control=LONG, prefix="")


def test_what_is_replaced_in_place_is_not_kept_for_ever_unwarned(place: Workplace):
    place.film("v", RUNG, LIST, PICTURE)
    assert any("1 picture of these is replaced" in each for each in _warned(place, LONG, "thumbnail"))
    assert any("Whoever replaces one under its key" in each for each in _warned(place, LONG, "playlist"))
    assert not any("replaced" in each for each in _warned(place, LONG, "playlist"))
    for kind in ("thumbnail", "playlist"):
        assert not any("replace" in each for each in _warned(place, "max-age=60, s-maxage=3600", kind))


def _warned(place: Workplace, header: str, kind: str) -> tuple[str, ...]:
    return place.preview(cache_control=header, kind=kind).warnings


@pytest.mark.parametrize("terms", [{}, {"cache_control": "a\nb"}, {"cache_control": "\u00e9"}, {"cache_control": 7}])
def test_what_no_header_may_be_is_refused(place: Workplace, terms: dict[str, Any]):
    put(place, "a")
    with pytest.raises(ActionRefused):
        place.preview(prefix="", **terms)


def test_edges_forget_what_has_changed_once_all_has(behind: Workplace, edges: Edges):
    put(behind, "videos/1/a b.mp4")
    put(behind, "videos/1/c")
    seen = behind.preview(cache_control=LONG, prefix="videos/")
    assert [each.key for each in seen.items] == [
        "caches of E2QWRUHEXAMPLE, once all is taken back", "videos/1/a b.mp4", "videos/1/c",
        "caches of E2QWRUHEXAMPLE",
    ]  # fmt: skip
    # two copies at 0.000005, two paths at 0.005
    assert seen.one_off_usd == Decimal("0.01001")
    assert any("forget 2 paths" in each and "$0.01 are for that" in each for each in seen.warnings)

    id = behind.apply(cache_control=LONG, prefix="videos/")
    paths = ["/videos/1/a%20b.mp4", "/videos/1/c"]
    assert edges.forgotten == [paths]
    behind.undo(id)
    assert edges.forgotten == [paths, paths]
    assert (header(behind, "videos/1/c"), behind.taken(id).phase) == ("max-age=60", Phase.UNDONE)


def test_where_edges_cannot_forget_it_stops_and_is_gone_on_with(behind: Workplace, edges: Edges):
    put(behind, "a")
    edges.fault = StorageDenied("The caches may not be invalidated.", "Allow cloudfront:CreateInvalidation.")
    id = behind.apply(cache_control=LONG, prefix="")
    taken = behind.taken(id)
    assert (taken.phase, taken.counts, header(behind, "a")) == (Phase.STOPPED, {Step.DONE: 2, Step.WAITING: 1}, LONG)
    edges.fault = None
    behind.go_on(id)
    assert (behind.taken(id).phase, edges.forgotten) == (Phase.APPLIED, [["/a"]])


def test_stopped_before_the_edges_forgot_it_is_undone_and_they_forget_then(behind: Workplace, edges: Edges):
    put(behind, "a")
    edges.fault = StorageDenied("The caches may not be invalidated.", "")
    id = behind.apply(cache_control=LONG, prefix="")
    edges.fault = None
    behind.undo(id)
    assert (header(behind, "a"), edges.forgotten, behind.taken(id).phase) == ("max-age=60", [["/a"]], Phase.UNDONE)


def test_without_a_distribution_that_is_said(bucket: S3Provider, made: Making, folder: LocalProvider):
    place = made(bucket, CacheControlChange)
    put(place, "a")
    assert any("CLOUDFRONT_DISTRIBUTION_ID" in each for each in place.preview(cache_control=LONG, prefix="").warnings)
    other = made(folder, CacheControlChange)
    put(other, "a")
    told = other.preview(cache_control=LONG, prefix="").warnings
    assert "No distribution stands in front of demo-s3, so nothing is invalidated." in told


def test_a_folder_that_is_called_as_the_bucket_has_no_edges(tmp_path: Any, made: Making, edges: Edges, time: Any):
    told = LocalProvider(tmp_path / "told", b"", lambda: time.now, "s3")
    place = made(told, lambda cloud: CacheControlChange(replace(cloud, caches=edges)))
    put(place, "a")
    assert place.keys(place.preview(cache_control=LONG, prefix="")) == ["a"]
    place.apply(cache_control=LONG, prefix="")
    assert edges.forgotten == []


def test_the_demos_edges_stand_in_front_of_its_folder_and_of_no_bucket(
    tmp_path: Any, bucket: S3Provider, made: Making, time: Any
):
    edges = Edges(is_told=True)
    folder = LocalProvider(tmp_path / "told", b"", lambda: time.now, "s3")
    place = made(folder, lambda cloud: CacheControlChange(replace(cloud, caches=edges)))
    put(place, "a")
    place.apply(cache_control=LONG, prefix="")
    assert edges.forgotten == [["/a"]]
    real = made(bucket, lambda cloud: CacheControlChange(replace(cloud, caches=edges)))
    put(real, "b")
    assert real.keys(real.preview(cache_control=LONG, prefix="")) == ["b"]


def test_many_paths_are_put_together():
    assert paths_of(["b", "a"]) == ("/a", "/b")
    assert paths_of([f"videos/{n % 3}/{n}" for n in range(1001)]) == ("/videos/0/*", "/videos/1/*", "/videos/2/*")
    assert paths_of([f"videos/{n}/a" for n in range(1001)]) == ("/*",)


def test_what_was_replaced_between_preview_and_apply_is_told(place: Workplace):
    put(place, "a")
    seen = place.preview(cache_control=LONG, prefix="")
    place.provider.write("a", [b"new"], OF_A_DAY)
    with pytest.raises(StateChanged):
        place.actions.apply(OLGA, seen, place.time.now)


def test_what_was_replaced_before_its_turn_or_before_its_return_is_left_alone(place: Workplace):
    for key in ("a", "b", "c"):
        put(place, key)
    id = place.actions.apply(OLGA, place.preview(cache_control=LONG, prefix=""), place.time.now)
    place.provider.write("a", [b"new"], OF_A_DAY)
    place.provider.delete("b")
    place.work(id)
    assert place.counts(id) == {Step.CHANGED: 2, Step.DONE: 1}
    place.provider.write("c", [b"new"], Attributes("video/mp4", LONG))
    place.undo(id)
    assert header(place, "c") == LONG


def test_two_people_change_it_once(place: Workplace):
    put(place, "a")
    seen = place.preview(cache_control=LONG, prefix="")
    place.actions.apply(OLGA, seen, place.time.now)
    with pytest.raises(ActionRefused, match="asked for by olga"):
        place.actions.apply(OTTO, seen, place.time.now)


def test_the_catalogue_goes_on_knowing_its_objects(place: Workplace, database: Database):
    place.film("v", RUNG, LIST)
    place.apply(cache_control=LONG, kind="rendition")
    (copy,) = Catalog(database).copies("v")
    rung = copy.object("720p")
    assert rung is not None
    assert rung.etag == place.provider.head(rung.key).etag


def test_denied_in_the_middle_it_can_be_undone(bucket: S3Provider, s3: StrictS3, made: Making):
    place = made(bucket, CacheControlChange)
    put(place, "a")
    put(place, "b")
    s3.plan(s3_faults.denied("s3:PutObject"), "b", "PUT")
    id = place.apply(cache_control=LONG, prefix="")
    assert (place.taken(id).phase, place.counts(id)) == (Phase.STOPPED, {Step.DONE: 1, Step.WAITING: 1})
    place.undo(id)
    assert (header(place, "a"), header(place, "b")) == ("max-age=60", "max-age=60")


def test_throttled_it_is_tried_again_and_replaced_meanwhile_left_alone(bucket: S3Provider, s3: StrictS3, made: Making):
    place = made(bucket, CacheControlChange)
    put(place, "a")
    s3.plan(s3_faults.slow_down, "a", "PUT", times=2)
    id = place.apply(cache_control=LONG, prefix="")
    assert place.taken(id).phase is Phase.APPLYING
    s3.plan(s3_faults.refuse(412, "PreconditionFailed"), "a", "PUT")
    place.work(id)
    assert place.counts(id) == {Step.CHANGED: 1}


def test_copies_in_a_bucket_with_versions_are_warned_of(bucket: S3Provider, s3: StrictS3, made: Making):
    place = made(bucket, CacheControlChange)
    put(place, "a")
    s3.client().put_bucket_versioning(Bucket="videos", VersioningConfiguration={"Status": "Enabled"})
    assert any("leaves a noncurrent version" in each for each in place.preview(cache_control=LONG, prefix="").warnings)


def test_prices_that_a_region_lacks_are_told_and_not_guessed(bucket: S3Provider, made: Making):
    place = made(bucket, CacheControlChange)
    put(place, "a", StorageClass.STANDARD_IA)
    bucket._bucket.region = "eu-central-1"
    seen = place.preview(cache_control=LONG, prefix="")
    assert (seen.one_off_usd, seen.undo.usd) == (None, None)
    assert any(each.startswith("What it costs is not known") for each in seen.warnings)


def test_cloudfront_is_asked_and_what_it_answers_is_explained(monkeypatch: pytest.MonkeyPatch):
    with strict_aws(monkeypatch, cloudfront="us-east-1") as aws:
        caches = CloudFrontCaches("E2QWRUHEXAMPLE", load_settings())
        with pytest.raises(StorageUnreachable, match="There is no distribution E2QWRUHEXAMPLE"):
            caches.invalidate(["/videos/*"])
        (asked,) = aws.log
        assert asked.path == "/2020-05-31/distribution/E2QWRUHEXAMPLE/invalidation"
        assert b"<Path>/videos/*</Path>" in asked.body
        for code, kind in (("TooManyInvalidationsInProgress", StorageBusy), ("AccessDenied", StorageDenied)):
            aws.refused = code
            with pytest.raises(kind):
                caches.invalidate(["/videos/*"])
