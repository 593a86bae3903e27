"""Lifecycle: rules are seen, put together and priced, applied and taken back; videos are held and released."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Role, User, Via
from core.actions.action import NO_PROMISE
from core.actions.doing import Doer
from core.bootstrap import Platform
from core.catalog.holds import Holds
from core.storage.lifecycle import LifecycleRule, NoncurrentTransition, Transition
from core.storage.provider import LifecycleRules, StorageClass
from core.units import GIB
from tests.catalog.videos import original, put, video
from tests.pages.bills import words

BOSS = User("demo", Role.ADMIN, Via.DEMO)
NOW = datetime.now(UTC)
THEIRS = LifecycleRule("remove-exports", "exports/", expire_after_days=90)
OURS = LifecycleRule("phyght-originals", "videos/", transitions=(Transition(60, "GLACIER_IR"),))


@pytest.fixture
def ruled(empty: Platform) -> Platform:
    put(empty.database, video("v1", title="Rivera vs Stone"), [("s3", [original("v1")])])
    bucket(empty).set_lifecycle_rules([OURS, THEIRS])
    return empty


def bucket(platform: Platform) -> LifecycleRules:
    found = platform.governed.named("s3")
    assert isinstance(found, LifecycleRules)
    return found


def plain(app: AppTest) -> str:
    return words(app).replace("\\", "").replace("\N{WORD JOINER}", "").replace("\xa0", " ")


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def apply_all(platform: Platform) -> None:
    for taken in platform.actions.history(BOSS):
        Doer(platform.actions.handles).do(taken.id, lambda: False)


def test_each_rule_is_said_in_words_and_whose_it_is(ruled: Platform, visit):
    text = plain(visit("lifecycle"))
    assert "phyght-s3 (s3)" in text
    assert "1 rule of ours, 1 rule set elsewhere, left as found" in text
    assert "Objects below videos/: to Glacier Instant Retrieval after 60 days." in text
    assert "remove-exports" in text
    assert "set elsewhere" in text
    assert "Without rules" in text


def shown(app: AppTest) -> set[str]:
    return {line.split("**")[1] for each in app.markdown for line in [each.value] if line.startswith("**rule")}


def test_of_many_rules_a_page_is_shown_and_the_url_says_which(ruled: Platform, visit):
    many = [LifecycleRule(f"rule{n:03}", f"{n}/", expire_after_days=90 + n) for n in range(900)]
    bucket(ruled).set_lifecycle_rules(many)

    app = visit("lifecycle")
    assert len(shown(app)) == 20
    assert "1 to 20 of 900" in plain(app)
    app = press(app, "pager-Next-s3")
    assert (min(shown(app)), app.query_params["page-s3"]) == ("rule020", "2")
    assert "881 to 900 of 900" in plain(visit("lifecycle", **{"page-s3": "45"}))
    assert "881 to 900 of 900" in plain(visit("lifecycle", **{"page-s3": "4500"}))
    assert "1 to 20 of 900" in plain(visit("lifecycle", **{"page-s3": "x"}))


def test_rules_are_found_by_what_they_say(ruled: Platform, visit):
    many = [LifecycleRule(f"rule{n:03}", f"{n}/", expire_after_days=90 + n) for n in range(900)]
    bucket(ruled).set_lifecycle_rules(many)

    app = visit("lifecycle", rules="After 95 days", **{"page-s3": "3"})
    assert shown(app) == {"rule005"}
    app = app.text_input(key="rules").set_value("RULE01").run()
    assert shown(app) == {f"rule{n:03}" for n in range(10, 20)}
    assert "None of its 900 rules says nothing like it." in plain(
        app.text_input(key="rules").set_value("nothing like it").run()
    )


def test_few_rules_have_no_filter(ruled: Platform, visit):
    assert not visit("lifecycle").text_input


def test_the_rule_of_somebody_else_has_no_buttons(ruled: Platform, visit):
    keys = {str(each.key) for each in visit("lifecycle").button}
    assert "change-s3\nphyght-originals" in keys
    assert not any("remove-exports" in key for key in keys)


def test_a_viewer_sees_rules_and_no_button_that_changes_one(ruled: Platform, visit):
    app = visit("lifecycle", role="viewer")
    assert "to change them takes the role operator" in plain(app)
    assert not any(str(each.key).startswith(("add-", "change-", "remove-")) for each in app.button)


def test_a_rule_is_put_together_from_a_template_applied_and_undone(ruled: Platform, visit):
    app = press(visit("lifecycle"), "add-s3")
    assert "All objects: unfinished uploads aborted after 7 days." in plain(app)
    app = press(app, "asking-yes")
    apply_all(ruled)
    added = LifecycleRule("phyght-unfinished-uploads", abort_unfinished_after_days=7)
    assert bucket(ruled).lifecycle_rules() == (OURS, THEIRS, added)

    [taken] = ruled.actions.history(BOSS)
    assert taken.promise == NO_PROMISE  # the catalogue knows nothing of unfinished uploads
    app = visit("lifecycle", section="What was changed")
    assert "Adds phyght-unfinished-uploads, a lifecycle rule of phyght-s3." in plain(app)
    app = press(app, f"undo-{taken.id}")
    assert "what they have moved or removed by then stays so" in plain(app)
    press(app, "asking-yes")
    apply_all(ruled)
    assert bucket(ruled).lifecycle_rules() == (OURS, THEIRS)


def test_a_changed_slider_changes_what_is_said_and_applied(ruled: Platform, visit):
    app = press(visit("lifecycle"), "change-s3\nphyght-originals")
    app = app.slider(key="lifecycle-days-GLACIER_IR").set_value(75).run()
    assert "to Glacier Instant Retrieval after 75 days." in plain(app)
    press(app, "asking-yes")
    apply_all(ruled)
    assert bucket(ruled).lifecycle_rules()[-1].transitions == (Transition(75, "GLACIER_IR"),)
    assert ruled.actions.history(BOSS)[0].promise == NO_PROMISE  # what it saves beyond the rule as it was is not known


def test_what_a_rule_spares_and_moves_of_noncurrent_versions_stays_when_it_is_changed(ruled: Platform, visit):
    moves = (NoncurrentTransition(30, "GLACIER_IR", 1),)
    old = LifecycleRule(
        "phyght-versions", expire_noncurrent_after_days=90, keep_newest_noncurrent=3, noncurrent_transitions=moves
    )
    bucket(ruled).set_lifecycle_rules([old])

    app = press(visit("lifecycle"), "change-s3\nphyght-versions")
    assert "noncurrent versions but the newest one to Glacier Instant Retrieval after 30 days. That stays." in plain(
        app
    )
    app = app.slider(key="lifecycle-noncurrent").set_value(120).run()
    app = app.number_input(key="lifecycle-spared").set_value(5).run()
    press(app, "asking-yes")
    apply_all(ruled)

    assert bucket(ruled).lifecycle_rules() == (
        replace(old, expire_noncurrent_after_days=120, keep_newest_noncurrent=5),
    )


def test_what_s3_would_not_take_is_said_while_it_is_typed(ruled: Platform, visit):
    app = press(visit("lifecycle"), "change-s3\nphyght-originals")
    app = app.toggle(key="lifecycle-expire-on").set_value(True).run()
    app = app.slider(key="lifecycle-expire").set_value(60).run()
    assert "objects would be removed before they move" in plain(app)
    assert "asking-yes" not in {str(each.key) for each in app.button}


def test_a_rule_that_would_remove_what_is_held_is_refused_with_the_reason(ruled: Platform, visit):
    Holds(ruled.database, ruled.audit).place(BOSS, "v1", "case 4711", NOW)
    app = press(visit("lifecycle"), "change-s3\nphyght-originals")
    app = app.toggle(key="lifecycle-expire-on").set_value(True).run()
    assert "on legal hold" in plain(app)
    assert "asking-yes" not in {str(each.key) for each in app.button}


def test_a_rule_of_ours_is_removed(ruled: Platform, visit):
    app = press(visit("lifecycle"), "remove-s3\nphyght-originals")
    assert "What it has moved stays where it is" in plain(app)
    press(app, "asking-yes")
    apply_all(ruled)
    assert bucket(ruled).lifecycle_rules() == (THEIRS,)


def test_a_video_is_held_and_released(ruled: Platform, visit):
    app = press(visit("lifecycle", section="Legal holds"), "hold-place")
    app.text_input(key="hold-video").set_value("v1")
    app.text_input(key="hold-reason").set_value("case 4711")
    press(app, "asking-yes")
    text = plain(visit("lifecycle", section="Legal holds"))
    assert "Rivera vs Stone" in text
    assert "case 4711" in text

    app = press(visit("lifecycle", section="Legal holds"), "release-v1")
    press(app, "asking-yes")
    assert Holds(ruled.database, ruled.audit).all(BOSS) == ()


def test_a_video_that_nobody_knows_is_told(ruled: Platform, visit):
    app = press(visit("lifecycle", section="Legal holds"), "hold-place")
    app.text_input(key="hold-video").set_value("nobody")
    app.text_input(key="hold-reason").set_value("case")
    assert "nobody" in plain(press(app, "asking-yes"))


def test_an_operator_sees_holds_and_cannot_place_one(ruled: Platform, visit):
    app = visit("lifecycle", role="operator", section="Legal holds")
    assert "takes the role admin" in plain(app)
    assert "hold-place" not in {str(each.key) for each in app.button}


def test_a_rule_set_elsewhere_that_removes_what_is_held_is_told_first(ruled: Platform, visit):
    Holds(ruled.database, ruled.audit).place(BOSS, "v1", "case 4711", NOW)
    bucket(ruled).set_lifecycle_rules([LifecycleRule("all-gone", expire_after_days=900)])
    assert "The rule 'all-gone' of s3 removes objects of 1 video on legal hold" in plain(visit("lifecycle"))


def test_what_would_remove_most_of_a_bucket_is_applied_once_its_name_is_written(ruled: Platform, visit):
    app = press(visit("lifecycle"), "add-s3")
    app = app.selectbox(key="lifecycle-template").set_value("IA, then Glacier, then gone").run()
    text = plain(app)
    assert "It removes most of phyght-s3 for good: 1 of 1 object and 1 of 1 original" in text
    assert "by tomorrow" in text

    app = press(app, "asking-yes")
    assert "confirmed with the name phyght-s3" in plain(app)
    assert ruled.actions.history(BOSS) == ()

    app.text_input(key="action-confirmed").set_value("phyght-s3")
    press(app, "asking-yes")
    assert [each.summary for each in ruled.actions.history(BOSS)] == [
        "Adds phyght-thumb, a lifecycle rule of phyght-s3."
    ]


def test_what_a_new_rule_is_said_to_save_is_what_it_promises(ruled: Platform, visit):
    old = original("v2", key="old/v2", size_bytes=GIB, storage_class=StorageClass.STANDARD)
    put(ruled.database, video("v2", title="Stone vs Rivera"), [("s3", [old])])
    app = press(visit("lifecycle"), "add-s3")
    app = app.selectbox(key="lifecycle-template").set_value("A rule of my own").run()
    app.text_input(key="lifecycle-prefix").set_value("old/")
    app = app.toggle(key="lifecycle-expire-on").set_value(True).run()
    app = app.slider(key="lifecycle-expire").set_value(1).run()

    press(app, "asking-yes")

    [taken] = ruled.actions.history(BOSS)
    # a GiB at $0.023 a month, for no more of it than there was something to remove
    assert taken.promise.monthly_usd
    assert 0 < taken.promise.monthly_usd < Decimal("0.023")
