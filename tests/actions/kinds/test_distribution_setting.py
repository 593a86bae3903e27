"""A setting of the distribution is changed and put back; what others change meanwhile stays, and is noticed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.access.audit import AuditLog
from core.actions.action import Action, Kind, Phase, Preview, Step
from core.actions.actions import Actions
from core.actions.doing import Doer
from core.actions.handles import Handles
from core.actions.kinds.distribution_setting import DistributionSetting
from core.delivery.distribution import CloudFrontEdge, Edge
from core.delivery.distribution_settings import Setting, origins, read
from core.demo.told_distribution import ToldDistribution, told_distribution
from core.errors import ActionRefused, ObjectChanged, StateChanged, StorageDenied, StorageUnreachable
from core.settings import load_settings
from core.sqlite_database import SqliteDatabase
from tests.actions.conftest import LATER, NOW, OLGA, VIC
from tests.support.strict_cloudfront import StrictCloudFront, strict_cloudfront

GROUP = {"primary": "videos", "secondary": "replica", "codes": [500, 503]}


class House:
    """An installation with a distribution."""

    def __init__(self, edge: Edge, database: SqliteDatabase) -> None:
        self.edge = edge
        handlers = {Kind.PUT_DISTRIBUTION_SETTING: DistributionSetting(edge)}
        self.actions = Actions(Handles(database, AuditLog(database), lambda: LATER, handlers))

    def action(self, **terms: Any) -> Action:
        return Action(Kind.PUT_DISTRIBUTION_SETTING, self.edge.id, terms)

    def preview(self, **terms: Any) -> Preview:
        return self.actions.preview(OLGA, self.action(**terms), NOW)

    def apply(self, **terms: Any) -> str:
        id = self.actions.apply(OLGA, self.preview(**terms), NOW)
        self.work(id)
        return id

    def undo(self, id: str) -> None:
        self.actions.undo(OLGA, id, LATER)
        self.work(id)

    def work(self, id: str) -> None:
        Doer(self.actions.handles).do(id, lambda: False)

    def config(self) -> dict[str, Any]:
        return dict(self.edge.configured().config)

    def change(self, **parts: Any) -> None:
        """By somebody else, in the console."""
        there = self.edge.configured()
        self.edge.configure({**there.config, **parts}, there.etag)


@pytest.fixture
def cloudfront(monkeypatch: pytest.MonkeyPatch) -> Iterator[StrictCloudFront]:
    with strict_cloudfront(monkeypatch) as service:
        yield service


@pytest.fixture
def at_cloudfront(cloudfront: StrictCloudFront, database: SqliteDatabase) -> House:
    return House(CloudFrontEdge(cloudfront.create("videos", "replica"), load_settings()), database)


@pytest.fixture
def in_a_file(tmp_path: Path, database: SqliteDatabase) -> House:
    """As the demo has it, with a second origin."""
    edge = told_distribution(tmp_path)
    there = edge.configured()
    first = there.config["Origins"]["Items"][0] | {"Id": "videos"}
    behaviour = there.config["DefaultCacheBehavior"] | {"TargetOriginId": "videos"}
    both = {"Quantity": 2, "Items": [first, first | {"Id": "replica"}]}
    edge.configure({**there.config, "Origins": both, "DefaultCacheBehavior": behaviour}, there.etag)
    return House(edge, database)


@pytest.fixture(params=["at_cloudfront", "in_a_file"])
def house(request: pytest.FixtureRequest) -> House:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(
    ("setting", "value", "before", "after"),
    [
        ("price_class", "PriceClass_100", "all edges (PriceClass_All)",
         "edges in North America, Europe and Israel (PriceClass_100)"),
        ("origin_shield", "us-east-1", "off", "in us-east-1"),
        ("default_ttl", 3_600, "86,400 seconds", "3,600 seconds"),
        ("compress", True, "off", "on"),
        ("origin_group", GROUP, "none", "replica, where videos answers 500, 503"),
    ],
)  # fmt: skip
def test_each_setting_is_previewed_changed_and_put_back(
    house: House, setting: str, value: Any, before: str, after: str
):
    was = house.config()
    seen = house.preview(**{setting: value})
    assert [(each.before, each.after) for each in seen.differences] == [(before, after)]
    assert (seen.saving_usd, seen.one_off_usd, len(seen.items), seen.undo.possible) == (None, 0, 1, True)
    id = house.apply(**{setting: value})
    assert read(house.config(), Setting(setting), "videos") == value
    house.undo(id)
    assert house.actions.taken(VIC, id).phase is Phase.UNDONE
    assert read(house.config(), Setting(setting), "videos") == read(was, Setting(setting), "videos")
    assert _behaviour(house.config()) == _behaviour(was)


def test_what_others_have_set_stays(house: House):
    house.change(Comment="by hand")
    id = house.apply(price_class="PriceClass_200")
    house.change(DefaultRootObject="index.html")
    house.undo(id)
    assert (house.config()["Comment"], house.config()["DefaultRootObject"]) == ("by hand", "index.html")
    assert house.config()["PriceClass"] == "PriceClass_All"


def test_any_change_between_preview_and_click_is_noticed(house: House):
    seen = house.preview(price_class="PriceClass_200")
    house.change(Comment="by hand")
    with pytest.raises(StateChanged):
        house.actions.apply(OLGA, seen, NOW)
    assert house.config()["PriceClass"] == "PriceClass_All"


def test_a_value_that_somebody_has_changed_since_is_left_alone(house: House):
    id = house.apply(price_class="PriceClass_200")
    house.change(PriceClass="PriceClass_100")
    told = house.actions.preview_undo(OLGA, id, LATER)
    assert (told.possible, told.words) == (False, "Somebody has changed the price class since, so it is left as it is.")
    with pytest.raises(ActionRefused):
        house.actions.undo(OLGA, id, LATER)
    assert house.config()["PriceClass"] == "PriceClass_100"


def test_a_configuration_that_changes_at_that_very_moment_is_tried_again(
    at_cloudfront: House, cloudfront: StrictCloudFront
):
    cloudfront.meanwhile = lambda: at_cloudfront.change(Comment="at that moment")
    id = at_cloudfront.apply(price_class="PriceClass_200")
    taken = at_cloudfront.actions.taken(VIC, id)
    assert (taken.phase, taken.problem) == (
        Phase.APPLYING, f"The distribution {at_cloudfront.edge.id} was changed at this moment.",
    )  # fmt: skip
    at_cloudfront.work(id)
    assert at_cloudfront.actions.taken(VIC, id).phase is Phase.APPLIED
    assert (at_cloudfront.config()["PriceClass"], at_cloudfront.config()["Comment"]) == (
        "PriceClass_200", "at that moment",
    )  # fmt: skip


def test_the_setting_itself_changed_at_that_very_moment_is_left_alone(
    at_cloudfront: House, cloudfront: StrictCloudFront
):
    cloudfront.meanwhile = lambda: at_cloudfront.change(PriceClass="PriceClass_100")
    id = at_cloudfront.apply(price_class="PriceClass_200")
    at_cloudfront.work(id)
    assert at_cloudfront.actions.taken(VIC, id).counts == {Step.CHANGED: 1}
    assert at_cloudfront.config()["PriceClass"] == "PriceClass_100"


def test_two_clicks_apply_once_and_other_settings_at_the_same_time(house: House):
    seen = house.preview(price_class="PriceClass_200")
    house.actions.apply(OLGA, seen, NOW)
    with pytest.raises(ActionRefused, match="The same is applying already, asked for by olga"):
        house.actions.apply(OLGA, seen, NOW)
    assert house.actions.apply(OLGA, house.preview(compress=True), NOW)


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({}, "one setting"),
        ({"price_class": "PriceClass_100", "compress": True}, "one setting"),
        ({"colour": "red"}, "one setting"),
        ({"price_class": "PriceClass_300"}, "no price class"),
        ({"price_class": ["PriceClass_100"]}, "no price class"),
        ({"price_class": "PriceClass_All"}, "already"),
        ({"origin_shield": "us-west-1"}, "no Origin Shield in 'us-west-1'"),
        ({"origin_shield": ""}, "Origin Shield is off already"),
        ({"default_ttl": -1}, "cannot be -1"),
        ({"default_ttl": True}, "cannot be True"),
        ({"default_ttl": 10**9}, "cannot be"),
        ({"origin_group": {"primary": [], "secondary": {}}}, "Two origins"),
        ({"origin_group": GROUP | {"codes": [[500]]}}, "cannot lead"),
        ({"compress": "yes"}, "cannot be 'yes'"),
        ({"origin_group": "replica"}, "Two origins"),
        ({"origin_group": GROUP | {"secondary": "videos"}}, "Two origins"),
        ({"origin_group": GROUP | {"codes": [200]}}, "cannot lead"),
        ({"origin_group": GROUP | {"primary": "replica", "secondary": "videos"}}, "asks videos first"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(house: House, terms: dict[str, Any], said: str):
    before = house.edge.configured()
    with pytest.raises(ActionRefused, match=said):
        house.preview(**terms)
    assert house.edge.configured() == before


def test_a_time_that_a_cache_policy_says_is_not_set_beside_it(in_a_file: House):
    behaviour = in_a_file.config()["DefaultCacheBehavior"] | {"CachePolicyId": "658327ea"}
    in_a_file.change(DefaultCacheBehavior=behaviour)
    with pytest.raises(ActionRefused, match="A cache policy says how long"):
        in_a_file.preview(default_ttl=60)


def test_a_distribution_that_takes_uploads_gets_no_second_origin(in_a_file: House):
    methods = {"Quantity": 3, "Items": ["HEAD", "GET", "PUT"]}
    in_a_file.change(DefaultCacheBehavior=in_a_file.config()["DefaultCacheBehavior"] | {"AllowedMethods": methods})
    with pytest.raises(ActionRefused, match="also takes PUT, which no origin group may"):
        in_a_file.preview(origin_group=GROUP)


def test_with_a_second_origin_the_shield_lies_before_the_first(house: House):
    group = house.apply(origin_group=GROUP)
    shield = house.apply(origin_shield="us-east-2")
    assert origins(house.config())["videos"]["OriginShield"] == {"Enabled": True, "OriginShieldRegion": "us-east-2"}
    house.undo(shield)
    house.undo(group)
    assert house.config()["DefaultCacheBehavior"]["TargetOriginId"] == "videos"
    assert house.config()["OriginGroups"]["Quantity"] == 0


def test_another_distribution_than_ours_is_refused(house: House, database: SqliteDatabase):
    other = Action(Kind.PUT_DISTRIBUTION_SETTING, "E2OTHER", {"compress": True})
    with pytest.raises(ActionRefused, match="E2OTHER is not the distribution of this installation"):
        house.actions.preview(OLGA, other, NOW)
    nothing = DistributionSetting(None)
    with pytest.raises(ActionRefused, match="is not the distribution"):
        nothing.preview(house.action(compress=True), NOW)


def test_what_cloudfront_refuses_is_said_in_words(at_cloudfront: House, cloudfront: StrictCloudFront):
    cloudfront.aws.refused = "AccessDenied"
    with pytest.raises(StorageDenied, match="To read the configuration") as refused:
        at_cloudfront.preview(compress=True)
    assert refused.value.advice == "Allow cloudfront:GetDistributionConfig on the distribution."
    cloudfront.aws.refused = ""
    with pytest.raises(StorageUnreachable, match="There is no distribution E2NOBODY"):
        CloudFrontEdge("E2NOBODY", load_settings()).configured()


def test_a_denied_change_stops_the_action_with_its_cure_and_can_be_gone_on_with(
    at_cloudfront: House, cloudfront: StrictCloudFront
):
    id = at_cloudfront.actions.apply(OLGA, at_cloudfront.preview(compress=True), NOW)
    cloudfront.aws.refused = "AccessDenied"
    at_cloudfront.work(id)
    assert at_cloudfront.actions.taken(VIC, id).phase is Phase.STOPPED
    cloudfront.aws.refused = ""
    at_cloudfront.actions.go_on(OLGA, id, LATER)
    at_cloudfront.work(id)
    assert at_cloudfront.config()["DefaultCacheBehavior"]["Compress"] is True


def test_killed_after_cloudfront_has_taken_it_it_is_not_changed_twice(house: House, monkeypatch: pytest.MonkeyPatch):
    id = house.actions.apply(OLGA, house.preview(price_class="PriceClass_200"), NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.actions.doing.Doer._mark", _killed)
        with pytest.raises(KeyboardInterrupt):
            house.work(id)
    etag = house.edge.configured().etag
    house.work(id)
    assert (house.actions.taken(VIC, id).phase, house.edge.configured().etag) == (Phase.APPLIED, etag)


def test_a_file_takes_nothing_that_was_made_of_an_older_one(tmp_path: Path):
    edge: ToldDistribution = told_distribution(tmp_path)
    old = edge.configured()
    edge.configure({**old.config, "Comment": "new"}, old.etag)
    with pytest.raises(ObjectChanged):
        edge.configure({**old.config, "Comment": "newer"}, old.etag)
    assert edge.configured().config["Comment"] == "new"


def _behaviour(config: dict[str, Any]) -> dict[str, Any]:
    """Whether it compresses may be stated now, where it was not."""
    return {"Compress": False, **config["DefaultCacheBehavior"]}


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt
