"""Planning: a plan of all that lies in a bucket of Supabase."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.access.roles import Role, User, Via
from core.billing.prices import load_prices
from core.migration.options import Options
from core.migration.plan import MigrationPlan
from core.migration.plans import Plans
from core.settings import load_settings
from core.sqlite_database import SqliteDatabase
from core.storage.provider import StorageProvider
from core.storage.providers import Providers, open_local
from core.storage.supabase import SupabaseProvider

_NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
_USER = User("bench", Role.ADMIN, Via.SHELL)


def first(**place: str) -> Any:
    """All is taken into an empty library, and planned."""
    return _told(_looked(**place)[1])


again = first  # in a home in which all is known


def keep(**place: str) -> Any:
    """Planned once more, and kept."""
    plans, plan = _looked(**place)
    plans.keep(_USER, plan)
    return _told(plan)


def _looked(url: str, key: str, bucket: str, home: str) -> tuple[Plans, MigrationPlan]:
    database = SqliteDatabase(Path(home) / "phyght.db")
    database.migrate()
    local = open_local(Path(home), lambda: _NOW).all[0]
    source: StorageProvider = SupabaseProvider(url, key, bucket, lambda: _NOW)
    plans = Plans(database, Providers((source, local)), load_prices(), load_settings(), Path(home))
    return plans, plans.look(_USER, Options("supabase", "local"), _NOW)


def _told(plan: MigrationPlan) -> dict[str, int]:
    return {"videos": plan.estimate.videos, "objects": plan.estimate.objects}
