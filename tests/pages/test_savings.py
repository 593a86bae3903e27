"""Savings: what could cost less is seen with its proof, applied and taken back, dismissed and brought back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Role, User, Via
from core.actions.action import Action, Kind, Phase
from core.actions.doing import Doer
from core.actions.kinds.lifecycle_policy import LifecyclePolicy
from core.bootstrap import Platform
from core.errors import TakesHours
from core.recommendations import recommendations as module
from core.recommendations.recommend import Found
from core.recommendations.recommendation import Confidence, Evidence, Fee, LeftOut, Recommendation, Remark
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_told import told
from core.storage.provider import Attributes, LifecycleRules, Multipart
from tests.pages.bills import words

BOSS = User("demo", Role.ADMIN, Via.DEMO)
NOW = datetime.now(UTC)
TIDY = LifecycleRule("phyght-tidy", abort_unfinished_after_days=7)
PROOF = Evidence(
    12,
    3 * 2**30,
    (Fee("Storage", Decimal("4.20"), Decimal("1.10")), Fee("Requests", Decimal(0), Decimal("0.10"))),
    Confidence.MEDIUM,
    "The log has 32 days.",
    reads=7,
    if_doubled_usd=Decimal("2.90"),
    left_out=(LeftOut(3, "They are too small."),),
)
TIDYING = Recommendation(
    "unfinished uploads", "s3", "parts", "Abort what was given up", "12 uploads lie there, unfinished.",
    Decimal("0.50"), PROOF, Action(Kind.PUT_LIFECYCLE_POLICY, "s3", {"rules": [told(TIDY)]}),
)  # fmt: skip
BY_HAND = Recommendation(
    "cdn plan", "E1", "plan", "Take the Business plan", "It is cheaper.", Decimal(0),
    Evidence(1, 0, (Fee("CDN", Decimal(300), Decimal(200)),), Confidence.HIGH, "Each day is known."), None,
    by_hand="Choose it in the console.", catch="What the plan lacks ceases to work.",
)  # fmt: skip


@pytest.fixture
def found(empty: Platform, monkeypatch: pytest.MonkeyPatch) -> Platform:
    remark = Remark("origin shield", "The price catalogue has no price for it.")
    monkeypatch.setattr(module, "recommend", lambda _grounds: Found((BY_HAND, TIDYING), (remark,)))
    empty.recommendations.refresh(NOW)
    return empty


def plain(app: AppTest) -> str:
    return words(app).replace("\\", "").replace("\N{WORD JOINER}", "").replace("\xa0", " ")


def tables(app: AppTest) -> list[list[str]]:
    """The rows of all tables, as they are read."""
    rows = [row for table in app.table for row in table.value.astype(str).to_numpy().tolist()]
    return [
        [cell.replace("\\", "").replace("\N{WORD JOINER}", "").replace("\xa0", " ") for cell in row] for row in rows
    ]


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def keys(app: AppTest) -> set[str]:
    return {str(each.key) for each in app.button}


def work(platform: Platform) -> None:
    for taken in platform.actions.history(BOSS):
        Doer(platform.actions.handles).do(taken.id, lambda: False)


def test_before_anybody_has_looked_the_page_says_how(empty: Platform, visit):
    assert "Nobody has looked yet." in plain(visit("recommendations"))


def test_each_way_is_shown_with_its_money_its_catch_and_its_proof(found: Platform, visit):
    app = visit("recommendations")
    text = plain(app)
    assert "Abort what was given up" in text
    assert "12 uploads lie there, unfinished." in text
    assert "What the plan lacks ceases to work." in text
    assert "Choose it in the console." in text
    assert "Left out: 3 objects. They are too small." in text
    assert "Origin shield: The price catalogue has no price for it." in text.replace("**", "")
    cells = tables(app)
    assert ["Storage", "$4.20", "$1.10"] in cells
    assert ["Together", "$4.20", "$1.20"] in cells
    assert ["Reads", "7 reads"] in cells
    assert ["Saved if reads double", "$2.90 a month"] in cells


def test_what_nothing_here_does_has_no_button_that_applies(found: Platform, visit):
    there = keys(visit("recommendations"))
    assert f"apply-{TIDYING.id}" in there
    assert f"apply-{BY_HAND.id}" not in there
    assert f"dismiss-{BY_HAND.id}" in there


def test_a_viewer_sees_what_can_be_saved_and_cannot_act(found: Platform, visit):
    app = visit("recommendations", role="viewer")
    assert "Abort what was given up" in plain(app)
    assert "to apply or dismiss one takes the role operator." in plain(app)
    assert not any(key.startswith(("apply-", "dismiss-")) for key in keys(app))


def test_one_click_applies_after_the_preview_and_one_takes_it_back(found: Platform, visit):
    bucket = found.governed.named("s3")
    assert isinstance(bucket, LifecycleRules)
    app = press(visit("recommendations"), f"apply-{TIDYING.id}")
    assert "Adds phyght-tidy, a lifecycle rule of phyght-s3." in plain(app)
    press(app, "asking-yes")
    work(found)
    assert bucket.lifecycle_rules() == (TIDY,)

    app = visit("recommendations", section="What was applied")
    assert "promised $3.00 a month" in plain(app)
    [taken] = found.actions.history(BOSS)
    assert taken.promise.recommendation == "unfinished uploads"
    press(press(app, f"undo-{taken.id}"), "asking-yes")
    work(found)
    assert bucket.lifecycle_rules() == ()
    assert found.actions.history(BOSS)[0].phase is Phase.UNDONE


def test_what_changed_in_the_meantime_is_told_in_the_dialog_and_nothing_is_done(found: Platform, visit):
    app = press(visit("recommendations"), f"apply-{TIDYING.id}")
    bucket = found.governed.named("s3")
    assert isinstance(bucket, LifecycleRules)
    bucket.set_lifecycle_rules([LifecycleRule("theirs", expire_after_days=9)])
    app = press(app, "asking-yes")
    assert "It is not as it was when you looked." in plain(app)
    assert found.actions.history(BOSS) == ()


def test_what_saves_less_than_a_cent_is_one_line_and_can_be_applied_all_the_same(
    empty: Platform, visit, monkeypatch: pytest.MonkeyPatch
):
    proof = replace(PROOF, fees=(Fee("Storage", Decimal("0.009"), Decimal(0)),))
    small = replace(TIDYING, evidence=proof, portions=())
    monkeypatch.setattr(module, "recommend", lambda _grounds: Found((BY_HAND, small), ()))
    empty.recommendations.refresh(NOW)
    app = visit("recommendations")
    assert [each.label for each in app.expander] == ["The proof", "1 way more, each for less than a cent a month"]
    app = press(app, f"apply-{small.id}")
    press(app, "asking-yes")
    assert "Is being applied" in plain(visit("recommendations"))


def test_what_cannot_come_back_has_no_button_that_would_undo_it(empty: Platform, visit):
    bucket = empty.governed.named("local")
    assert isinstance(bucket, Multipart)
    bucket.start_upload("given-up.mp4", Attributes("video/mp4"))
    action, later = Action(Kind.ABORT_INCOMPLETE_UPLOADS, "local"), NOW + timedelta(days=8)
    empty.actions.apply(BOSS, empty.actions.preview(BOSS, action, later), later)
    work(empty)
    app = visit("recommendations", section="What was applied")
    [taken] = empty.actions.history(BOSS)
    assert taken.phase is Phase.APPLIED
    assert "whoever sent them has to send the file again" in plain(app)
    assert f"undo-{taken.id}" not in keys(app)
    assert f"detail-{taken.id}" in keys(app)


def test_what_waits_for_hours_says_so_and_how_it_is_taken_back(found: Platform, visit, monkeypatch: pytest.MonkeyPatch):
    def late(*_: object) -> None:
        raise TakesHours("Viewers may still watch.", "It goes on by itself.")

    monkeypatch.setattr(LifecyclePolicy, "put", late)
    press(press(visit("recommendations"), f"apply-{TIDYING.id}"), "asking-yes")
    work(found)
    text = plain(visit("recommendations", section="What was applied"))
    assert "Waits" in text
    assert "Viewers may still watch. It goes on by itself. To take it back, stop it first." in text


def test_one_is_dismissed_with_a_reason_and_brought_back(found: Platform, visit):
    app = press(visit("recommendations"), f"dismiss-{BY_HAND.id}")
    app.text_input(key="dismiss-reason").set_value("We need signed URLs.")
    press(app, "asking-yes")
    assert "Take the Business plan" not in plain(visit("recommendations"))

    app = visit("recommendations", section="Dismissed")
    assert "We need signed URLs." in plain(app)
    press(app, f"back-{BY_HAND.id}")
    assert "Take the Business plan" in plain(visit("recommendations"))


def test_what_happened_to_an_action_is_told(found: Platform, visit):
    press(press(visit("recommendations"), f"apply-{TIDYING.id}"), "asking-yes")
    work(found)
    [taken] = found.actions.history(BOSS)
    app = press(visit("recommendations", section="What was applied"), f"detail-{taken.id}")
    assert [row[1] for row in tables(app)] == ["Asked for", "Applied"]
    assert "unfinished uploads aborted after 7 days" in plain(app)


def test_overview_says_what_could_be_saved_and_leads_there(platform: Platform, visit, monkeypatch: pytest.MonkeyPatch):
    assert "could be saved" not in plain(visit("overview"))
    monkeypatch.setattr(module, "recommend", lambda _grounds: Found((BY_HAND, TIDYING), ()))
    platform.recommendations.refresh(NOW)
    assert "$3.00 a month could be saved, $100.00 more with a catch" in plain(visit("overview"))
