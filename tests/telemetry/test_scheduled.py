"""The worker looks at what players tell with each look at the sources, also where none had told anything at first."""

import pytest

from core.bootstrap import open_platform
from core.schedule import jobs
from core.settings import DemoMode, Settings
from tests.telemetry.telling import Telling


def test_the_worker_ingests_what_players_tell(own_environment: None, settings: Settings):
    platform = open_platform(settings.model_copy(update={"phyght_demo": DemoMode.OFF}))
    (ingest,) = [job for job in jobs(platform) if job.name == "ingest"]
    step = ingest.steps[str(platform.told)]

    step()
    assert platform.sources == ()
    Telling(platform.told).all((0, "s"), (1, "p"), (3, "q"))
    step()

    assert platform.warehouse.query("SELECT startup_ms, watched_ms FROM sessions") == [(1000, 2000)]
    assert platform.sources == (str(platform.told),)


@pytest.mark.parametrize("told", ["", "cmcd-2026-11-28.jsonl"])
def test_an_empty_spool_is_no_trouble(own_environment: None, settings: Settings, told: str):
    platform = open_platform(settings)
    platform.told.mkdir(parents=True)
    if told:
        (platform.told / told).touch()
    (ingest,) = [job for job in jobs(platform) if job.name == "ingest"]

    ingest.steps[str(platform.told)]()

    assert platform.warehouse.query("FROM sessions") == []
