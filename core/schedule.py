"""Schedule: what the worker does again and again, and what it does when it is asked for."""

from collections.abc import Callable
from functools import partial

from core.actions.doing import Doer
from core.actions.store import ACTION
from core.alerts.outbox import Outbox
from core.bootstrap import Platform, now, open_as
from core.catalog.moved import follow_rules
from core.catalog.threatened import check_holds
from core.jobs.apart import apart
from core.jobs.job import Job
from core.jobs.work import Work
from core.lifecycle.drill import DRILL
from core.media.media import CLEARING
from core.media.media import WORK as PACKAGE
from core.migration.state import DISCARD, MOVE, RETIRE, SAMPLE
from core.settings import Settings
from core.storage.provider import Tiered
from core.storage.replication import Replicating

#: How often each storage provider is asked whether it is well.
_PROBE_MINUTES = 5
#: How often uploads are looked at that nobody goes on with.
_SWEEP_MINUTES = 15
#: How often moves and actions are looked for that no worker has any more.
_LOST_MINUTES = 1
#: How many videos are moved at once; their bytes share one bound of memory.
_MOVED_AT_ONCE = 6
#: How often a sample of each replicated bucket is asked how far its copying is.
_REPLICATION_MINUTES = 60
_LOOKS_EVERY_S = 0.4
#: How often rules are held against their figures, and messages are sent.
_EVALUATED_MINUTES, _SENT_MINUTES = 5, 1


def jobs(platform: Platform) -> list[Job]:
    """What the worker does again and again."""
    steps = {address: _ingest_step(platform, address) for address in platform.sources}
    steps[str(platform.told)] = lambda: _ingest_told(platform)
    probes = {each.name: partial(platform.health.probe, each) for each in platform.providers.all}
    sweep = {"unfinished uploads": lambda: platform.uploads.abort_abandoned(now())}
    return [
        Job("ingest", platform.settings.phyght_ingest_minutes, steps),
        Job("inventory", 24 * 60, {"catalogue": lambda: apart(_list_catalogue, platform.settings, platform.demo)}),
        Job("health", _PROBE_MINUTES, probes),
        Job("lifecycle", 24 * 60, _lifecycle_steps(platform)),
        Job("replication", _REPLICATION_MINUTES, _replication_steps(platform)),
        Job("residency", 24 * 60, {"videos": lambda: apart(_check_residency, platform.settings, platform.demo)}),
        Job("holds", 24 * 60, {"rules": lambda: check_holds(platform.database, platform.governed, now())}),
        Job("uploads", _SWEEP_MINUTES, sweep),
        Job("alerts", _EVALUATED_MINUTES, {"rules": lambda: apart(_evaluate, platform.settings, platform.demo)}),
        Job("messages", _SENT_MINUTES, {"outbox": lambda: _send_due(platform)}),
        Job("forecasts", 24 * 60, {"costs": lambda: apart(_store_forecasts, platform.settings, platform.demo)}),
        Job("recommendations", 24 * 60, {"rules": lambda: apart(_recommend, platform.settings, platform.demo)}),
        Job("migrations", _LOST_MINUTES, {"lost moves": lambda: platform.migrations.ask_again(now())}),
        Job("actions", _LOST_MINUTES, {"lost actions": lambda: platform.actions.ask_again(now())}),
    ]


def _lifecycle_steps(platform: Platform) -> dict[str, Callable[[], object]]:
    """Where objects have classes, their provider moves them."""
    tiered = [each for each in platform.governed.all if isinstance(each, Tiered)]
    return {each.name: partial(follow_rules, platform.database, each, now) for each in tiered}


def _replication_steps(platform: Platform) -> dict[str, Callable[[], object]]:
    """A bucket that is not replicated is asked once an hour whether it is."""
    found = [each for each in platform.governed.all if isinstance(each, Replicating)]
    return {each.name: partial(_check_replication, platform, each) for each in found}


def works(platform: Platform) -> list[Work]:
    """What the worker does when it is asked for."""
    return [
        Work(PACKAGE, platform.media.do),
        Work(CLEARING, platform.media.remove_replaced),
        Work(MOVE, lambda *asked: platform.mover.move(*asked), _MOVED_AT_ONCE, _LOOKS_EVERY_S),
        Work(DISCARD, lambda *asked: platform.mover.discard(*asked), _MOVED_AT_ONCE),
        Work(RETIRE, lambda *asked: platform.mover.retire(*asked), _MOVED_AT_ONCE),
        Work(ACTION, lambda *asked: Doer(platform.actions.handles).do(*asked)),
        Work(DRILL, lambda *asked: _drill(platform, *asked)),
        Work(SAMPLE, lambda *asked: platform.sampler.run(*asked)),
    ]


def _ingest_told(platform: Platform) -> object:
    """What players tell, as soon as any has told something."""
    return _ingest_step(platform, str(platform.told))() if platform.has_been_told else None


def _ingest_step(platform: Platform, address: str) -> Callable[[], object]:
    """Apart: what reads bills takes 100 MB, and a worker that moves videos would keep them."""
    return lambda: apart(_ingest, platform.settings, platform.demo, address)


def _send_due(platform: Platform) -> None:
    """Apart: a channel that never answers ends with the process that waits for it."""
    if Outbox(platform.database).is_due(now()):
        apart(_send, platform.settings, platform.demo)


def _send(settings: Settings, demo: bool) -> None:
    open_as(settings, demo).alerts.send(now)


def _evaluate(settings: Settings, demo: bool) -> None:
    """With the digest of the week before, once a week."""
    alerts = open_as(settings, demo).alerts
    alerts.evaluate(now())
    alerts.digest(now())


def _ingest(settings: Settings, demo: bool, address: str) -> None:
    open_as(settings, demo).ingest(address, now)


def _store_forecasts(settings: Settings, demo: bool) -> None:
    from core.actions.foreseen import known_changes
    from core.costs.stored_forecasts import store_forecasts  # here, in a process of its own: it takes numpy to import

    platform = open_as(settings, demo)
    known = known_changes(platform.database, platform.warehouse, platform.prices, now().date())
    store_forecasts(platform.database, platform.warehouse, now(), known)


def _recommend(settings: Settings, demo: bool) -> None:
    """What reads would have cost in other classes is worked out anew: some seconds of CPU, and numpy."""
    open_as(settings, demo).recommendations.refresh(now())


def _list_catalogue(settings: Settings, demo: bool) -> None:
    open_as(settings, demo).list_catalogue(now)


def _check_residency(settings: Settings, demo: bool) -> None:
    open_as(settings, demo).check_residency(now)


def _drill(platform: Platform, id: str, called_off: Callable[[], bool]) -> None:
    from core.lifecycle.drilling import Driller

    Driller(platform.database, platform.governed, platform.home, now).run(id, called_off)


def _check_replication(platform: Platform, provider: Replicating) -> None:
    from core.lifecycle.replicas import check_replication

    check_replication(platform.database, provider, now())
