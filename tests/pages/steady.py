"""What the tests of days to come stand on: sixty days of one cost, to yesterday; and the same with one odd day."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core.bootstrap import Platform
from tests.pages.bills import write_steady


def today() -> date:
    """The UTC day, as the pages have it."""
    return datetime.now(UTC).date()


def odd_day() -> date:
    """Twelve days ago, or the day before where that is a first, on which fees stand."""
    day = today() - timedelta(12)
    return day if day.day > 1 else day - timedelta(1)


@pytest.fixture
def steady(empty: Platform, tmp_path: Path) -> Platform:
    """Thirty dollars a day, of which ten are S3's."""
    empty.ingest(str(write_steady(tmp_path / "steady", today())), lambda: datetime.now(UTC))
    return empty


@pytest.fixture
def spiked(empty: Platform, tmp_path: Path) -> Platform:
    """The same, and CloudFront at $200 in place of $20 on the odd day."""
    empty.ingest(str(write_steady(tmp_path / "spiked", today(), spike=odd_day())), lambda: datetime.now(UTC))
    return empty
