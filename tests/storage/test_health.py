"""Health: a provider that fails is left alone, and tried again by one before it is trusted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.database import Database
from core.errors import ObjectNotFound, StorageDenied, StorageUnreachable
from core.storage.breaker import State
from core.storage.health import Health
from core.storage.local import LocalProvider
from tests.support.databases import BOTH, either_database

START = datetime(2026, 11, 25, 20, tzinfo=UTC)


class Clock:
    """Stands still until it is told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def health(database: Database, clock: Clock) -> Health:
    return Health(database, clock)


def fail(health: Health, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(StorageUnreachable), health.attempt("s3"):
            raise StorageUnreachable("S3 is silent.", "Check the network.")


def test_a_provider_nobody_has_heard_of_may_be_used(health: Health):
    assert health.may_use("s3")
    assert health.condition("s3").well


def test_two_failures_may_be_chance_and_three_in_a_row_open_the_breaker(health: Health):
    fail(health, 2)
    assert health.may_use("s3")
    fail(health)

    condition = health.condition("s3")
    assert (condition.state, condition.failures, condition.error, condition.advice) == (
        State.OPEN, 3, "S3 is silent.", "Check the network.",
    )  # fmt: skip
    assert condition.since == START
    assert not health.may_use("s3")


def test_an_answer_between_failures_starts_the_count_anew(health: Health):
    fail(health, 2)
    with health.attempt("s3"):
        pass
    fail(health, 2)

    assert health.may_use("s3")


def test_a_missing_object_is_an_answer(health: Health):
    fail(health, 2)
    with pytest.raises(ObjectNotFound), health.attempt("s3"):
        raise ObjectNotFound("nothing there")

    assert health.condition("s3").failures == 0


def test_after_half_a_minute_one_may_try_and_its_success_closes_the_breaker(health: Health, clock: Clock):
    fail(health, 3)
    clock.pass_by(seconds=29)
    assert not health.may_use("s3")

    clock.pass_by(seconds=1)
    assert [health.may_use("s3"), health.may_use("s3")] == [True, False]
    with health.attempt("s3"):
        pass

    assert health.condition("s3").state is State.CLOSED
    assert [health.may_use("s3"), health.may_use("s3")] == [True, True]


def test_a_failed_trial_doubles_the_wait(health: Health, clock: Clock):
    fail(health, 3)
    clock.pass_by(seconds=30)
    assert health.may_use("s3")
    fail(health)

    clock.pass_by(seconds=59)
    assert not health.may_use("s3")
    clock.pass_by(seconds=1)
    assert health.may_use("s3")


def test_the_wait_never_exceeds_a_quarter_of_an_hour(health: Health, clock: Clock):
    fail(health, 40)

    assert health.condition("s3").retry_at == START + timedelta(minutes=15)


def test_a_trial_nobody_heard_of_again_does_not_block_the_next(health: Health, clock: Clock):
    fail(health, 3)
    clock.pass_by(seconds=30)
    assert health.may_use("s3")

    clock.pass_by(seconds=60)
    assert health.may_use("s3")


def test_every_process_sees_the_same_breaker(health: Health, clock: Clock, database: Database):
    fail(health, 3)

    assert not Health(database, clock).may_use("s3")


def test_a_probe_keeps_what_it_took_and_what_it_found(health: Health, tmp_path: Path, clock: Clock):
    local = LocalProvider(tmp_path / "storage", b"", clock)
    well = health.probe(local)
    assert well.well
    assert well.succeeded_at == START
    assert (well.latency_ms or 0) > 0

    local.check = lambda: (_ for _ in ()).throw(StorageDenied("The folder may not be read.", "Give permission."))
    clock.pass_by(minutes=1)
    ill = health.probe(local)

    assert (ill.failures, ill.error, ill.advice) == (1, "The folder may not be read.", "Give permission.")
    assert (ill.latency_ms, ill.succeeded_at) == (well.latency_ms, START)


def test_a_probe_that_is_answered_closes_an_open_breaker(health: Health, tmp_path: Path, clock: Clock):
    local = LocalProvider(tmp_path / "storage", b"", clock)
    for _ in range(3):
        with pytest.raises(StorageDenied), health.attempt("local"):
            raise StorageDenied("no")

    assert health.probe(local).state is State.CLOSED


class Asked(LocalProvider):
    """Counts how often it is asked whether it is well."""

    times = 0

    def check(self) -> None:
        self.times += 1
        super().check()


def test_a_provider_that_somebody_could_not_reach_is_asked_but_not_for_each_of_their_words(
    health: Health, tmp_path: Path, clock: Clock
):
    provider = Asked(tmp_path, b"secret", clock, name="s3")

    for _ in range(5):
        health.doubt(provider)
    assert (provider.times, health.condition("s3").failures) == (1, 0)

    clock.pass_by(seconds=10)
    health.doubt(provider)
    assert provider.times == 2


def test_what_they_could_not_reach_is_a_failure_once_it_does_not_answer_us(
    health: Health, tmp_path: Path, clock: Clock
):
    blocked = tmp_path / "blocked"
    blocked.touch()

    health.doubt(LocalProvider(blocked / "below", b"secret", clock, name="s3"))

    assert health.condition("s3").failures == 1
