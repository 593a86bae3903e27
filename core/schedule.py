"""Schedule: what the worker does again and again, and what it does when it is asked for."""

from collections.abc import Callable
from functools import partial

from core.bootstrap import Platform, now
from core.catalog.moved import follow_rules
from core.jobs.job import Job
from core.jobs.work import Work
from core.media.media import CLEARING
from core.media.media import WORK as PACKAGE
from core.storage.provider import Tiered

#: How often each storage provider is asked whether it is well.
_PROBE_MINUTES = 5
#: How often uploads are looked at that nobody goes on with.
_SWEEP_MINUTES = 15


def jobs(platform: Platform) -> list[Job]:
    """What the worker does again and again."""
    steps = {address: _ingest_step(platform, address) for address in platform.sources}
    probes = {each.name: partial(platform.health.probe, each) for each in platform.providers.all}
    sweep = {"unfinished uploads": lambda: platform.uploads.abort_abandoned(now())}
    return [
        Job("ingest", platform.settings.phyght_ingest_minutes, steps),
        Job("health", _PROBE_MINUTES, probes),
        Job("lifecycle", 24 * 60, _lifecycle_steps(platform)),
        Job("uploads", _SWEEP_MINUTES, sweep),
    ]


def _lifecycle_steps(platform: Platform) -> dict[str, Callable[[], object]]:
    """Where objects have classes, their provider moves them."""
    tiered = [each for each in platform.providers.all if isinstance(each, Tiered)]
    return {each.name: partial(follow_rules, platform.database, each, now) for each in tiered}


def works(platform: Platform) -> list[Work]:
    """What the worker does when it is asked for."""
    return [Work(PACKAGE, platform.media.do), Work(CLEARING, platform.media.remove_replaced)]


def _ingest_step(platform: Platform, address: str) -> Callable[[], object]:
    return lambda: platform.ingest(address, now)
