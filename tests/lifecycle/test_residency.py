"""What lies outside of where it must stay is found by the catalogue and by inventories, kept, and told since when."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.access.roles import Role, User, Via
from core.alerts.figure import Handles, Reading, Scope
from core.alerts.figures.registry import figures
from core.catalog.residing import Astray, ResidencyCheck, Source
from core.errors import PermissionDenied
from core.lifecycle.residency import check_residency, residency
from core.settings import load_settings
from core.storage.local import LocalProvider
from core.storage.provider import StorageProvider
from core.storage.providers import Providers
from tests.catalog.videos import original, packaged, put, video
from tests.recommendations.small import NOW, Small, listed

VIC = User("vic", Role.VIEWER, Via.PASSWORD)
EUROPEAN = video("v1", residency="EU", title="Rivera vs Stone")


@pytest.fixture
def providers(small: Small) -> Providers:
    """A bucket that promises nothing, and one for data of the EU."""
    eu = LocalProvider(small.home / "s3-eu", b"s" * 32, lambda: NOW, "s3-eu", "EU", "eu-central-1")
    return Providers((small.provider, eu), {"media": "s3", "media-eu": "s3-eu"})


def check(small: Small, providers: Providers, days: int = 0) -> ResidencyCheck:
    at = NOW + timedelta(days)
    check_residency(small.store.database, small.store.warehouse, providers, at)
    found = residency(VIC, small.store.database)
    assert found is not None
    assert found.checked_at == at
    return found


def told(found: ResidencyCheck) -> list[tuple[str, str, Source, str, int, int]]:
    return [(e.place, e.video_id, e.source, e.name, e.objects, e.size_bytes) for e in found.astray]


def test_what_lies_where_it_must_is_no_news(small: Small, providers: Providers):
    put(small.store.database, EUROPEAN, [("s3-eu", [original("v1")])])
    put(small.store.database, video("v2"), [("s3", [original("v2")])])
    small.lists(listed("v1", 1, bucket="media-eu"), listed("v2", 1, bucket="media"))
    found = check(small, providers)
    assert (found.videos, found.objects, found.listed_on, found.astray) == (1, 1, date(2026, 10, 31), ())


def test_each_object_of_a_copy_elsewhere_is_named_by_its_key(small: Small, providers: Providers):
    put(small.store.database, EUROPEAN, [("s3-eu", [original("v1")]), ("s3", [original("v1")])])
    found = check(small, providers)
    assert told(found) == [("s3", "v1", Source.CATALOGUE, "videos/v1/original.mp4", 1, 1_000)]
    (astray,) = found.astray
    assert (astray.region, astray.title, astray.residency) == ("us-east-1", "Rivera vs Stone", "EU")


def test_a_provider_that_is_configured_no_more_promises_nothing(small: Small, providers: Providers):
    put(small.store.database, EUROPEAN, [("supabase", [original("v1")])])
    assert told(check(small, providers)) == [("supabase", "v1", Source.CATALOGUE, "videos/v1/original.mp4", 1, 1_000)]


def test_what_is_known_of_a_place_that_is_not_configured_counts(small: Small, providers: Providers):
    put(small.store.database, EUROPEAN, [("supabase", [original("v1")])])
    check_residency(small.store.database, small.store.warehouse, providers, NOW, {"supabase": "EU"})
    found = residency(VIC, small.store.database)
    assert found is not None
    assert found.astray == ()


def test_two_folders_that_are_called_alike_are_told_apart(small: Small, providers: Providers):
    other = LocalProvider(small.home / "other", b"", lambda: NOW, "other")
    put(small.store.database, EUROPEAN, [("other", [original("v1")])])
    small.lists(listed("v1", 1, provider="other"))
    found = check(small, Providers((*providers.all, other)))
    assert [(each.place, each.source) for each in found.astray] == [("other", Source.CATALOGUE)]


def test_what_only_a_buckets_inventory_tells_is_found_with_its_old_versions(small: Small, providers: Providers):
    put(small.store.database, EUROPEAN, [("s3-eu", packaged("v1"))])
    small.lists(
        listed("v1", 1, "thumbnail", bucket="media", objects=3),
        listed("v1", 2, "1080p", bucket="media", kind="noncurrent"),
        listed("v1", 0, "1080p", bucket="media", kind="delete marker"),
        listed("v1", 1, "original", bucket="media", day=24),  # a week before: it has gone since
        listed("v2", 1, bucket="media"),
    )
    assert told(check(small, providers)) == [
        ("s3", "v1", Source.INVENTORY, "old versions of 1080p", 1, 2 * 2**30),
        ("s3", "v1", Source.INVENTORY, "thumbnail", 3, 2**30),
    ]


def test_what_the_catalogue_tells_is_not_told_again_by_the_inventory(small: Small, providers: Providers):
    put(small.store.database, EUROPEAN, [("s3", [original("v1")])])
    small.lists(listed("v1", 1, bucket="media"), listed("v1", 1, "720p", bucket="media"))
    assert [each[2:4] for each in told(check(small, providers))] == [
        (Source.CATALOGUE, "videos/v1/original.mp4"), (Source.INVENTORY, "720p"),
    ]  # fmt: skip


def test_what_supabase_has_is_told_once_where_it_is_configured_no_more(small: Small, providers: Providers):
    put(small.store.database, EUROPEAN, [("supabase", [original("v1")])])
    small.lists(listed("v1", 1, bucket="fights", provider="Supabase"))
    assert [each.source for each in check(small, providers).astray] == [Source.CATALOGUE]


@pytest.mark.parametrize(
    ("region", "residency", "is_astray"),
    [("eu-west-1", "EU", False), ("eu-west-2", "EU", True), ("us-west-2", "EU", True), ("us-west-2", "US", False),
     ("", "EU", True), ("eu-west-1", "CH", True)],
)  # fmt: skip
def test_a_bucket_that_is_not_configured_is_judged_by_its_region_on_the_bill(
    small: Small, providers: Providers, monkeypatch: pytest.MonkeyPatch, region: str, residency: str, is_astray: bool
):
    monkeypatch.setattr("core.lifecycle.residency.billed_regions", lambda _: {"other": region} if region else {})
    put(small.store.database, replace(EUROPEAN, residency=residency))
    small.lists(listed("v1", 1, bucket="other"))
    assert [each.place for each in check(small, providers).astray] == (["other"] if is_astray else [])


def test_an_inventory_of_more_than_thirty_days_ago_tells_nothing_of_today(small: Small, providers: Providers):
    put(small.store.database, EUROPEAN)
    small.lists(listed("v1", 1, bucket="media"))
    assert check(small, providers, days=29).listed_on == date(2026, 10, 31)
    found = check(small, providers, days=30)
    assert (found.listed_on, found.astray) == (None, ())


def test_what_is_found_again_is_known_since_the_first_time_and_what_is_cured_is_gone(
    small: Small, providers: Providers
):
    put(small.store.database, EUROPEAN, [("s3", [original("v1")])])
    check(small, providers)
    put(small.store.database, video("v2", residency="EU"), [("s3", [original("v2")])])
    found = check(small, providers, days=1)
    assert {each.video_id: each.since for each in found.astray} == {"v1": NOW, "v2": NOW + timedelta(1)}
    check_residency(small.store.database, small.store.warehouse, Providers((_eu_now(small),)), NOW + timedelta(2))
    later = residency(VIC, small.store.database)
    assert later is not None
    assert later.astray == ()


def test_the_figure_of_alerts_has_each_place_once(small: Small, providers: Providers):
    put(small.store.database, EUROPEAN, [("s3", packaged("v1"))])
    put(small.store.database, video("v2", residency="EU"), [("supabase", [original("v2")])])
    assert _read(small)[0].value is None
    check(small, providers)
    at_s3, at_supabase = _read(small)
    assert (at_s3.subject, at_s3.value, at_s3.since) == ("s3", Decimal(8), NOW)
    assert at_s3.detail == "Of 1 video that must stay in EU; the place lies in us-east-1."
    assert at_s3.link == "/lifecycle?section=Residency"
    assert (at_supabase.subject, at_supabase.value) == ("supabase", Decimal(1))
    (old,) = _read(small, days=3)
    assert (old.value, old.detail) == (None, "It was last looked at 1 Nov 2026, 12:00 UTC: no worker runs.")


def test_only_who_may_see_the_page_sees_what_was_found(small: Small, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(User, "may", lambda *_: False)
    with pytest.raises(PermissionDenied):
        residency(VIC, small.store.database)


def _eu_now(small: Small) -> StorageProvider:
    """The same bucket, which somebody has found to lie in the EU after all."""
    return LocalProvider(small.home / "s3", b"s" * 32, lambda: NOW, "s3", "EU", "eu-central-1")


def _read(small: Small, days: int = 0) -> list[Reading]:
    store = small.store
    handles = Handles(store.database, lambda: store.warehouse, lambda: (), load_settings(), small.home)
    return list(figures(handles)["residency_outside"].read(NOW + timedelta(days), Scope()))


def test_a_finding_counts_what_it_stands_for():
    found = ResidencyCheck(NOW, 1, 1, None, (Astray("v1", "s3", "", Source.INVENTORY, "720p", 3, 9),) * 2)
    assert found.objects_astray == 6
