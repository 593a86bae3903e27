"""View: what the Costs page shows, and the URL that says so.

The URL is the truth: a link shows a colleague the same figures. The names are those of
`python -m core costs`: from, to (exclusive), by, metric, currency; beside them grain, compare,
and one `filter=dimension=value` for each filter (`filter=dimension` alone: where it is not stated).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import quote, unquote

from core.costs.dimensions import Dimension, Filter, Metric, dimension_named
from core.costs.period import Period, add_months, month_to_date
from core.costs.series import Grain
from core.costs.titles import Title, title_named
from core.errors import UnknownDimension

_Choice = TypeVar("_Choice", bound=StrEnum)

#: What a URL states, beside the currency, which is that of other pages as well.
PARAMETERS = ("from", "to", "by", "metric", "grain", "compare", "filter")
#: Bills that are further behind are not waited for.
_LATE = timedelta(7)
#: How far a period may go; nobody means more.
MOST_DAYS = 3_660


class Preset(StrEnum):
    """A period by its name."""

    THIS_MONTH = "This month"
    LAST_MONTH = "Last month"
    LAST_30_DAYS = "Last 30 days"
    LAST_3_MONTHS = "Last 3 months"
    LAST_6_MONTHS = "Last 6 months"
    LAST_12_MONTHS = "Last 12 months"
    CUSTOM = "Custom"

    def period(self, today: date, until: date | None = None) -> Period:
        """The days it means; of months that are over all.

        Of this month and the last days only those before `until`, when the bills stop being whole: half a day would
        read as a saving.
        """
        first, end = today.replace(day=1), _end_of_days(today, until)
        if self is Preset.LAST_30_DAYS:
            return Period(end - timedelta(30), end)
        months = {Preset.LAST_MONTH: 1, Preset.LAST_3_MONTHS: 3, Preset.LAST_6_MONTHS: 6, Preset.LAST_12_MONTHS: 12}
        if self in months:
            return Period(add_months(first, -months[self]), first)
        return Period(first, end) if end > first else month_to_date(today)


def _end_of_days(today: date, until: date | None) -> date:
    """The first day that counts no more; bills that stopped long ago move nothing."""
    return until if until and timedelta(0) < today - until <= _LATE else today


class Against(StrEnum):
    """What a period is compared with."""

    BEFORE = "period before"
    YEAR = "a year before"
    NOTHING = "nothing"

    def period(self, period: Period) -> Period | None:
        """The days to compare with."""
        if self is Against.BEFORE:
            return period.previous
        if self is Against.YEAR:
            return Period(_year_before(period.start), _year_before(period.end))
        return None


def _year_before(day: date) -> date:
    last = add_months(day.replace(day=1, year=day.year - 1), 1) - timedelta(1)
    return last.replace(day=min(day.day, last.day))


@dataclass(frozen=True)
class View:
    """What the Costs page shows."""

    period: Period
    by: str = Dimension.SERVICE
    metric: Metric = Metric.BILLED
    grain: Grain = Grain.DAY
    against: Against = Against.BEFORE
    filters: tuple[Filter, ...] = ()
    currency: str | None = None  #: None: whichever is the usual one when it is shown

    def preset(self, today: date, until: date | None = None) -> Preset:
        """The name of its period."""
        named = (preset for preset in Preset if preset is not Preset.CUSTOM)
        return next((preset for preset in named if preset.period(today, until) == self.period), Preset.CUSTOM)

    def filtered(self, added: Filter) -> "View":
        """The same, only with what the filter lets through; it takes the place of one on the same dimension."""
        kept = tuple(old for old in self.filters if old.dimension != added.dimension)
        return replace(self, filters=(*kept, added))

    def without(self, removed: Filter) -> "View":
        return replace(self, filters=tuple(old for old in self.filters if old != removed))

    def query(self) -> dict[str, str | list[str]]:
        """The URL's parameters; every one is stated, so that the link means the same tomorrow."""
        return {
            "from": self.period.start.isoformat(),
            "to": self.period.end.isoformat(),
            "by": self.by,
            "metric": self.metric,
            "grain": self.grain,
            "compare": self.against.name.lower(),
            "filter": [_as_text(each) for each in self.filters],
            **({"currency": self.currency} if self.currency else {}),
        }


#: What a line of a breakdown is best seen by; else the first of _PATH that is not filtered by.
_INSIDE: dict[str, Dimension] = {
    Dimension.SERVICE: Dimension.USAGE_FAMILY,
    Dimension.USAGE_FAMILY: Dimension.USAGE_TYPE,
    Dimension.USAGE_TYPE: Dimension.RESOURCE,
    Dimension.RESOURCE: Dimension.USAGE_TYPE,
    Dimension.STORAGE_CLASS: Dimension.USAGE_TYPE,
}
_PATH = (
    Dimension.SERVICE,
    Dimension.USAGE_FAMILY,
    Dimension.USAGE_TYPE,
    Dimension.RESOURCE,
    Dimension.REGION,
    Dimension.CHARGE_CATEGORY,
)


def inside(view: View, value: str | None) -> View | None:
    """What one line of the view's breakdown is made of; None when there is nothing more to tell it apart by."""
    taken = {view.by, *(each.dimension for each in view.filters)}
    following = next((step for step in (_INSIDE.get(view.by), *_PATH) if step and step not in taken), None)
    return replace(view.filtered(Filter(view.by, value)), by=str(following)) if following else None


def read_view(params: Mapping[str, Sequence[str]], today: date, until: date | None = None) -> View:
    """The view that a URL states; what it does not state, or states wrongly, is as on a first visit."""
    period = as_period(last_of(params, "from"), last_of(params, "to")) or first_period(today, until)
    return View(
        period,
        by=as_dimension(last_of(params, "by")) or Dimension.SERVICE,
        metric=as_choice(Metric, last_of(params, "metric")) or Metric.BILLED,
        grain=as_choice(Grain, last_of(params, "grain")) or usual_grain(period),
        against=as_against(last_of(params, "compare")) or Against.BEFORE,
        filters=tuple(found for text in params.get("filter", ()) if (found := as_filter(text))),
        currency=last_of(params, "currency") or None,
    )


def first_period(today: date, until: date | None) -> Period:
    """What a first visit shows: the newest month that has whole days, until `until`, when they end."""
    if until is None:
        return Preset.THIS_MONTH.period(today)
    return Period((until - timedelta(1)).replace(day=1), until)


def usual_grain(period: Period) -> Grain:
    """The longest steps that still show the shape."""
    if period.days <= 62:
        return Grain.DAY
    return Grain.WEEK if period.days <= 190 else Grain.MONTH


def last_of(params: Mapping[str, Sequence[str]], name: str) -> str:
    """What counts of a parameter that is stated more than once; nothing where it is not."""
    values = params.get(name) or [""]
    return values[-1]


def as_period(start: str, end: str) -> Period | None:
    """The days from one to the other; None where that is no period, or a longer one than anybody means."""
    try:
        period = Period(date.fromisoformat(start), date.fromisoformat(end))
    except ValueError:
        return None
    return period if period.days <= MOST_DAYS and period.start.year > 1 else None


def as_choice(choices: type[_Choice], text: str) -> _Choice | None:
    """The choice of that name, in capitals or not."""
    return next((choice for choice in choices if choice == text.lower()), None)


def as_against(text: str) -> Against | None:
    """What is compared with, by the name that URLs give it."""
    return Against.__members__.get(text.upper())


def as_dimension(text: str) -> str | None:
    """The dimension, or title, that is meant, under any of the names that the command takes."""
    if title := title_named(text):
        return str(title)
    try:
        return str(dimension_named(text))
    except UnknownDimension:
        return None


def _as_text(filter_: Filter) -> str:
    dimension = quote(filter_.dimension, safe=":/ ")
    return dimension if filter_.value is None else f"{dimension}={filter_.value}"


def as_filter(text: str) -> Filter | None:
    """One filter as the URL states it; None where it is of no dimension."""
    name, stated, value = text.partition("=")
    dimension = as_dimension(unquote(name))
    if dimension in tuple(Title):  # the bill names none, so it cannot be filtered by one
        return None
    return Filter(dimension, value if stated else None) if dimension else None
