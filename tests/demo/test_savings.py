"""Savings: what could cost less on the demo platform, from the files that it was seeded with."""

import shutil
from pathlib import Path

import pytest

from core.access.roles import Role, User, Via
from core.bootstrap import open_platform
from core.recommendations.recommendations import Kept
from core.settings import load_settings
from tests.environment import settle


@pytest.fixture(scope="module")
def found(seeded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    home = tmp_path_factory.mktemp("savings") / "home"
    shutil.copytree(seeded_home, home)
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, home)
        patch.setenv("PHYGHT_DEMO", "on")
        kept = open_platform(load_settings()).recommendations.kept(User("vic", Role.VIEWER, Via.DEMO))
    assert kept is not None
    return kept


def test_rules_of_every_kind_have_something_to_say(found: Kept):
    rules = {each.recommendation.rule for each in found.counted}

    assert rules >= {
        "cdn plan", "leave supabase", "original class", "noncurrent versions", "unfinished uploads",
        "rule for unfinished uploads",
    }  # fmt: skip
    assert found.saving_usd > 0
    assert sum(each.usd for each in found.counted) >= found.saving_usd


def test_the_dearest_is_what_the_cdn_sends(found: Kept):
    first = found.counted[0].recommendation

    assert first.rule == "cdn plan"
    assert first.title in ("Take CloudFront's Business plan", "Take CloudFront's Premium plan")  # by the month's nights
    assert first.monthly_saving_usd == first.evidence.saving_usd > 1_000


def test_a_rule_that_lacks_something_says_what(found: Kept):
    said = {each.rule: each.words for each in found.remarks}

    assert "28 are needed" in said["rendition class"] or "has no price" in said["rendition class"]
    assert "has no price for Origin Shield" in said["origin shield"]
    assert not [words for words in said.values() if "It failed" in words]


def test_portions_come_to_the_saving_of_each(found: Kept):
    for each in found.counted:
        portions = sum(usd for _, usd in each.recommendation.portions)
        assert portions == pytest.approx(each.recommendation.monthly_saving_usd)
