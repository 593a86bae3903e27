"""The demo has put rules and taken one back, one of them promised too much, and one way to save was dismissed."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.access.roles import Role, User, Via
from core.actions.action import Kind, Phase
from core.actions.doing import Doer
from core.actions.expected import bare
from core.actions.saved import saved_so_far
from core.bootstrap import Platform, open_demo, open_platform
from core.catalog.residing import Source
from core.demo.acting import STUDIO, write_acting
from core.lifecycle.drill import Outcome
from core.lifecycle.replicas import copying
from core.lifecycle.residency import residency
from core.lifecycle.standing import standing
from core.settings import DemoMode, Settings

VIC = User("vic", Role.VIEWER, Via.DEMO)
OLGA = User("olga", Role.OPERATOR, Via.DEMO)


@pytest.fixture
def demo(seeded_home: Path, settings: Settings) -> Platform:
    shutil.copytree(seeded_home, settings.phyght_home, dirs_exist_ok=True)
    return open_demo(settings)


def test_three_actions_stand_and_one_was_taken_back(demo: Platform):
    assert [(each.action.place, each.phase) for each in demo.actions.history(VIC)] == [
        ("s3", Phase.UNDONE), ("local", Phase.APPLIED), ("s3-eu", Phase.APPLIED), ("s3", Phase.APPLIED),
    ]  # fmt: skip
    rules = {each.rule.id for bucket in standing(VIC, demo.governed) for each in bucket.rules}
    assert rules == {"remove-exports", "phyght-originals", "phyght-unfinished-uploads"}


def test_the_oldest_gave_less_than_it_promised_by_the_bill(demo: Platform):
    told = saved_so_far(demo.warehouse, demo.governed, demo.actions.history(VIC)[-1], demo.actions.applied(VIC))
    assert told.usd is not None
    assert told.promised_usd is not None
    assert 0 < told.usd < told.promised_usd * 8 / 10


def test_its_own_videos_are_copied_and_a_drill_has_proven_it(demo: Platform):
    now = datetime.now(UTC)
    (copied,) = [e for e in copying(VIC, demo.database, demo.warehouse, demo.governed, now) if e.rules]
    assert (copied.provider, copied.rules[0].target) == ("local", "phyght-backup")
    assert copied.sampled is not None
    assert (copied.sampled.pending, copied.sampled.failed) == (0, 0)
    assert copied.sampled.copied > 0
    (drill,) = demo.drills.history(VIC)
    assert drill.is_passed
    assert {each.outcome for each in drill.objects} == {Outcome.PROVEN}


def test_thumbnails_of_european_videos_lie_in_the_wrong_bucket_and_only_its_inventory_tells(demo: Platform):
    found = residency(VIC, demo.database)
    assert found is not None
    assert {(each.source, each.place, each.region, each.name) for each in found.astray} == {
        (Source.INVENTORY, "s3", "us-east-1", "thumbnail")
    }


def test_savings_were_found_and_one_was_dismissed_with_a_reason(demo: Platform):
    found = demo.recommendations.kept(VIC)
    assert found is not None
    assert found.saving_usd > 0
    assert any(each.recommendation.action for each in found.counted)
    assert {why.reason for _, why in found.dismissed} == {"Viewers in Tokyo and Mumbai are why we moved to a CDN."}


def test_the_price_class_that_is_recommended_is_applied_to_its_distribution_and_taken_back(demo: Platform):
    found, edge, now = demo.recommendations.kept(VIC), demo.edge, datetime.now(UTC)
    assert found is not None
    assert edge is not None
    (action,) = [e.recommendation.action for e in found.counted if e.recommendation.rule == "price class"]
    assert action is not None
    assert (action.place, bare(action).terms) == (edge.id, {"price_class": "PriceClass_200"})
    id = demo.actions.apply(OLGA, demo.actions.preview(OLGA, action, now), now)
    Doer(demo.actions.handles).do(id, lambda: False)
    assert edge.configured().config["PriceClass"] == "PriceClass_200"
    demo.actions.undo(OLGA, id, now)
    Doer(demo.actions.handles).do(id, lambda: False)
    assert edge.configured().config["PriceClass"] == "PriceClass_All"


def test_the_users_own_platform_has_no_distribution_that_is_a_file(settings: Settings):
    assert open_platform(settings.model_copy(update={"phyght_demo": DemoMode.OFF})).edge is None


def test_brought_up_to_date_it_is_not_done_again(demo: Platform):
    before = demo.actions.history(VIC)
    write_acting(demo.actions_at, demo.governed, demo.recommendations, datetime.now(UTC))
    assert demo.actions.history(VIC) == before


def test_whatever_is_recommended_with_an_action_can_be_previewed_here(demo: Platform):
    found = demo.recommendations.kept(VIC)
    assert found is not None
    actions = [each.recommendation.action for each in found.counted if each.recommendation.action]
    kinds = {each.kind for each in actions}
    assert kinds >= {Kind.CHANGE_STORAGE_CLASS, Kind.DELETE_NONCURRENT_VERSIONS, Kind.ABORT_INCOMPLETE_UPLOADS}
    for action in actions:
        assert demo.actions.preview(STUDIO, action, datetime.now(UTC)).items
