"""Handles: what packaging works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.catalog.catalog import Catalog
from core.database import Database
from core.settings import Settings
from core.storage.health import Health
from core.storage.providers import Providers


@dataclass(frozen=True)
class Handles:
    """The parts of the platform that a packaging needs, and its folder."""

    database: Database
    catalog: Catalog
    providers: Providers
    health: Health
    settings: Settings
    clock: Callable[[], datetime]
    scratch: Path  #: folder with one of its own for each video
