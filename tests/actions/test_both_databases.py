"""What handlers ask of the database is asked in words that both databases understand."""

from pathlib import Path

import pytest

from core.actions import store
from core.actions.action import Kind, Step
from core.catalog.holds import held_videos
from core.catalog.recorded import recorded_at
from core.database import Database
from core.media import packagings
from core.migration.store import keys_on_their_way, migrations_from, videos_at_work
from core.uploads.store import keys_under_way
from tests.support.databases import BOTH, either_database


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    return either_database(request, tmp_path / "phyght.db")


def test_an_installation_without_anything_has_nothing_under_way(database: Database):
    with database.reading() as connection:
        assert keys_under_way(connection, "s3") == keys_on_their_way(connection, "s3") == set()
        assert videos_at_work(connection) == packagings.under_way(connection) == held_videos(connection) == set()
        assert recorded_at(connection, "s3") == {}
        assert migrations_from(connection, "supabase") == store.terms_in_force(connection, Kind.RETIRE_COPY, "s3") == ()
        assert store.items_back(connection, "none", 0, 9) == store.items_back(connection, "none", 5, 9) == ()
        assert store.items_in(connection, "none", [Step.WAITING], after=3) == ()
