"""Guarding: the demo's own videos are copied to a second folder, and a drill has proven that."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from core.actions.action import Action, Kind
from core.actions.actions import Actions
from core.database import Database
from core.demo.acting import STUDIO, do_at_once
from core.jobs.work import Requests
from core.lifecycle.drill import DRILL, Drills
from core.lifecycle.drilling import Driller
from core.lifecycle.replicas import check_replication
from core.storage.local import LOCAL, LocalProvider
from core.storage.local_replication import replicate
from core.storage.providers import Providers

_BACKUP = Action(Kind.PUT_REPLICATION, LOCAL, {"target": "phyght-backup", "prefix": "videos/"})
_AGO = timedelta(30)


def begin_backup(opened: Callable[[Callable[[], datetime]], Actions], providers: Providers, now: datetime) -> None:
    """Before anything is written there, as only what is written after it is copied; once."""
    local = providers.named(LOCAL)
    if isinstance(local, LocalProvider) and local.replication() is None:
        actions = opened(lambda: now - _AGO)
        id = actions.apply(STUDIO, actions.preview(STUDIO, _BACKUP, now - _AGO), now - _AGO)
        do_at_once(actions, id)


def write_guarding(database: Database, providers: Providers, drills: Drills, home: Path, now: datetime) -> None:
    """What the worker would do by itself, done at once; and a drill, unless there was one."""
    local = providers.named(LOCAL)
    assert isinstance(local, LocalProvider)
    replicate(local)
    check_replication(database, local, now)
    if drills.history(STUDIO):
        return
    id = drills.ask(STUDIO, 4, now - timedelta(hours=3))
    Driller(database, providers, home, lambda: now - timedelta(hours=3)).run(id, lambda: False)
    requests = Requests(database)
    for each in requests.due(now, DRILL, 9):
        requests.over(each.id)
