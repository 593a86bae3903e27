"""The demo's alerts: a budget that will not be enough, an odd night that is over; and one that reaches people."""

import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.access.roles import Role, User, Via
from core.alerts.alert import State
from core.alerts.rule import Comparison, Rule
from core.bootstrap import Platform, open_platform
from core.costs.budget_standing import standing
from core.costs.budget_store import Budgets
from core.costs.period import midnight
from core.demo.alerting import write_alerting
from core.demo.events import read_events
from core.installation import demo_sources
from core.settings import load_settings
from tests.support.mail_server import mail_server
from tests.support.webhook import webhook

BOSS = User("boss", Role.ADMIN, Via.DEMO)


@pytest.fixture(scope="module")
def seeded_once(seeded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(seeded_home, tmp_path_factory.mktemp("demo") / "home")


@pytest.fixture
def demo(seeded_once: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    monkeypatch.setenv("PHYGHT_HOME", str(seeded_once))
    monkeypatch.setenv("PHYGHT_DEMO", "on")
    return open_platform(load_settings())


def seeded_at(demo: Platform) -> datetime:
    return max(each.evaluated_at for each in demo.alerts.rules.all(BOSS, datetime.now(UTC)) if each.evaluated_at)


def test_one_budget_will_not_be_enough_and_one_is_fine(demo: Platform):
    now = seeded_at(demo)
    found = {each.name: standing(demo.warehouse, each, now) for each in Budgets(demo.database, demo.audit).all()}
    shares = {name: each.expected_share or 0 for name, each in found.items()}

    assert shares["All costs"] > 1
    assert shares["Storage"] < 1
    (fires,) = [each for each in demo.alerts.alerts.open(BOSS) if each.figure == "budget_expected"]
    assert fires.subject == "All costs"


def morning(day: date, later: int) -> datetime:
    """At nine, some days later."""
    return midnight(day) + timedelta(later, hours=9)


def test_the_newest_big_night_was_found_and_is_over(demo: Platform):
    now = seeded_at(demo)
    nights = [each for each in read_events(demo_sources(demo.home)) if each.peak > 3]
    night = max((each for each in nights if morning(each.date, 7) <= now), key=lambda each: each.date)

    odd = [each for each in demo.alerts.alerts.history(BOSS, now) if each.figure == "odd_days"]
    over = [each for each in odd if each.state is State.RESOLVED and each.subject == "Amazon CloudFront"]

    assert over
    for each in over:
        assert each.acknowledged_by == "studio"
        assert each.since.date() in (night.date, night.date + timedelta(1))
        assert each.worst > 100
        assert (each.fired_at, each.resolved_at) == (morning(night.date, 2), morning(night.date, 7))


def test_seeding_again_tells_nothing_again_and_leaves_budgets_alone(demo: Platform):
    now = seeded_at(demo) + timedelta(minutes=1)
    before = demo.alerts.alerts.history(BOSS, now)
    budgets = Budgets(demo.database, demo.audit)
    kept = budgets.all()

    write_alerting(demo.alerts.handles, demo.alerts.address, read_events(demo_sources(demo.home)), now)

    assert [each.id for each in demo.alerts.alerts.history(BOSS, now)] == [each.id for each in before]
    assert budgets.all() == kept


def test_an_alert_born_in_the_demo_reaches_a_mailbox_and_a_webhook(demo: Platform):
    with mail_server() as mailbox, webhook() as hook:
        now = seeded_at(demo) + timedelta(minutes=5)
        demo.alerts.channels.add(BOSS, "ops", mailbox.address(), now)
        demo.alerts.channels.add(BOSS, "hook", hook.address, now)
        demo.alerts.rules.add(BOSS, Rule("", "It costs", "cost_of_day", Comparison.ABOVE, Decimal(1)), now)
        demo.alerts.evaluate(now + timedelta(minutes=5))
        demo.alerts.send(lambda: now + timedelta(minutes=5))

        (mail,) = [each for each in mailbox.mails if each["Subject"] == "Warning: It costs"]
        (post,) = [each for each in hook.posted if each["title"] == "Warning: It costs"]
    (alert,) = [each for each in demo.alerts.alerts.open(BOSS) if each.title == "It costs"]
    text = mail.get_body(("plain",))
    assert text
    assert f"Now ${alert.value:,.2f}, above $1.00." in text.get_content()
    assert alert.link.startswith("/costs?from=")
    assert f"{demo.alerts.address}{alert.link}" in text.get_content()
    assert mail["Message-ID"] == f"<{post['id']}@example.com>"
    told = demo.alerts.alerts.told(BOSS, now)[alert.id]
    assert {(each.channel, each.state) for each in told} == {("ops", "sent"), ("hook", "sent")}
