"""Video costs: what each video, or each rung, costs, asked once while the bills and measurements stay as they are."""

from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from core.bootstrap import Platform
from core.catalog.names import Name, names
from core.costs.attributed import Attribution
from core.costs.attribution import attribute
from core.costs.dimensions import Metric
from core.costs.encoded import Encoded, encoded_seconds
from core.costs.period import Period
from core.costs.titles import Title
from core.costs.uploads import Upload, uploads
from core.costs.whole_months import monthly_charges
from core.errors import NoBillingData
from core.warehouse import Warehouse
from dashboard import format


def attributed(
    platform: Platform, period: Period, by: Title, metric: Metric = Metric.BILLED, currency: str | None = None
) -> Attribution:
    """A period's bill, shared out. Raises NoBillingData when no bill covers the period."""
    encoded, uploaded = encoded_seconds(platform.database, period), uploads(platform.database, by)
    warehouse = platform.warehouse
    state = str(warehouse.folder), warehouse.revision()
    return _asked(*state, period, by, metric, currency, encoded, uploaded, warehouse)


@st.cache_resource(max_entries=20, show_spinner="Sharing out the bill ...")
def _asked(
    folder: str,
    revision: int,
    period: Period,
    by: Title,
    metric: Metric,
    currency: str | None,
    encoded: tuple[Encoded, ...],
    uploaded: tuple[Upload, ...],
    _warehouse: Warehouse,
) -> Attribution:
    return attribute(_warehouse, period, by, metric, currency, encoded, uploaded)


def monthly(platform: Platform, found: Attribution) -> list[str]:
    """What to say of tax and support where the days are a part of a month."""
    charged = monthly_charges(platform.warehouse, found.period, found.currency, found.metric)
    return [each.words(format.money(each.cost, found.currency)) for each in charged]


def is_measured(platform: Platform) -> bool:
    """Whether anything was measured that a bill can be shared out by."""
    warehouse = platform.warehouse
    return any(warehouse.standing(f"SELECT 1 FROM {view} LIMIT 1") for view in ("request_titles", "inventory"))


@dataclass(frozen=True)
class Billed:
    """What videos cost in a period, by their ids."""

    period: Period
    attribution: Attribution

    def cost(self, video_id: str) -> Decimal:
        return self.attribution.of(video_id).total


def billed(platform: Platform, period: Period) -> Billed | None:
    """What each video cost in a period; None where nothing was measured to tell it by, or no bill covers it."""
    if not is_measured(platform):
        return None
    try:
        return Billed(period, attributed(platform, period, Title.VIDEO))
    except NoBillingData:
        return None


def called(platform: Platform, found: Attribution, ids: list[str]) -> dict[str, Name]:
    """What titles are called: videos by the catalog, others by themselves."""
    if found.by is Title.VIDEO:
        return names(platform.database, ids)
    return {id: Name(id, "") for id in ids}
