"""This month until now on Overview: one line where something was measured, otherwise as before."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from core.running.estimated import Estimate, Part, PastError, RunningLine, RunningMonth
from dashboard import running
from tests.costs.measurements import measure
from tests.pages.bills import words

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
UNTIL = datetime(2026, 11, 21, tzinfo=UTC)


def month(*past: PastError) -> RunningMonth:
    """$600 billed, $30 estimated, $240 of other things."""
    line = RunningLine(Part.CDN_TRANSFER, Decimal(600), UNTIL, Estimate(Decimal(30), NOW, "CloudWatch"))
    return RunningMonth(date(2026, 11, 1), NOW, (line,), Decimal(240), past, date(2026, 11, 21))


def test_the_line_has_the_sum_and_what_of_it_is_estimated():
    assert running.words(month()) == (
        ":material/hourglass_top: November until now (estimate): **\\$870\\.00**: what was billed, and \\$30\\.00 "
        "since 21 Nov 00:00 UTC at list price."
    )


def test_the_line_says_how_far_off_it_would_have_been():
    past = PastError(date(2026, 10, 1), datetime(2026, 10, 21, tzinfo=UTC), Decimal(102), Decimal(100), Decimal(3))

    assert running.words(month(past)).endswith("On the same day of October it would have said 2.0\u202f% too much.")


def test_overview_has_the_line_where_something_was_measured_since_the_bill(platform, visit):
    now = datetime.now(UTC)
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    hour = max(now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1), month)
    begin = {"period_start": f"{hour:%Y-%m-%d %H}:00:00", "period_s": 3600, "value": 1.0, "region": "us-east-1"}
    about = {"namespace": "AWS/CloudFront", "dimensions": "DistributionId=E1,Region=Global", "stat": "Sum"}
    measure(platform, "metrics", [begin | about | {"metric": "BytesDownloaded"}])

    app = visit("overview")

    # in the first hour of a month none of its hours is over
    assert (f"{now:%B} until now (estimate)" in words(app)) == (hour + timedelta(hours=1) <= now)


def test_overview_is_as_before_without_measurements(platform, visit):
    assert "until now" not in words(visit("overview"))
