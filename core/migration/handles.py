"""Handles: what migrations work with."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.access.audit import AuditLog
from core.catalog.catalog import Catalog
from core.database import Database
from core.delivery.addresses import Addresses
from core.migration.meter import Meter
from core.migration.platform_rows import PlatformRows
from core.migration.traffic import PART_BYTES, Traffic
from core.settings import Settings
from core.storage.providers import Providers


@dataclass(frozen=True)
class Handles:
    """Of one installation."""

    database: Database
    catalog: Catalog
    audit: AuditLog
    providers: Providers
    addresses: Addresses
    settings: Settings
    clock: Callable[[], datetime]
    rows: PlatformRows | None = None  #: the platform's own table of videos, where one is configured


@dataclass(frozen=True)
class Means:
    """What all moves of one worker share."""

    traffic: Traffic
    meter: Meter
    pause: Callable[[float], object] = time.sleep
    part_bytes: int = PART_BYTES
