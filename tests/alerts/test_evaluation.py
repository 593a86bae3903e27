"""Evaluation: what fires, what is told, and that it is told once."""

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.alerts.alert import State
from core.alerts.rule import Comparison, Severity
from core.errors import AlertRefused, NoBillingData, PermissionDenied
from tests.alerts.conftest import ADA, OLGA, VIC, Installation, minutes


def test_a_value_above_the_threshold_fires_and_is_over_below_it(either_home: Installation):
    home = either_home
    home.rule()

    assert home.evaluate(minutes(0), whole="0.05").fired == []
    (fired,) = home.evaluate(minutes(5), whole="0.08").fired
    home.evaluate(minutes(10), whole="0.12")
    (resolved,) = home.evaluate(minutes(15), whole="0.01").resolved

    assert (fired.state, fired.value, fired.fired_at) == (State.FIRING, Decimal("0.08"), minutes(5))
    assert (resolved.id, resolved.worst, resolved.value) == (fired.id, Decimal("0.12"), Decimal("0.01"))
    assert (resolved.resolved_at, resolved.resolution) == (minutes(15), "it is well again")
    assert [each.kind for each in home.alerts.events(VIC, fired.id)] == [State.FIRING, State.RESOLVED]
    assert home.alerts.open(VIC) == ()
    assert [each.id for each in home.alerts.history(VIC, minutes(20))] == [fired.id]


def test_what_must_last_is_pending_first_and_leaves_nothing_where_it_passes(either_home: Installation):
    home = either_home
    home.rule(hold=timedelta(minutes=10))

    home.evaluate(minutes(0), whole="0.08")
    assert [each.state for each in home.alerts.pending(VIC)] == [State.PENDING]
    home.evaluate(minutes(5), whole="0.01")
    assert home.alerts.pending(VIC) == ()
    home.evaluate(minutes(10), whole="0.08")
    assert home.evaluate(minutes(19), whole="0.08").fired == []
    assert len(home.evaluate(minutes(20), whole="0.08").fired) == 1
    assert len(home.alerts.history(VIC, minutes(20))) == 1


def test_between_its_two_thresholds_an_alert_neither_begins_nor_ends(home: Installation):
    home.rule(resolve_at=Decimal("0.02"))

    assert home.evaluate(minutes(0), whole="0.03").fired == []
    assert len(home.evaluate(minutes(5), whole="0.06").fired) == 1
    assert home.evaluate(minutes(10), whole="0.03").resolved == []
    assert len(home.evaluate(minutes(15), whole="0.02").resolved) == 1


def test_a_figure_that_is_bad_when_it_is_low(home: Installation):
    home.rule("Few hits", comparison=Comparison.BELOW, threshold=Decimal("0.9"))

    (fired,) = home.evaluate(minutes(0), whole="0.85").fired
    home.evaluate(minutes(5), whole="0.80")

    assert home.alerts.one(VIC, fired.id).worst == Decimal("0.80")


def test_each_subject_has_an_alert_of_its_own_and_one_that_is_gone_is_over(home: Installation):
    home.rule()

    home.evaluate(minutes(0), AWS="0.08", Supabase="0.09")
    (resolved,) = home.evaluate(minutes(5), AWS="0.08").resolved

    assert (resolved.subject, resolved.resolution) == ("Supabase", "it is no longer there")
    assert [each.subject for each in home.alerts.open(VIC)] == ["AWS"]


def test_a_value_that_is_not_known_changes_nothing(home: Installation):
    home.rule()
    home.evaluate(minutes(0), AWS="0.08")

    assert home.evaluate(minutes(5), whole=None).resolved == []
    assert home.evaluate(minutes(10), AWS=None).resolved == []
    assert len(home.alerts.open(VIC)) == 1


def test_a_rule_of_one_subject_hears_of_no_other(home: Installation):
    home.rule(subject="AWS")

    fired = home.evaluate(minutes(0), AWS="0.08", Supabase="0.09").fired

    assert [each.subject for each in fired] == ["AWS"]


def test_a_rule_whose_figure_is_gone_is_broken_in_one_sentence_and_the_others_go_on(home: Installation):
    rule = home.rule()
    with home.database.transaction() as connection:
        connection.execute("update alert_rules set figure = 'phlogiston' where title = 'Many errors'")
    home.rule("Other errors")

    done = home.evaluate(minutes(0), whole="0.08")

    assert [each.title for each in done.fired] == ["Other errors"]
    problem = "There is no figure 'phlogiston' any more. Choose another one, or remove the rule."
    assert [(each.id, why) for each, why in done.broken] == [(rule.id, problem)]
    assert home.rules.one(VIC, rule.id).problem == problem


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        (NoBillingData("There are no bills yet.", "Ingest one."), "There are no bills yet. Ingest one."),
        (ZeroDivisionError("x"), "The figure could not be read (ZeroDivisionError). The log says more."),
    ],
    ids=["foreseen", "unforeseen"],
)
def test_a_figure_that_cannot_be_read_is_said_and_what_fires_stays(home: Installation, error, problem):
    home.rule()
    home.evaluate(minutes(0), whole="0.08")
    home.figure.error = error

    (broken,) = home.evaluate(minutes(5)).broken

    assert broken[1] == problem
    assert len(home.alerts.open(VIC)) == 1
    home.figure.error = None
    home.evaluate(minutes(10), whole="0.08")
    assert home.rules.one(VIC, broken[0].id).problem == ""


def test_two_evaluations_at_once_find_one_alert(either_home: Installation):
    home = either_home
    home.rule()
    home.channels.add(ADA, "hook", "json://127.0.0.1:9/", minutes(0))
    home.figure.values = {"": "0.08"}
    barrier = threading.Barrier(4)

    def evaluate() -> None:
        barrier.wait()
        home.evaluate(minutes(5))

    threads = [threading.Thread(target=evaluate) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(home.alerts.history(VIC, minutes(5))) == 1
    assert len(home.deliveries()) == 1


def test_an_evaluation_that_comes_late_changes_nothing(home: Installation):
    home.rule()
    home.evaluate(minutes(10), whole="0.08")

    assert home.evaluate(minutes(5), whole="0.01").resolved == []
    assert len(home.alerts.open(VIC)) == 1


def test_a_rule_that_is_turned_off_or_removed_ends_what_fires_and_tells_nobody(home: Installation):
    off, gone = home.rule("Off"), home.rule("Gone")
    home.evaluate(minutes(0), whole="0.08")
    home.channels.add(ADA, "hook", "json://127.0.0.1:9/", minutes(1))
    home.rules.turn(ADA, off.id, False, minutes(1))
    home.rules.remove(ADA, gone.id, minutes(1))

    home.evaluate(minutes(5))

    found = {each.title: each.resolution for each in home.alerts.history(VIC, minutes(5))}
    assert found == {"Off": "its rule was turned off", "Gone": "its rule was removed"}
    assert home.deliveries() == []


def test_the_first_rules_come_once(home: Installation):
    home.evaluate(minutes(0), whole="0.01")

    assert home.rules.all(VIC, minutes(0)) == ()


def test_what_somebody_has_taken_on_stays_theirs_until_it_is_over(either_home: Installation):
    home = either_home
    home.rule()
    (fired,) = home.evaluate(minutes(0), whole="0.08").fired

    taken = home.alerts.acknowledge(OLGA, fired.id, minutes(1), "the origin restarts")
    home.evaluate(minutes(5), whole="0.09")

    assert (taken.state, taken.acknowledged_by) == (State.ACKNOWLEDGED, "olga")
    (still,) = home.alerts.open(VIC)
    assert (still.state, still.value, still.acknowledged_by) == (State.ACKNOWLEDGED, Decimal("0.09"), "olga")
    assert [(each.kind, each.detail, each.actor) for each in home.alerts.events(VIC, fired.id)][1:] == [
        (State.ACKNOWLEDGED, "the origin restarts", "olga")
    ]
    with pytest.raises(AlertRefused, match="olga has acknowledged it already"):
        home.alerts.acknowledge(ADA, fired.id, minutes(6))
    home.evaluate(minutes(10), whole="0.01")
    with pytest.raises(AlertRefused, match="it is resolved"):
        home.alerts.acknowledge(ADA, fired.id, minutes(11))


def test_a_viewer_sees_alerts_and_takes_none_on(home: Installation):
    home.rule()
    (fired,) = home.evaluate(minutes(0), whole="0.08").fired

    with pytest.raises(PermissionDenied, match="may not acknowledge alerts"):
        home.alerts.acknowledge(VIC, fired.id, minutes(1))
    with pytest.raises(PermissionDenied, match="may not manage alerts"):
        home.rules.turn(OLGA, fired.rule_id, False, minutes(1))

    told = [(each.actor, each.action, each.outcome) for each in home.audit.latest(ADA, 2)]
    assert told == [("olga", "turn alert rule off", "refused"), ("vic", "acknowledge alert", "refused")]


def test_what_is_more_pressing_comes_first(home: Installation):
    home.rule("Notice", severity=Severity.INFO)
    home.rule("Alarm", severity=Severity.CRITICAL)
    home.rule("Warning")

    home.evaluate(minutes(0), whole="0.08")

    assert [each.title for each in home.alerts.open(VIC)] == ["Alarm", "Warning", "Notice"]


def test_a_changed_rule_is_what_an_open_alert_is_held_against(home: Installation):
    rule = home.rule()
    home.evaluate(minutes(0), whole="0.08")
    home.rules.change(ADA, replace(rule, threshold=Decimal("0.10")), minutes(1))

    (resolved,) = home.evaluate(minutes(5), whole="0.08").resolved

    assert resolved.threshold == Decimal("0.10")
