"""An action is previewed, applied once, gone on with after any crash, and taken back."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.access.roles import Role, User, Via
from core.actions.action import Phase, Promise, Step
from core.actions.actions import Actions
from core.actions.doing import ATTEMPTS, Doer
from core.actions.store import ACTION
from core.database import Database
from core.errors import (
    ActionNotFound,
    ActionRefused,
    PermissionDenied,
    StateChanged,
    StorageBusy,
    StorageDenied,
    TakesHours,
)
from core.jobs.work import Requests
from tests.actions.conftest import BLUE, LATER, NOW, OLGA, OTTO, VIC
from tests.actions.memory import Colours

ADMIN = User("ann", Role.ADMIN, Via.PASSWORD)


def never() -> bool:
    return False


def applied(actions: Actions, doer: Doer) -> str:
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW)
    doer.do(id, never)
    return id


def test_a_preview_changes_nothing_and_names_all_that_would_change(actions: Actions, colours: Colours):
    preview = actions.preview(OLGA, BLUE, NOW)
    assert [each.key for each in preview.items] == ["a", "b", "c"]
    assert preview.size_bytes == 30
    assert colours.things["a"] == "red"
    assert actions.history(VIC) == ()


def test_all_is_recorded_before_anything_is_changed(actions: Actions, colours: Colours):
    promise = Promise("paint all", Decimal("1.50"))
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW, promise)
    taken = actions.taken(VIC, id)
    assert (taken.phase, taken.summary, taken.promise) == (Phase.APPLYING, "Paints 3.", promise)
    assert taken.counts == {Step.WAITING: 3}
    assert colours.things["a"] == "red"


def test_a_worker_applies_it_and_says_so_in_the_name_of_whoever_asked(actions: Actions, doer: Doer, colours: Colours):
    id = applied(actions, doer)
    taken = actions.taken(VIC, id)
    assert set(colours.things.values()) == {"blue"}
    assert (taken.phase, taken.applied_at, taken.counts) == (Phase.APPLIED, LATER, {Step.DONE: 3})
    assert [each.kind for each in actions.events(VIC, id)] == ["asked for", "applied"]
    newest = actions.handles.audit.latest(ADMIN)[0]
    assert (newest.actor, newest.action, newest.detail) == ("olga", "applied: set cache headers", "3 done")
    assert colours.ended == 1


def test_undoing_puts_each_thing_back_as_it_was_the_last_one_first(actions: Actions, doer: Doer, colours: Colours):
    id = applied(actions, doer)
    actions.undo(OTTO, id, LATER)
    doer.do(id, never)
    assert colours.things == {"a": "red", "b": "red", "c": "green", "d": "blue"}
    assert colours.painted[3:] == ["c green", "b red", "a red"]
    taken = actions.taken(VIC, id)
    assert (taken.phase, taken.undone_by, taken.undone_at) == (Phase.UNDONE, "otto", LATER)
    newest = actions.handles.audit.latest(ADMIN)[0]
    assert (newest.actor, newest.via, newest.detail) == ("otto", Via.SHELL, "3 returned")


def test_what_cannot_come_back_is_told_and_the_rest_comes_back(actions: Actions, doer: Doer, colours: Colours):
    colours.lost = {"b"}
    id = applied(actions, doer)
    actions.undo(OLGA, id, LATER)
    doer.do(id, never)
    assert colours.things == {"a": "red", "b": "blue", "c": "green", "d": "blue"}
    kept = actions.items(VIC, id, Step.KEPT)
    assert [(each.item.key, each.problem) for each in kept] == [("b", "The old paint of b is gone.")]
    assert actions.taken(VIC, id).phase is Phase.UNDONE


def test_where_nothing_can_come_back_undoing_is_refused(actions: Actions, doer: Doer, colours: Colours):
    colours.lost = {"a", "b", "c"}
    id = applied(actions, doer)
    with pytest.raises(ActionRefused, match="painted back"):
        actions.undo(OLGA, id, LATER)
    assert actions.taken(VIC, id).phase is Phase.APPLIED


def test_what_changed_between_preview_and_apply_is_told_and_nothing_is_done(actions: Actions, colours: Colours):
    seen = actions.preview(OLGA, BLUE, NOW)
    colours.things["c"] = "yellow"
    with pytest.raises(StateChanged, match="not as it was when you looked"):
        actions.apply(OLGA, seen, NOW)
    assert actions.history(VIC) == ()


def test_two_clicks_apply_once(actions: Actions, doer: Doer):
    seen = actions.preview(OLGA, BLUE, NOW)
    id = actions.apply(OLGA, seen, NOW)
    with pytest.raises(ActionRefused, match="applying already, asked for by olga"):
        actions.apply(OTTO, seen, NOW)
    doer.do(id, never)
    with pytest.raises(ActionRefused, match="All of it is painted"):
        actions.apply(OTTO, seen, NOW)
    assert len(actions.history(VIC)) == 1


def test_only_who_may_change_the_cloud_does(actions: Actions, doer: Doer):
    seen, id = actions.preview(OLGA, BLUE, NOW), applied(actions, doer)
    for attempt in (
        lambda: actions.preview(VIC, BLUE, NOW),
        lambda: actions.apply(VIC, seen, NOW),
        lambda: actions.undo(VIC, id, NOW),
        lambda: actions.preview_undo(VIC, id, NOW),
        lambda: actions.stop(VIC, id, NOW),
        lambda: actions.go_on(VIC, id, NOW),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("key", ["a", "b", "c"])
def test_a_killed_worker_is_gone_on_after_at_each_step(
    actions: Actions, doer: Doer, colours: Colours, key: str, when: str
):
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW)
    colours.fault = lambda at, point: die() if (at, point) == (key, when) else None
    with pytest.raises(KeyboardInterrupt):
        doer.do(id, never)
    colours.fault = lambda _key, _when: None
    doer.do(id, never)
    assert actions.taken(VIC, id).counts == {Step.DONE: 3}
    assert len(colours.painted) == 3, "nothing is done twice"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_killed_while_it_undoes_is_gone_on_after(actions: Actions, doer: Doer, colours: Colours, when: str):
    id = applied(actions, doer)
    actions.undo(OLGA, id, LATER)
    colours.fault = lambda at, point: die() if (at, point) == ("b", when) else None
    with pytest.raises(KeyboardInterrupt):
        doer.do(id, never)
    colours.fault = lambda _key, _when: None
    doer.do(id, never)
    assert colours.things == {"a": "red", "b": "red", "c": "green", "d": "blue"}
    assert actions.taken(VIC, id).phase is Phase.UNDONE


def die() -> None:
    raise KeyboardInterrupt  # no handler of ours sees it, as none sees kill -9


def test_a_denied_step_stops_it_where_it_can_be_gone_on_with_or_undone(actions: Actions, doer: Doer, colours: Colours):
    def deny(key: str, when: str) -> None:
        if key == "b" and when == "before":
            raise StorageDenied("The key may not paint b.", "Allow it.")

    colours.fault = deny
    id = applied(actions, doer)
    taken = actions.taken(VIC, id)
    assert (taken.phase, taken.problem, taken.advice) == (Phase.STOPPED, "The key may not paint b.", "Allow it.")
    assert taken.counts == {Step.DONE: 1, Step.WAITING: 2}

    colours.fault = lambda _key, _when: None
    actions.go_on(OTTO, id, LATER)
    doer.do(id, never)
    assert actions.taken(VIC, id).phase is Phase.APPLIED


def test_what_stopped_in_the_middle_can_be_undone(actions: Actions, doer: Doer, colours: Colours):
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW)
    doer.do(id, lambda: len(colours.painted) == 2)
    assert actions.taken(VIC, id).phase is Phase.STOPPED
    actions.undo(OLGA, id, LATER)
    doer.do(id, never)
    assert colours.things == {"a": "red", "b": "red", "c": "green", "d": "blue"}
    assert actions.taken(VIC, id).counts == {Step.RETURNED: 2, Step.WAITING: 1}


def test_somebody_stops_it(actions: Actions, doer: Doer, colours: Colours, database: Database):
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW)
    actions.stop(OTTO, id, NOW)
    request = actions.taken(VIC, id).request
    doer.do(id, lambda: Requests(database).is_called_off(request))
    assert actions.taken(VIC, id).phase is Phase.STOPPED
    assert colours.painted == []
    with pytest.raises(ActionRefused, match="nothing to stop"):
        actions.stop(OTTO, id, NOW)


def test_what_somebody_else_changed_meanwhile_is_left_alone(actions: Actions, doer: Doer, colours: Colours):
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW)
    colours.things["b"] = "yellow"
    del colours.things["c"]
    doer.do(id, never)
    assert colours.things == {"a": "blue", "b": "yellow", "d": "blue"}
    assert actions.taken(VIC, id).counts == {Step.DONE: 1, Step.CHANGED: 2}


def test_what_is_busy_is_tried_again_and_stops_after_some_attempts(actions: Actions, doer: Doer, colours: Colours):
    def busy(_key: str, _when: str) -> None:
        raise StorageBusy("S3 asks to come back later.")

    colours.fault = busy
    id = applied(actions, doer)
    assert actions.taken(VIC, id).phase is Phase.APPLYING
    assert "tried again" in actions.taken(VIC, id).advice
    for _ in range(ATTEMPTS - 1):
        doer.do(id, never)
    taken = actions.taken(VIC, id)
    assert (taken.phase, taken.problem) == (Phase.STOPPED, "S3 asks to come back later.")


@pytest.mark.parametrize("undoing", [False, True], ids=["applying", "undoing"])
def test_what_comes_out_of_an_archive_holds_up_nothing_else(
    actions: Actions, doer: Doer, colours: Colours, undoing: bool
):
    def restoring(key: str, when: str) -> None:
        if key == "b" and when == "before":
            raise TakesHours("b is on its way.")

    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW)
    if undoing:
        doer.do(id, never)
        actions.undo(OLGA, id, LATER)
    colours.fault = restoring
    for _ in range(ATTEMPTS + 1):
        doer.do(id, never)
    taken = actions.taken(VIC, id)
    assert (taken.phase.is_at_work, taken.problem) == (True, "b is on its way.")
    assert sorted(taken.counts.values()) == [1, 2], "the others are done"

    colours.fault = lambda _key, _when: None
    doer.do(id, never)
    assert actions.taken(VIC, id).phase is (Phase.UNDONE if undoing else Phase.APPLIED)


def test_what_may_take_hours_is_looked_at_soon_and_then_ever_more_seldom(
    actions: Actions, doer: Doer, colours: Colours, database: Database
):
    def restoring(_key: str, _when: str) -> None:
        raise TakesHours("It is on its way.", "It goes on by itself.")

    colours.fault = restoring
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW)
    now = actions.handles.clock()

    def is_due(seconds: int) -> bool:
        due = Requests(database).due(now + timedelta(seconds=seconds), ACTION, 99)
        return actions.taken(VIC, id).request in [each.id for each in due]

    for wait in (10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800):
        doer.do(id, never)
        assert (is_due(wait - 1), is_due(wait)) == (False, True)
    assert actions.taken(VIC, id).advice == "It goes on by itself."


def test_whoever_reads_the_audit_log_learns_what_was_undone(actions: Actions, doer: Doer):
    id = applied(actions, doer)
    actions.undo(OLGA, id, LATER)
    entry = actions.handles.audit.latest(ADMIN)[0]
    assert (entry.action, entry.subject, entry.detail) == ("undo action", id, "Paints 3.")


def test_an_action_whose_request_was_lost_is_asked_for_anew(actions: Actions, database: Database):
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW)
    first = actions.taken(VIC, id).request
    actions.ask_again(LATER)
    assert actions.taken(VIC, id).request == first
    Requests(database).over(first)
    actions.ask_again(LATER)
    assert actions.taken(VIC, id).request not in ("", first)


def test_an_unforeseen_fault_is_told_without_its_words(actions: Actions, doer: Doer, colours: Colours):
    def break_down(_key: str, _when: str) -> None:
        raise RuntimeError("https://user:secret@example.com")

    colours.fault = break_down
    id = applied(actions, doer)
    taken = actions.taken(VIC, id)
    assert (taken.phase, taken.problem) == (Phase.STOPPED, "Something unforeseen went wrong (RuntimeError).")


def test_other_places_are_not_held_up(actions: Actions, colours: Colours):
    first = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW)
    other = replace(BLUE, place="s3-eu")
    assert actions.apply(OLGA, actions.preview(OLGA, other, NOW), NOW) != first


def test_an_action_that_is_not_there_is_named(actions: Actions, doer: Doer):
    with pytest.raises(ActionNotFound, match="no action 'nope'"):
        actions.taken(VIC, "nope")
    doer.do("nope", never)


def test_what_is_busy_when_somebody_stops_it_stops(actions: Actions, doer: Doer, colours: Colours, database: Database):
    asked = []

    def busy(_key: str, _when: str) -> None:
        asked.append(1)
        raise StorageBusy("S3 asks to come back later.")

    colours.fault = busy
    id = actions.apply(OLGA, actions.preview(OLGA, BLUE, NOW), NOW)
    doer.do(id, lambda: bool(asked))
    assert actions.taken(VIC, id).phase is Phase.STOPPED
