"""Story: the dates that the demo platform's history turns on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from core.costs.period import Period, add_months, midnight

#: Calendar months of history, the current one included.
MONTHS = 18
#: The newest of them are delivered as CUR 2.0, the ones before as legacy CUR.
CUR2_MONTHS = 12
#: How far back what is measured goes, beside the beginning and the end of the mishap.
MEASURED_DAYS = 32
_WEEKEND = (5, 6)


@dataclass(frozen=True)
class Story:
    """Everything is dated from the first of this month, so that yesterday's past is today's past too."""

    today: date
    seed: int

    @property
    def now(self) -> datetime:
        """When the newest delivery was made."""
        return midnight(self.today)

    def months_ago(self, months: int) -> date:
        """The first of the month that many months ago."""
        return add_months(self.today.replace(day=1), -months)

    @property
    def start(self) -> date:
        return self.months_ago(MONTHS - 1)

    @property
    def end(self) -> date:
        """The first day after this month; the story is planned until then."""
        return self.months_ago(-1)

    @property
    def encoder_changed(self) -> date:
        """What was published before, long ago, was encoded by another encoder."""
        return self.months_ago(51)

    @property
    def migration_starts(self) -> date:
        """From here on videos move from Supabase to S3."""
        return self.months_ago(7) + timedelta(9)

    @property
    def uploads_go_to_s3(self) -> date:
        """From here on new videos are never on Supabase."""
        return self.migration_starts + timedelta(35)

    @property
    def migration_ends(self) -> date:
        """When the last video is planned to have moved."""
        return self.migration_starts + timedelta(285)

    @property
    def credits(self) -> Period:
        """While AWS gives a promotional credit for migrating."""
        return Period(self.months_ago(7), self.months_ago(4))

    @property
    def private_rates_start(self) -> date:
        """From here on CloudFront gives a private discount: the price step."""
        return self.months_ago(4)

    @cached_property
    def mishap(self) -> tuple[datetime, datetime]:
        """From the deployment that broke the cache headers to the one that mended them."""
        deployed = midnight(self.months_ago(3) + timedelta(10)) + timedelta(hours=14)
        return deployed, deployed + timedelta(days=8, hours=21)

    @property
    def refunded_on(self) -> date:
        return self.months_ago(2) + timedelta(16)

    @property
    def restated_legacy_month(self) -> date:
        """The month of the legacy report whose first assembly is still there beside the final one."""
        return self.months_ago(14)

    @property
    def edge_breaks(self) -> date:
        """From here on an edge is slow and fails whenever much is watched: on Saturdays and Sundays."""
        return self.months_ago(1)

    def is_edge_bad(self, day: date) -> bool:
        return day >= self.edge_breaks and day.weekday() in _WEEKEND

    @property
    def pilot(self) -> tuple[date, date]:
        """Two days of the migration's first week, when each request was logged: there were few."""
        first = self.migration_starts + timedelta((7 - self.migration_starts.weekday()) % 7 + 1)
        return first, first + timedelta(1)

    @cached_property
    def measured(self) -> tuple[date, ...]:
        """The days that are measured, but for the pilot's; all of them are over."""
        broken, mended = (instant.date() for instant in self.mishap)
        begins, ends = days_between(broken - timedelta(1), broken + timedelta(3)), (mended, mended + timedelta(1))
        return tuple(sorted({*begins, *ends, *days_between(self.today - timedelta(MEASURED_DAYS), self.today)}))

    def is_mishap(self, hour: datetime) -> bool:
        broken, mended = self.mishap
        return broken <= hour < mended


def days_between(start: date, end: date) -> list[date]:
    """The days from start up to, and without, end."""
    return [start + timedelta(n) for n in range((end - start).days)]
