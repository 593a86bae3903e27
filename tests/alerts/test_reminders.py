"""Reminders: what nobody takes on is told again, once each time, and never on top of a message that is on its way."""

from datetime import timedelta

import pytest

from core.alerts.quiet import quiet_hours
from core.alerts.rule import Severity
from core.errors import RuleRefused
from tests.alerts.conftest import ADA, NOON, OLGA, Installation, minutes
from tests.support.webhook import Webhook, webhook

DAY = 24 * 60


@pytest.fixture
def hook():
    with webhook() as server:
        yield server


def titles(hook: Webhook) -> list[str]:
    return [each["title"] for each in hook.posted]


def pass_time(home: Installation, *at: float, **values: str) -> None:
    """Evaluate and send so many minutes after noon."""
    for each in at:
        home.evaluate(minutes(each), **(values or {"whole": "0.08"}))
        home.send(minutes(each))


def test_what_is_critical_is_told_again_each_day_until_somebody_takes_it_on(either_home: Installation, hook: Webhook):
    home = either_home
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule(severity=Severity.CRITICAL)
    first, again = "Critical: Many errors", "Still critical: Many errors"

    pass_time(home, 0, 5, DAY - 1)
    assert titles(hook) == [first]
    pass_time(home, DAY, DAY + 5, 2 * DAY - 1)
    assert titles(hook) == [first, again]
    pass_time(home, 2 * DAY + 3)
    assert titles(hook) == [first, again, again]

    (alert,) = home.alerts.open(OLGA)
    home.alerts.acknowledge(OLGA, alert.id, minutes(2 * DAY + 10))
    pass_time(home, 4 * DAY)
    assert titles(hook) == [first, again, again]
    pass_time(home, 4 * DAY + 5, whole="0.01")
    assert titles(hook)[3:] == ["Resolved: Many errors"]


def test_a_warning_is_told_once_unless_its_rule_says_otherwise(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule("Once")
    home.rule("Hourly", remind=timedelta(hours=1))
    home.rule("Never", severity=Severity.CRITICAL, remind=timedelta(0))

    pass_time(home, 0, 60, 10 * DAY)

    assert sorted(titles(hook)[3:]) == ["Still warning: Hourly"] * 2


def test_a_reminder_tells_of_all_that_is_due_in_one_message_with_values_of_now(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule(remind=timedelta(hours=1))

    pass_time(home, 0, one="0.08", other="0.09")
    pass_time(home, 60, one="0.1", other="0.2")

    assert titles(hook)[1:] == ["Still warning: Many errors: one and 1 more"]
    assert "Now 10 %, above 5 %. Since 30 Nov 2026, 12:00 UTC." in hook.posted[1]["message"]


def test_a_channel_that_is_down_gathers_no_reminders_and_keeps_no_other_from_them(home: Installation, hook: Webhook):
    home.channels.add(ADA, "down", "json://127.0.0.1:9/", NOON)
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule(remind=timedelta(hours=1))

    pass_time(home, 0, 60, 120)

    assert titles(hook) == ["Warning: Many errors", *["Still warning: Many errors"] * 2]
    assert [channel for _, channel, state, _ in home.deliveries() if state == "waiting"] == ["down"]


def test_in_quiet_hours_a_reminder_waits_and_is_not_doubled(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule(remind=timedelta(hours=1), quiet=quiet_hours("12:30-18:00 UTC"))

    pass_time(home, 0, 60, 120, 180)
    assert titles(hook) == ["Warning: Many errors"]
    pass_time(home, 361)
    assert titles(hook) == ["Warning: Many errors", "Still warning: Many errors"]


def test_who_is_added_later_hears_of_it_with_the_next_reminder(home: Installation, hook: Webhook):
    home.rule(severity=Severity.CRITICAL)
    pass_time(home, 0)
    home.channels.add(ADA, "hook", hook.address, minutes(5))

    pass_time(home, 10)
    assert titles(hook) == []
    pass_time(home, DAY)
    assert titles(hook) == ["Still critical: Many errors"]


def test_what_the_figure_does_not_know_any_more_is_told_as_it_was(home: Installation, hook: Webhook):
    home.channels.add(ADA, "hook", hook.address, NOON)
    home.rule(remind=timedelta(hours=1))
    pass_time(home, 0)

    home.figure.error = ValueError("broken")
    pass_time(home, 60)

    assert titles(hook)[1:] == ["Still warning: Many errors"]


@pytest.mark.parametrize("remind", [timedelta(minutes=9), timedelta(days=93), timedelta(minutes=-5)])
def test_nobody_is_reminded_all_the_time(home: Installation, remind: timedelta):
    with pytest.raises(RuleRefused, match="10 minutes to 92 days, or never"):
        home.rule(remind=remind)


def test_it_is_kept_with_its_rule(either_home: Installation):
    rules = [either_home.rule(remind=each) for each in (None, timedelta(0), timedelta(hours=6))]

    kept = {each.rule.id: each.rule.remind for each in either_home.rules.all(ADA, NOON)}

    assert [kept[each.id] for each in rules] == [None, timedelta(0), timedelta(hours=6)]
