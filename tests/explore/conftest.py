"""A warehouse of three charges, ingested from a file as a person would download it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.billing.ingest import ingest
from core.database import Database
from core.settings import load_settings
from core.sqlite_database import SqliteDatabase
from core.warehouse import Warehouse
from tests.environment import settle

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
CHARGES = """\
BilledCost,EffectiveCost,ListCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,\
ChargeCategory,ServiceName,ProviderName,BillingAccountId,ResourceId
12.5,12.5,15,USD,2026-10-01,2026-11-01,2026-10-01,2026-10-02,Usage,Storage,AWS,1,films
7.25,7.25,8,USD,2026-10-01,2026-11-01,2026-10-02,2026-10-03,Usage,Storage,AWS,1,films
0.25,0.25,,USD,2026-10-01,2026-11-01,2026-10-01,2026-11-01,Tax,Storage,AWS,1,
"""


@pytest.fixture(scope="session")
def explored_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: no test here changes the warehouse."""
    source, home = tmp_path_factory.mktemp("bills"), tmp_path_factory.mktemp("explored")
    (source / "october.csv").write_text(CHARGES)
    database = SqliteDatabase(home / "phyght.db")
    database.migrate()
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, home)
        ingest(str(source), database, home / "warehouse", load_settings(), lambda: NOW)
    return home


@pytest.fixture
def warehouse(explored_home: Path) -> Warehouse:
    return Warehouse(explored_home / "warehouse", SqliteDatabase(explored_home / "phyght.db"))


@pytest.fixture
def database(explored_home: Path) -> Database:
    return SqliteDatabase(explored_home / "phyght.db")
