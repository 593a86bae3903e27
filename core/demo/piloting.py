"""Piloting: the demo's first migration, of a few videos, done weeks ago; what it left at its source is still billed."""

from collections.abc import Callable
from datetime import datetime, timedelta

from core.access.roles import Role, User, Via
from core.database import Database
from core.demo.folders import SOURCE, TARGET
from core.demo.moving import PILOT_FOLDER, STUDIO
from core.demo.playable import CLIPS
from core.jobs.work import Requests
from core.migration.control import Migrations
from core.migration.handles import Means
from core.migration.meter import Meter
from core.migration.mover import Mover
from core.migration.options import Filters, Options
from core.migration.plans import Plans
from core.migration.state import MOVE
from core.migration.traffic import Traffic

PILOT = "pilot"
_AGO = timedelta(days=20)
_WHO = User(STUDIO, Role.OPERATOR, Via.DEMO)


def move_pilot(
    plans: Plans, opened: Callable[[Callable[[], datetime]], Migrations], database: Database, now: datetime
) -> None:
    """Have them moved as a worker does, once: viewers get them from the target since then."""
    if any(each.name == PILOT for each in plans.all(_WHO)):
        return
    at = now - _AGO
    plans.make(_WHO, Options(SOURCE, TARGET, Filters(prefix=f"{PILOT_FOLDER}/")), at, name=PILOT)
    migrations, requests = opened(lambda: at), Requests(database)
    migrations.start(_WHO, PILOT, at)
    mover = Mover(migrations.handles, Means(Traffic(), Meter(database, lambda: at)))
    for each in requests.due(at, MOVE, len(CLIPS)):
        mover.move(each.argument, lambda: False)
        requests.over(each.id)
