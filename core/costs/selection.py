"""Selection: the charges that a question is about, as SQL on the warehouse."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from typing import Any

from core.costs.currencies import currency_named, in_words, usual_currency
from core.costs.dimensions import NOT_STATED, TAG, Dimension, Filter, Metric, dimension_named
from core.costs.period import Period
from core.costs.tags import keys_meant
from core.errors import MixedCurrencies, UnknownDimension
from core.warehouse import Warehouse

_COLUMNS = {
    Dimension.PROVIDER: "provider_name",
    Dimension.SERVICE: "service_name",
    Dimension.USAGE_FAMILY: "usage_family",
    Dimension.USAGE_TYPE: "usage_type",
    Dimension.RESOURCE: "resource_id",
    Dimension.STORAGE_CLASS: "storage_class",
    Dimension.REGION: "region_id",
    Dimension.CHARGE_CATEGORY: "charge_category",
    Dimension.ACCOUNT: "sub_account_id",
}
MEASURES = {Metric.BILLED: "billed_cost", Metric.EFFECTIVE: "effective_cost", Metric.LIST: "list_cost"}


class Selection:
    """Charges of some values, to be summed by one dimension."""

    def __init__(
        self, warehouse: Warehouse, by: str, metric: Metric, filters: tuple[Filter, ...], currency: str | None
    ) -> None:
        self.warehouse = warehouse
        self.measure = MEASURES[metric]
        self._parameters: dict[str, object] = {}
        self.label = f"coalesce({self._column(by, 'by')}, '{NOT_STATED}')"
        conditions = [self._condition(number, filter_) for number, filter_ in enumerate(filters)]
        self._conditions = "".join(f" AND {condition}" for condition in conditions)
        asked = [by, *(filter_.dimension for filter_ in filters)]
        self._daily = "resource_charges" if any(_needs_resources(name) for name in asked) else "charges"
        self.currency = None if currency is None else currency_named(warehouse, currency)

    def rows(self, columns: str, *periods: Period, by_day: bool = False) -> list[tuple[Any, ...]]:
        """The columns over the selected charges of some periods, summed by those that are no sums.

        Whole months are read from the months' own sums, unless the columns tell days apart.
        """
        monthly = not by_day and all(period.whole_months for period in periods)
        return self.warehouse.query(
            f"SELECT {columns} FROM {'monthly_charges' if monthly else self._daily} "
            f"WHERE {_days(periods)}{self._conditions} GROUP BY ALL",
            self._parameters,
        )

    def currency_of(self, found: Iterable[str]) -> str:
        """The currency asked for, or else that of the charges found. Raises MixedCurrencies when there are several."""
        if self.currency:
            return self.currency
        there = tuple(set(found))
        if len(there) > 1:
            raise MixedCurrencies(
                f"The charges are in {in_words(there)}, which do not add up.",
                f"Name one: --currency {' or --currency '.join(sorted(there))}.",
            )
        return there[0] if there else usual_currency(self.warehouse)

    def _condition(self, number: int, filter_: Filter) -> str:
        column = self._column(filter_.dimension, f"tag_{number}")
        if filter_.value is None or filter_.value == NOT_STATED:
            return f"{column} IS NULL"
        self._parameters[f"value_{number}"] = filter_.value
        return f"{column} = $value_{number}"

    def _column(self, name: str, tag_parameter: str) -> str:
        dimension = dimension_named(name)
        if not dimension.startswith(TAG):
            return _COLUMNS[Dimension(dimension)]
        keys = _keys_meant(self.warehouse, dimension.removeprefix(TAG))
        parameters = {f"{tag_parameter}_{number}": key for number, key in enumerate(keys)}
        self._parameters |= parameters
        return f"coalesce({', '.join(f'tags[${name}]' for name in parameters)})"


def _days(periods: tuple[Period, ...]) -> str:
    """The condition that a charge's day is in one of the periods; as one span, which is planned in half the time."""
    ordered = sorted(periods, key=lambda period: period.start)
    span = _between(ordered[0].start, max(period.end for period in ordered))
    gaps = (_between(earlier.end, later.start) for earlier, later in pairwise(ordered) if earlier.end < later.start)
    return " AND NOT ".join([span, *gaps])


def _between(start: date, end: date) -> str:
    return f"(charge_period_start >= DATE '{start}' AND charge_period_start < DATE '{end}')"


def tag_keys(warehouse: Warehouse) -> tuple[str, ...]:
    """Every tag key that a charge carries."""
    return tuple(dict.fromkeys(key for key, _ in _tag_keys(warehouse)))


def _tag_keys(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Each key, and whether it is on a charge of AWS."""
    return warehouse.standing(
        "SELECT DISTINCT unnest(map_keys(tags)) AS key, coalesce(provider_name = 'AWS', false) "
        "FROM (SELECT DISTINCT tags, provider_name FROM monthly_charges) ORDER BY ALL"
    )


def _keys_meant(warehouse: Warehouse, asked: str) -> tuple[str, ...]:
    """The keys that the bills write it as. Raises UnknownDimension where there is none, or one cannot tell which."""
    keys = keys_meant(asked, _tag_keys(warehouse))
    if not keys:
        known = ", ".join(tag_keys(warehouse)[:20]) or "none"
        raise UnknownDimension(f"No charge carries a tag {asked!r}.", f"The tags are: {known}.")
    return keys


def _needs_resources(name: str) -> bool:
    dimension = dimension_named(name)
    return dimension == Dimension.RESOURCE or dimension.startswith(TAG)
