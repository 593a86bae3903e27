"""Routing: S3 first, a residency before everything, and the reason with it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from core.errors import ResidencyRefused, StorageUnreachable
from core.sqlite_database import SqliteDatabase
from core.storage.health import Health
from core.storage.provider import StorageProvider
from core.storage.providers import Providers
from core.storage.routing import choose_provider

NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)


@dataclass(frozen=True)
class Named:
    """As much of a provider as routing looks at."""

    name: str
    residency: str = ""


def providers(*all: Named) -> Providers:
    return Providers(cast("tuple[StorageProvider, ...]", all))


S3, S3_EU, SUPABASE, LOCAL = Named("s3"), Named("s3-eu", "EU"), Named("supabase"), Named("local")
EVERYTHING = providers(LOCAL, SUPABASE, S3_EU, S3)


@pytest.fixture
def clock() -> dict[str, datetime]:
    return {"now": NOW}


@pytest.fixture
def health(tmp_path: Path, clock: dict[str, datetime]) -> Health:
    database = SqliteDatabase(tmp_path / "phyght.db")
    database.migrate()
    return Health(database, lambda: clock["now"])


def fail(health: Health, *names: str) -> None:
    for name in names:
        for _ in range(3):
            with pytest.raises(StorageUnreachable), health.attempt(name):
                raise StorageUnreachable(f"{name} is silent.", "Check the network.")


def chosen(providers: Providers, health: Health, residency: str = "") -> tuple[str, str]:
    route = choose_provider(providers, residency, health)
    return route.provider.name, route.reason


def test_new_videos_go_to_s3(health: Health):
    assert chosen(EVERYTHING, health) == ("s3", "s3 is where new videos go.")


def test_while_s3_fails_they_go_to_supabase_and_the_reason_says_so(health: Health):
    fail(health, "s3")

    assert chosen(EVERYTHING, health) == (
        "supabase",
        "s3 is not well: s3 is silent. So it goes to supabase for now. "
        "It is listed for migration, once that is well again.",
    )


def test_one_goes_to_s3_to_see_whether_it_is_well_again(health: Health, clock: dict[str, datetime]):
    fail(health, "s3")
    clock["now"] += timedelta(seconds=30)

    assert [chosen(EVERYTHING, health)[0] for _ in range(3)] == ["s3", "supabase", "supabase"]
    with health.attempt("s3"):
        pass
    assert chosen(EVERYTHING, health)[0] == "s3"


def test_a_bound_video_stays_where_it_must(health: Health):
    assert chosen(EVERYTHING, health, "EU") == ("s3-eu", "It must stay in EU, and s3-eu does.")
    assert chosen(EVERYTHING, health, "eu")[0] == "s3-eu"


def test_a_bound_video_goes_nowhere_else_even_when_its_provider_fails(health: Health):
    fail(health, "s3-eu")

    with pytest.raises(ResidencyRefused) as refused:
        choose_provider(EVERYTHING, "EU", health)
    assert str(refused.value) == (
        "The video must stay in EU, and s3-eu is not well: s3-eu is silent. "
        "It is tried again at 20:00 UTC. See Settings, Connections."
    )


def test_a_bound_video_may_go_to_any_provider_that_is_bound_likewise(health: Health):
    bound = providers(S3, S3_EU, Named("supabase", "EU"))
    fail(health, "s3-eu")

    assert chosen(bound, health, "EU")[0] == "supabase"


def test_a_residency_that_nobody_keeps_is_refused_with_the_cure(health: Health):
    with pytest.raises(ResidencyRefused) as refused:
        choose_provider(EVERYTHING, "US", health)
    assert str(refused.value) == (
        "No storage provider keeps its data in US. Add a bucket there to S3_RESIDENCY_BUCKETS, like US=bucket@region."
    )


@pytest.mark.parametrize(
    ("configured", "order"),
    [
        ((S3, S3_EU, SUPABASE, LOCAL), ["s3", "supabase", "s3-eu"]),
        ((S3_EU, SUPABASE), ["s3-eu", "supabase"]),
        ((SUPABASE, LOCAL), ["supabase"]),
        ((LOCAL,), ["local"]),
    ],
    ids=["all", "a bucket for a residency only", "supabase only", "nothing"],
)
def test_which_provider_comes_after_which(health: Health, configured: tuple[Named, ...], order: list[str]):
    """This machine's disk takes no new videos once an account is connected, not even when that fails."""
    found = []
    for _ in order:
        found.append(chosen(providers(*configured), health)[0])
        fail(health, found[-1])

    assert found == order
    with pytest.raises(StorageUnreachable, match="No storage provider is well"):
        choose_provider(providers(*configured), "", health)


def test_with_no_account_it_is_said_that_it_stays_here(health: Health):
    assert chosen(providers(LOCAL), health) == (
        "local", "No storage account is connected, so it is kept on this machine.",
    )  # fmt: skip


def test_a_provider_that_is_configured_no_more_is_told(health: Health):
    with pytest.raises(StorageUnreachable, match="'s3-us' is not configured"):
        EVERYTHING.named("s3-us")
    assert cast(Any, EVERYTHING.named("s3-eu")) is S3_EU
