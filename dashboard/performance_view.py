"""Performance view: what the Performance page shows, and the URL that says so.

The URL is the truth: a link shows a colleague the same figures. The names are those of `python -m core performance`:
from, to (exclusive), by, edge, country, device, video, rung; beside them section.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from core.costs.period import Period
from core.performance.coverage import last_day
from core.performance.delivery import By, Only
from core.performance.experience import ExperienceBy
from dashboard.view import as_choice, as_period, last_of

_SHOWN_DAYS = 14
_LONGEST_VALUE = 200


class Section(StrEnum):
    """A part of the page."""

    DELIVERY = "delivery"
    EXPERIENCE = "experience"
    VIEWING = "viewing"


#: What each section breaks down by, and what can be filtered by in it.
BREAKDOWNS: Mapping[Section, tuple[By, ...]] = {
    Section.DELIVERY: (By.EDGE, By.COUNTRY, By.DEVICE, By.VIDEO, By.RUNG, By.HOUR),
    Section.EXPERIENCE: (By.COUNTRY, By.RUNG, By.DEVICE, By.VIDEO),
    Section.VIEWING: (),
}
FILTERS: Mapping[Section, tuple[By, ...]] = {
    Section.DELIVERY: (By.EDGE, By.COUNTRY, By.DEVICE, By.VIDEO, By.RUNG),
    Section.EXPERIENCE: (By.VIDEO,),
    Section.VIEWING: (By.VIDEO,),
}
PARAMETERS = ("from", "to", "section", "by", *map(str, FILTERS[Section.DELIVERY]))
UNKNOWN = "unknown"


@dataclass(frozen=True)
class PerformanceView:
    """What the page shows."""

    period: Period
    section: Section = Section.DELIVERY
    by: By = By.EDGE
    only: Only = field(default_factory=Only)

    @property
    def filters(self) -> dict[By, str]:
        """What is filtered by, whether this section can or not."""
        return {By(name): value for name, value in self.only.values.items()}

    @property
    def experience_by(self) -> ExperienceBy:
        return ExperienceBy(self.by.value)

    def filtered(self, by: By, value: str) -> "PerformanceView":
        """The same, only with requests of one value."""
        return replace(self, only=replace(self.only, **{by.value: value}))

    def without(self, by: By) -> "PerformanceView":
        return replace(self, only=replace(self.only, **{by.value: None}))

    def of_section(self, section: Section) -> "PerformanceView":
        """Another section, broken down by what that one can be."""
        known = BREAKDOWNS[section]
        return replace(self, section=section, by=self.by if not known or self.by in known else known[0])

    def query(self) -> dict[str, str]:
        """The URL's parameters; the period is stated, so that the link means the same tomorrow."""
        stated = {"from": self.period.start.isoformat(), "to": self.period.end.isoformat()}
        filters = {by.value: value or UNKNOWN for by, value in self.filters.items()}
        return {**stated, "section": self.section, "by": self.by.value, **filters}


def read_performance_view(params: Mapping[str, Sequence[str]], today: date, until: datetime | None) -> PerformanceView:
    """The view that a URL states; what it does not state, or states wrongly, is as on a first visit."""
    edge, country, device, video, rung = (_filter(last_of(params, by)) for by in FILTERS[Section.DELIVERY])
    view = PerformanceView(
        as_period(last_of(params, "from"), last_of(params, "to")) or first_period(today, until),
        by=as_choice(By, last_of(params, "by")) or By.EDGE,
        only=Only(edge, country, device, video, rung),
    )
    return view.of_section(as_choice(Section, last_of(params, "section")) or Section.DELIVERY)


def _filter(text: str) -> str | None:
    if text == UNKNOWN:
        return ""
    return text if 0 < len(text) <= _LONGEST_VALUE else None


def first_period(today: date, until: datetime | None) -> Period:
    """What a first visit shows: the newest two weeks of which anything is known."""
    end = (min(last_day(until), today) if until else today) + timedelta(1)
    return Period(end - timedelta(_SHOWN_DAYS), end)


class Span(StrEnum):
    """A period by its name; it ends with the day of the newest measurement."""

    WEEK = "Last 7 days"
    FORTNIGHT = "Last 14 days"
    MONTH = "Last 30 days"
    QUARTER = "Last 90 days"
    CUSTOM = "Custom"

    def period(self, end: date) -> Period | None:
        days = {Span.WEEK: 7, Span.FORTNIGHT: 14, Span.MONTH: 30, Span.QUARTER: 90}.get(self)
        return Period(end - timedelta(days), end) if days else None


def span_of(period: Period, end: date) -> Span:
    """The name of a period; end: of the newest day."""
    return next((span for span in Span if span.period(end) == period), Span.CUSTOM)
