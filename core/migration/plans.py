"""Plans: look at a source, plan what would move, keep that under a name, and compare."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from core.access.audit import AuditEntry, Outcome, add_entry
from core.access.roles import Permission, User
from core.billing.prices import PriceCatalog
from core.billing.storage_prices import StoragePrices
from core.billing.supabase_egress import read_egress
from core.database import Connection, Database
from core.errors import MigrationRefused
from core.migration import saved, store
from core.migration.candidates import candidates
from core.migration.inventory import Inventory, take_inventory
from core.migration.obstacles import Way
from core.migration.options import Options, check_options
from core.migration.places import place_of
from core.migration.plan import Circumstances, MigrationPlan, plan
from core.migration.planned import PlannedVideo
from core.migration.pricing import Pricing, egress_of
from core.migration.requiring import require_target
from core.migration.saved import Comparison, SavedPlan, compare_plans, figures_of
from core.migration.throughput import measured_or_assumed
from core.migration.timetable import parse_timetable
from core.performance.views import views
from core.settings import Settings
from core.storage.providers import Providers
from core.telemetry.views import views as told_views
from core.units import GIB
from core.warehouse import Warehouse

LONGEST_NAME = 80
#: From a cut-over until the source may be retired.
GRACE_DAYS, LONGEST_GRACE_DAYS = 7, 3_650


class Plans:
    """The plans of an installation."""

    def __init__(
        self, database: Database, providers: Providers, prices: PriceCatalog, settings: Settings, home: Path
    ) -> None:
        self._database, self._providers, self._settings, self._home = database, providers, settings, home
        self._prices = StoragePrices(prices, settings.supabase_plan, settings.supabase_gb_bytes)

    def look(self, user: User, options: Options, now: datetime, timetable: str = "") -> MigrationPlan:
        """What would move; all that lies at the source is in the library afterwards.

        Raises PermissionDenied, MigrationRefused, and StorageError where source or target cannot be looked at.
        """
        user.require(Permission.MIGRATE)
        check_options(options)
        limits = parse_timetable(timetable)
        target = self._providers.named(options.target)
        require_target(target)
        target.check()
        found = take_inventory(self._providers.named(options.source), self._database, user, now)
        videos = candidates(self._database, options.source, options.target)
        by_video = self._views({video.video_id: video.slug for video in videos})
        return plan(videos, options, limits, self._circumstances(options, found, by_video, now), now)

    def _views(self, slugs: Mapping[str, str]) -> Mapping[str, int] | None:
        """How often each video was watched: as it was measured, or while nothing is ingested yet, as players tell."""
        if (found := views(Warehouse(self._home / "warehouse", self._database))) is not None:
            return found
        told = told_views(self._home / "telemetry")
        return None if told is None else {video: told[slug] for video, slug in slugs.items()}

    def make(
        self, user: User, options: Options, now: datetime, timetable: str = "", name: str = "",
        grace_days: int = GRACE_DAYS,
    ) -> SavedPlan:  # fmt: skip
        """The same, kept under a name: the one that is given, or one of its own. Raises what look and keep do."""
        _check_name(name)
        return self.keep(user, self.look(user, options, now, timetable), name, grace_days)

    def keep(self, user: User, plan: MigrationPlan, name: str = "", grace_days: int = GRACE_DAYS) -> SavedPlan:
        """Keep a plan as it was looked at. Raises PermissionDenied, and MigrationRefused for a name that is taken."""
        user.require(Permission.MIGRATE)
        _check_name(name)
        if not 0 <= grace_days <= LONGEST_GRACE_DAYS:
            raise MigrationRefused(f"A period of grace has 0 to {LONGEST_GRACE_DAYS:,} days.", "Give another one.")
        with self._database.transaction() as connection:
            free = _free_name(connection, name.strip(), plan)
            made = saved.new(plan, uuid.uuid4().hex, free, grace_days, user.name)
            saved.add(connection, made, plan.videos)
            detail = _in_words(made)
            store.note(connection, made.id, None, "planned", plan.made_at, detail, user.name)
            add_entry(connection, _entry(user, "plan a migration", made, plan.made_at, detail))
        return made

    def all(self, user: User) -> tuple[SavedPlan, ...]:
        """Every plan and migration, newest first. Raises PermissionDenied."""
        user.require(Permission.SEE_MIGRATION)
        with self._database.reading() as connection:
            return tuple(map(saved.saved, saved.queries.plans(connection)))

    def get(self, user: User, name: str) -> SavedPlan:
        """Raises PermissionDenied, MigrationNotFound."""
        user.require(Permission.SEE_MIGRATION)
        with self._database.reading() as connection:
            return saved.find(connection, name)

    def videos(self, user: User, plan: SavedPlan) -> tuple[PlannedVideo, ...]:
        """In the order in which they move; then those that cannot. Raises PermissionDenied."""
        user.require(Permission.SEE_MIGRATION)
        with self._database.reading() as connection:
            return saved.videos_of(connection, plan)

    def compare(self, user: User, first: str, second: str) -> Comparison:
        """What is different between two plans. Raises PermissionDenied, MigrationNotFound."""
        one, other = self.get(user, first), self.get(user, second)
        figures = figures_of(one.estimate, other.estimate)
        return compare_plans(self.videos(user, one), self.videos(user, other), figures)

    def delete(self, user: User, name: str, now: datetime) -> None:
        """Forget a plan that was never started. Raises PermissionDenied, MigrationNotFound, MigrationRefused."""
        user.require(Permission.MIGRATE)
        with self._database.transaction() as connection:
            plan = saved.find(connection, name)
            if not saved.queries.delete_plan(connection, id=plan.id):
                raise MigrationRefused(f"{plan.name!r} was started already.", "Cancel it; what it did stays on record.")
            add_entry(connection, _entry(user, "delete a plan", plan, now, _in_words(plan)))

    def _circumstances(
        self, options: Options, found: Inventory, watched: Mapping[str, int] | None, now: datetime
    ) -> Circumstances:
        named, settings = self._providers.named, self._settings
        source, target = (place_of(named(name), settings) for name in (options.source, options.target))
        pricing = Pricing(self._prices, source, target)
        return Circumstances(
            Way(source, target, options, found.gone),
            pricing,
            egress_of(pricing, self._used_egress(now)),
            measured_or_assumed(self._database, source.name, target.name, now),
            settings,
            watched,
        )

    def _used_egress(self, now: datetime) -> int | None:
        """Bytes of this month's uncached egress of Supabase so far; None where nobody has noted any."""
        noted = read_egress(self._home)
        month = [egress.uncached for day, egress in noted.items() if (day.year, day.month) == (now.year, now.month)]
        return sum(month) if month else None


def _check_name(name: str) -> None:
    text = name.strip()
    if len(text) > LONGEST_NAME or not text.isprintable() or text.startswith("-"):
        raise MigrationRefused(
            f"A plan's name has at most {LONGEST_NAME} letters that can be shown, and begins with no hyphen.",
            "Use one like first-thousand.",
        )


def _free_name(connection: Connection, name: str, plan: MigrationPlan) -> str:
    """The name that was given, or one that says from where to where and when, with a number where that is taken."""
    start = name or f"{plan.options.source}-to-{plan.options.target}-{plan.made_at:%Y-%m-%d}"
    taken = {row["name"] for row in saved.queries.names_like(connection, start=start)}
    if name and name in taken:
        raise MigrationRefused(f"There is a plan {name!r} already.", "Choose another name.")
    numbered = (f"{start}-{number}" for number in range(2, len(taken) + 2))
    return next(each for each in (start, *numbered) if each not in taken)


def _in_words(plan: SavedPlan) -> str:
    estimate = plan.estimate
    size = f"{estimate.size_bytes / GIB:,.1f} GiB"
    return f"from {plan.options.source} to {plan.options.target}: {estimate.videos:,} videos, {size}"


def _entry(user: User, action: str, plan: SavedPlan, now: datetime, detail: str) -> AuditEntry:
    return AuditEntry(now, user.name, user.via, action, plan.name, Outcome.DONE, detail, user.address)
