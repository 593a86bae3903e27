"""The demo's dates follow from today, and within a month they stay."""

from datetime import UTC, date, datetime

import pytest

from core.costs.period import Period, midnight
from core.demo.story import Story, days_between


def test_the_plot_of_november_2026(story: Story):
    assert story.start == date(2025, 6, 1)
    assert story.end == date(2026, 12, 1)
    assert story.migration_starts == date(2026, 4, 10)
    assert story.uploads_go_to_s3 == date(2026, 5, 15)
    assert story.credits == Period(date(2026, 4, 1), date(2026, 7, 1))
    assert story.private_rates_start == date(2026, 7, 1)
    assert story.refunded_on == date(2026, 9, 17)
    assert story.mishap == (datetime(2026, 8, 11, 14, tzinfo=UTC), datetime(2026, 8, 20, 11, tzinfo=UTC))


@pytest.mark.parametrize("today", [date(2026, 11, 1), date(2026, 11, 30)], ids=str)
def test_another_day_of_the_month_tells_the_same_story(story: Story, today: date):
    other = Story(today, story.seed)

    assert (other.start, other.end, other.mishap) == (story.start, story.end, story.mishap)
    assert (other.migration_starts, other.migration_ends) == (story.migration_starts, story.migration_ends)


def test_the_mishap_lasts_from_its_deployment_to_the_repair(story: Story):
    assert not story.is_mishap(datetime(2026, 8, 11, 13, tzinfo=UTC))
    assert story.is_mishap(datetime(2026, 8, 11, 14, tzinfo=UTC))
    assert story.is_mishap(datetime(2026, 8, 20, 10, tzinfo=UTC))
    assert not story.is_mishap(datetime(2026, 8, 20, 11, tzinfo=UTC))


def test_days_are_counted_up_to_and_without_the_end():
    assert days_between(date(2028, 2, 28), date(2028, 3, 1)) == [date(2028, 2, 28), date(2028, 2, 29)]
    assert midnight(date(2028, 2, 29)) == datetime(2028, 2, 29, tzinfo=UTC)
