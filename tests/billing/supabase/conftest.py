"""A Supabase project that stands on this machine, and an installation that is connected to it."""

from collections.abc import Iterator

import pytest

from core.settings import Settings, load_settings
from tests.support.supabase_stand_in import SupabaseStandIn, supabase_stand_in


@pytest.fixture
def project() -> Iterator[SupabaseStandIn]:
    with supabase_stand_in() as project:
        yield project


@pytest.fixture
def connected(project: SupabaseStandIn, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of an installation that has the project's service key."""
    monkeypatch.setenv("SUPABASE_URL", project.url)
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", project.key())
    return load_settings()
