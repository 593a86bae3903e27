"""The demo platform as of one day, made once for all tests that only look at it."""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache

import pytest

from core.demo.bill import Bill, make_bill
from core.demo.catalogue import Catalogue
from core.demo.sources import DemoSources, write_sources
from core.demo.story import Story
from core.demo.traffic import Traffic

TODAY, SEED = date(2026, 11, 22), 20261122


@pytest.fixture(scope="session")
def story() -> Story:
    return Story(TODAY, SEED)


@pytest.fixture(scope="session")
def traffic(story: Story) -> Traffic:
    return Traffic(story, Catalogue(story))


@pytest.fixture(scope="session")
def bill_of(traffic: Traffic) -> Callable[[date, datetime], Bill]:
    """The bill of a month as of a moment."""

    @cache
    def make(month: date, as_of: datetime) -> Bill:
        return make_bill(traffic, month, as_of)

    return make


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> DemoSources:
    """Everything, as written for the dashboard."""
    return write_sources(tmp_path_factory.mktemp("demo") / "sources", TODAY, SEED)
