"""Alerts: what fires is seen and taken on, rules and channels are made and changed, each by those who may."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Role, User, Via
from core.alerts import store
from core.alerts.alert import Alert
from core.alerts.rule import Comparison, Rule
from core.bootstrap import Platform
from tests.pages.bills import words
from tests.support.webhook import Webhook, webhook

pytestmark = pytest.mark.usefixtures("autumn")

BOSS = User("demo", Role.ADMIN, Via.DEMO)
NOW = datetime.now(UTC)


@pytest.fixture
def late(platform: Platform) -> Platform:
    """The bill ends on 21 November, and somebody has noticed."""
    platform.alerts.evaluate(NOW)
    return platform


@pytest.fixture
def hook() -> Iterator[Webhook]:
    with webhook() as server:
        yield server


def plain(app: AppTest) -> str:
    """All words, as they are read."""
    return words(app).replace("\\", "").replace("\N{WORD JOINER}", "")


def rules(platform: Platform) -> dict[str, Rule]:
    return {each.rule.title: each.rule for each in platform.alerts.rules.all(BOSS, NOW)}


def keys(app: AppTest) -> set[str]:
    return {str(each.key) for each in app.button}


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def bill_late(platform: Platform) -> Alert:
    return next(each for each in platform.alerts.alerts.open(BOSS) if each.figure == "bill_age")


def acknowledge(platform: Platform) -> str:
    """The button's key, of the bill that is late."""
    return f"acknowledge-{bill_late(platform).id}"


# Firing


def test_before_anything_was_evaluated_the_page_says_so(empty, visit):
    assert "Nothing was evaluated yet." in plain(visit("alerts"))


def test_where_nothing_fires_all_is_well_and_when_that_was_seen(empty, visit):
    empty.alerts.evaluate(datetime.now(UTC))

    text = plain(visit("alerts"))

    assert "All is well. Nothing fires." in text.replace("**", "")
    assert re.search(r"\d+ rules, last evaluated .*, just now", text)
    assert "Nobody is told: no channel is on." in text


def test_an_alert_says_what_how_much_since_when_and_what_to_do(late, visit):
    text = plain(visit("alerts"))

    assert "Warning · **A bill is late: AWS**" in text
    assert "above 48 h**, since 21 Nov 00:00 UTC" in text
    assert "Its bill ends on 21 Nov 2026, 00:00 UTC." in text
    assert "**What to do:** Later days are in no figure." in text


def test_a_viewer_sees_and_an_operator_takes_it_on_with_a_note(late, visit):
    looking = visit("alerts", role="viewer")
    assert "to acknowledge one takes the role operator" in plain(looking)
    assert not any(each.startswith("acknowledge-") for each in keys(looking))

    app = visit("alerts", role="operator")
    app = press(app, acknowledge(late))
    app.text_area(key="alerts-note").set_value("I have written to AWS")
    app = press(app, "asking-yes")

    assert "**demo** has it" in plain(app)
    assert "I have written to AWS" in plain(app)
    taken = bill_late(late)
    assert (taken.state, taken.acknowledged_by) == ("acknowledged", "demo")


def test_who_comes_second_is_told_who_was_first(late, visit):
    app = visit("alerts")
    app = press(app, acknowledge(late))
    alert = bill_late(late)
    late.alerts.alerts.acknowledge(User("olga", Role.OPERATOR, Via.PASSWORD), alert.id, NOW)

    assert "olga has acknowledged it already." in plain(press(app, "asking-yes"))


def test_what_has_to_last_is_pending_below(late, visit):
    late.alerts.rules.add(
        BOSS, Rule("", "Dear", "cost_of_month", Comparison.ABOVE, Decimal(100), hold=timedelta(hours=1)), NOW
    )
    late.alerts.evaluate(NOW + timedelta(seconds=1))

    text = plain(visit("alerts"))

    assert "May fire soon" in text
    assert "Dear · **$840.00, above $100.00**" in text


# Rules


def add(app: AppTest, figure: str, threshold: float | None, title: str = "") -> AppTest:
    app = press(app, "rule-add")
    app = app.selectbox(key="rule-figure").select(figure).run()
    app.number_input(key=f"rule-threshold {figure}").set_value(threshold)
    app.text_input(key="rule-title").set_value(title)
    return press(app, "asking-yes")


def test_a_threshold_is_written_in_per_cent_and_kept_as_a_share(platform, visit):
    app = add(visit("alerts", section="Rules"), "hit_ratio", 92.5, "Cache is cold")

    made = rules(platform)["Cache is cold"]
    assert (made.figure, made.comparison, made.threshold) == ("hit_ratio", "below", Decimal("0.925"))
    assert "Cache is cold" in app.dataframe[0].value["Rule"].tolist()


def test_a_rule_without_a_title_is_called_by_its_figure(platform, visit):
    add(visit("alerts", section="Rules"), "cost_of_day", 50)

    assert rules(platform)["Cost of a day is high"].threshold == Decimal(50)


def test_only_what_the_figure_allows_is_asked_for(platform, visit):
    app = press(visit("alerts", section="Rules"), "rule-add")

    fields = {}
    for figure in ("cost_of_month", "hit_ratio", "budget_used"):
        app = app.selectbox(key="rule-figure").select(figure).run()
        fields[figure] = [each.label for each in app.selectbox if str(each.key).startswith("rule-")]
        assert fields[figure].pop() == "Told again while nobody takes it on"
        fields[figure] += [each.label for each in app.text_input if each.key == "rule-subject"]

    assert fields == {
        "cost_of_month": ["Figure", "Fires when it is", "For at least", "Only", "One alert for each"],
        "hit_ratio": ["Figure", "Fires when it is", "Of the last", "For at least", "Only"],
        "budget_used": ["Figure", "Fires when it is", "For at least", "Only of"],
    }


def test_what_cannot_be_is_said_and_the_dialog_stays(platform, visit):
    app = add(visit("alerts", section="Rules"), "cost_of_day", None)

    assert "It needs a threshold." in plain(app)
    assert "asking-yes" in keys(app)


def test_costs_can_be_watched_of_one_service_and_tried_first(platform, visit):
    app = press(visit("alerts", section="Rules"), "rule-add")
    app = app.selectbox(key="rule-figure").select("cost_of_month").run()
    app = app.selectbox(key="rule-dimension cost_of_month").select("service").run()
    app.selectbox(key="rule-value cost_of_month service").select("Amazon CloudFront")
    app.number_input(key="rule-threshold cost_of_month").set_value(500)
    app = press(app, "rule-now")
    assert "**$600.00**. It would fire." in plain(app)

    press(app, "asking-yes")

    (only,) = rules(platform)["Cost of the month so far is high"].filters
    assert (only.dimension, only.value) == ("service", "Amazon CloudFront")


def chosen(platform: Platform, visit, title: str, role: str = "admin") -> AppTest:
    return visit("alerts", section="Rules", rule=rules(platform)[title].id, role=role)


def test_a_rule_is_changed_from_what_it_was(platform, visit):
    app = press(chosen(platform, visit, "The cache misses a lot"), "rule-change")
    assert "From: default" in words(app)
    assert app.number_input(key="rule-threshold hit_ratio").value == 90.0
    assert app.number_input(key="rule-resolve hit_ratio").value == 92.0

    app.number_input(key="rule-threshold hit_ratio").set_value(85.0)
    press(app, "asking-yes")

    changed = rules(platform)["The cache misses a lot"]
    assert (changed.threshold, changed.resolve_at) == (Decimal("0.85"), Decimal("0.92"))
    assert changed.origin == "default:hit-ratio"


def test_a_rule_is_turned_off_and_removed(platform, visit):
    app = press(chosen(platform, visit, "Videos stall"), "rule-turn")
    assert not rules(platform)["Videos stall"].enabled
    assert "Off" in app.dataframe[0].value["State"].tolist()

    app = press(app, "rule-remove")
    assert "It does not come back by itself" in plain(app)
    press(app, "asking-yes")
    assert "Videos stall" not in rules(platform)


def test_a_rule_on_a_figure_that_is_gone_is_broken_and_says_why(platform, visit):
    with platform.database.transaction() as connection:
        store.keep_rule(connection, Rule("old", "Old one", "moon", Comparison.ABOVE, Decimal(1)), NOW)
    platform.alerts.evaluate(NOW + timedelta(seconds=1))

    first = visit("alerts", section="Rules", rule="old").dataframe[0].value.iloc[0]

    assert (first["Rule"], first["State"]) == ("Old one", "Broken")
    assert "There is no figure 'moon' any more." in first["Now"]


def test_rules_say_what_their_figures_are_now(late, visit):
    table = visit("alerts", section="Rules").dataframe[0].value.set_index("Rule")

    assert table.loc["A bill is late", "State"] == "Firing"
    assert table.loc["A bill is late", "Now"].startswith("AWS: ")


def test_a_viewer_changes_no_rule_and_no_channel(platform, visit):
    app = chosen(platform, visit, "Videos stall", role="operator")
    assert keys(app).isdisjoint({"rule-add", "rule-change", "rule-turn", "rule-remove"})
    assert "takes the role admin" in plain(app)

    app = visit("alerts", role="viewer", section="Channels")
    assert "channel-add" not in keys(app)


# History


def test_the_history_says_how_long_how_bad_and_who_had_it(late, visit):
    alert = bill_late(late)
    late.alerts.alerts.acknowledge(BOSS, alert.id, NOW, "On it")
    late.alerts.rules.turn(BOSS, "bill-late", False, NOW)
    late.alerts.evaluate(NOW + timedelta(hours=2))

    app = visit("alerts", section="History", alert=alert.id)

    row = next(each for each in app.dataframe[0].value.to_dict("records") if each["What"] == "A bill is late: AWS")
    assert (row["What"], row["State"], row["Lasted"]) == ("A bill is late: AWS", "Over", "2 h 0 min")
    assert (row["Acknowledged by"], row["Told"]) == ("demo", "nobody")
    happened = [each.replace("\\", "").replace("\N{WORD JOINER}", "") for each in app.table[0].value["Detail"]]
    assert happened[1:] == ["by demo: On it", "its rule was turned off"]


# Channels


def add_channel(app: AppTest, address: str) -> AppTest:
    app = press(app, "channel-add")
    app = app.selectbox(key="channel-kind").select("Webhook").run()
    app.text_input(key="channel-name").set_value("hook")
    app.text_input(key="channel-address").set_value(address)
    return press(app, "asking-yes")


def test_a_channel_is_added_and_tested_and_its_address_is_not_shown(platform, visit, hook):
    app = add_channel(visit("alerts", section="Channels"), hook.address)
    (channel,) = platform.alerts.channels.all(BOSS)
    hook.statuses = [500]

    app = press(app, f"test-{channel.id}")
    assert "**The test could not be sent.** It answered 500." in plain(app)
    app = press(app, f"test-{channel.id}")
    assert "The channel has taken a test message." in plain(app)

    assert [each["title"] for each in hook.posted] == ["A test from Phyght"] * 2
    assert "**hook** · JSON by 127.0.0.1" in plain(app)
    assert "s3cr3t" not in plain(app)


def test_an_address_that_is_none_is_refused_without_being_repeated(platform, visit):
    app = add_channel(visit("alerts", section="Channels"), "nonsense://s3cr3t")

    assert "That is no address that a message can be sent to." in plain(app)
    assert platform.alerts.channels.all(BOSS) == ()


def test_a_message_that_could_not_be_sent_shows_its_reason(late, visit, hook):
    late.alerts.channels.add(BOSS, "hook", hook.address, NOW)
    late.alerts.rules.add(BOSS, Rule("", "Dear", "cost_of_month", Comparison.ABOVE, Decimal(100)), NOW)
    hook.statuses = [503]
    late.alerts.evaluate(NOW + timedelta(seconds=1))
    late.alerts.send(lambda: NOW + timedelta(seconds=2))

    assert "Last message: :orange[:material/schedule:] not yet sent" in plain(visit("alerts", section="Channels"))
    assert "**It answered 503.** It is tried again at" in plain(visit("alerts", section="Channels"))
    assert "Told: hook not yet (It answered 503.)" in plain(visit("alerts"))


def test_a_channel_is_turned_off_and_removed(platform, visit, hook):
    platform.alerts.channels.add(BOSS, "hook", hook.address, NOW)
    (channel,) = platform.alerts.channels.all(BOSS)

    app = press(visit("alerts", section="Channels"), f"turn-{channel.id}")
    app = press(app, f"digest-{channel.id}")
    (changed,) = platform.alerts.channels.all(BOSS)
    assert (changed.enabled, changed.digest) == (False, True)

    press(press(app, f"remove-{channel.id}"), "asking-yes")
    assert platform.alerts.channels.all(BOSS) == ()


def test_the_digest_can_be_seen_before_it_is_mailed(platform, visit):
    app = press(visit("alerts", role="viewer", section="Channels"), "digest-preview")

    assert "Mailed on Mondays" in plain(app)
    assert "Dearest videos" in "".join(str(each.proto.body) for each in app.get("html")) or "No bill covers" in "".join(
        str(each.proto.body) for each in app.get("html")
    )


# Overview


def test_the_overview_tells_each_alert_once_and_it_can_be_taken_on_there(late, visit):
    app = visit("overview")
    assert plain(app).count("is late") == 1

    app = press(press(app, acknowledge(late)), "asking-yes")

    assert "demo has it." in plain(app)
