"""Rules: what they may be, and that they are kept as they were written."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.alerts.defaults import DEFAULTS
from core.alerts.figures.registry import FIGURES
from core.alerts.quiet import quiet_hours
from core.alerts.rule import Comparison, Rule, Severity
from core.alerts.rules import Rules, checked, in_short
from core.costs.dimensions import Filter
from core.errors import AlertNotFound, PermissionDenied, RuleRefused
from tests.alerts.conftest import ADA, NOON, OLGA, VIC, Installation, minutes


def test_a_rule_is_kept_as_it_was_written(either_home: Installation):
    home = either_home
    channel = home.channels.add(ADA, "hook", "json://127.0.0.1:9/", NOON)
    rule = Rule(
        "", "CDN is dear", "cost_of_day", Comparison.ABOVE, Decimal("123.45"), Decimal("100"), timedelta(hours=6),
        timedelta(minutes=30), Severity.CRITICAL, (Filter("tag:Team", "video"), Filter("region", None)), "service",
        "Amazon CloudFront", "EUR", quiet_hours("22:00-07:00 Europe/Berlin"), False, (channel.id,), False,
    )  # fmt: skip

    kept = home.rules.add(ADA, rule, NOON)

    (standing,) = home.rules.all(VIC, NOON)
    assert standing.rule == kept == replace(rule, id=kept.id)
    assert (standing.evaluated_at, standing.broken, standing.firing) == (None, False, 0)
    entry = home.audit.latest(ADA, 1)[0]
    assert (entry.action, entry.subject, entry.detail) == (
        "add alert rule", "CDN is dear", "Cost of a day above 123.45 EUR",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"figure": "phlogiston"}, "There is no figure 'phlogiston'"),
        ({"title": " "}, "A rule needs a title"),
        ({"threshold": Decimal("NaN")}, "A threshold is a number"),
        ({"resolve_at": Decimal("0.06")}, "It would be over at 0.06 while it still fires"),
        ({"window": timedelta(0)}, "A window is from a minute to 92 days"),
        ({"hold": timedelta(days=100)}, "A window is from a minute to 92 days"),
        ({"filters": (Filter("service", "x"),)}, "The figure cannot be filtered by 'service'"),
        ({"by": "edge"}, "The figure cannot be read by 'edge'"),
        ({"channels": ("nobody",)}, "There is no channel 'nobody'"),
    ],
)
def test_what_cannot_be_is_refused_in_words(home: Installation, asked, said):
    with pytest.raises(RuleRefused, match=said):
        home.rule(**{"title": "Many errors"} | asked)

    assert home.rules.all(VIC, NOON) == ()


def test_a_rule_stays_with_its_figure(home: Installation):
    rule = home.rule()

    with pytest.raises(RuleRefused, match="stays with its figure"):
        home.rules.change(ADA, replace(rule, figure="hit_ratio"), minutes(1))
    with pytest.raises(AlertNotFound):
        home.rules.change(ADA, replace(rule, id="nothing"), minutes(1))


def test_only_an_administrator_changes_rules(home: Installation):
    rule = home.rule()

    for change in (
        lambda: home.rules.add(OLGA, rule, NOON),
        lambda: home.rules.change(OLGA, rule, NOON),
        lambda: home.rules.remove(OLGA, rule.id, NOON),
        lambda: home.rules.turn(OLGA, rule.id, False, NOON),
    ):
        with pytest.raises(PermissionDenied):
            change()


def test_an_installation_begins_with_rules_that_are_right_and_stay_away_once_removed(either_home: Installation):
    home = either_home
    with home.database.transaction() as connection:
        connection.execute("delete from alert_origins")
        for rule in DEFAULTS:
            assert checked(connection, rule) == rule
    rules = Rules(home.database, home.audit)

    assert {each.rule.id for each in rules.all(VIC, NOON)} == {each.id for each in DEFAULTS}
    rules.remove(ADA, "hit-ratio", NOON)
    rules.change(ADA, replace(rules.one(VIC, "bill-late").rule, threshold=Decimal(72)), NOON)
    home.evaluate(minutes(5), whole="0.01")

    assert "hit-ratio" not in {each.rule.id for each in rules.all(VIC, NOON)}
    assert rules.one(VIC, "bill-late").rule.threshold == Decimal(72)


def test_a_time_zone_that_this_machine_does_not_know_stops_no_evaluation(home: Installation):
    home.rule(quiet=quiet_hours("11:00-13:00 UTC"))
    with home.database.transaction() as connection:
        connection.execute("update alert_rules set quiet = '11:00-13:00 Mars/Olympus'")

    assert len(home.evaluate(minutes(0), whole="0.08").fired) == 1
    assert home.rules.all(VIC, NOON)[0].rule.quiet is None


def test_a_rule_in_short():
    assert [in_short(each) for each in DEFAULTS[:2]] == ["Storage provider down above 0 h", in_short(DEFAULTS[1])]
    assert {each.figure for each in DEFAULTS} <= set(FIGURES)
    assert in_short(replace(DEFAULTS[0], figure="gone")) == "gone above 0"
