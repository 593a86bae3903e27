"""Registry: the handler of each kind of action, of one installation."""

from collections.abc import Callable, Mapping
from datetime import datetime

from core.access.audit import AuditLog
from core.actions.action import Kind
from core.actions.actions import Actions
from core.actions.cloud import Cloud, Package
from core.actions.handler import Handler
from core.actions.handles import Handles
from core.actions.kinds.cache_control import CacheControlChange
from core.actions.kinds.copy_retiring import CopyRetiring
from core.actions.kinds.distribution_setting import DistributionSetting
from core.actions.kinds.lifecycle_policy import LifecyclePolicy
from core.actions.kinds.old_versions import OldVersions
from core.actions.kinds.replication import ReplicationSetUp
from core.actions.kinds.rung_dropping import RungDropping
from core.actions.kinds.storage_class import StorageClassChange
from core.actions.kinds.unfinished_uploads import UnfinishedUploads
from core.billing.prices import PriceCatalog
from core.billing.storage_prices import StoragePrices
from core.database import Database
from core.delivery.distribution import Edge
from core.delivery.invalidating import Caches, open_caches
from core.settings import MediaEngine, Settings
from core.storage.providers import Providers


def open_actions(
    database: Database,
    audit: AuditLog,
    providers: Providers,
    prices: PriceCatalog,
    settings: Settings,
    clock: Callable[[], datetime],
    package: Package,
    edge: Edge | None = None,
) -> Actions:
    """With all that this installation can do."""
    storage = StoragePrices(prices, settings.supabase_plan, settings.supabase_gb_bytes)
    encodes_here = settings.media_engine is MediaEngine.LOCAL
    caches = edge if isinstance(edge, Caches) else open_caches(settings)  # the demo's is both
    locks = settings.phyght_home / "locks"
    cloud = Cloud(providers, database, storage, clock, caches, package, encodes_here, locks)
    return Actions(Handles(database, audit, clock, _handlers(cloud, edge)))


def _handlers(cloud: Cloud, edge: Edge | None) -> Mapping[Kind, Handler]:
    """To add a kind, write its handler in a file of `kinds`, and a line here."""
    found: tuple[Handler, ...] = (
        LifecyclePolicy(cloud.providers, cloud.database, cloud.locks),
        UnfinishedUploads(cloud),
        StorageClassChange(cloud),
        CacheControlChange(cloud),
        OldVersions(cloud),
        RungDropping(cloud),
        CopyRetiring(cloud),
        DistributionSetting(edge),
        ReplicationSetUp(cloud),
    )
    return {each.kind: each for each in found}
