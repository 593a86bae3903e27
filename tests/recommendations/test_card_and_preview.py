"""What a card says and what the preview of its action says: the same saving, objects and bytes, or why not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from inspect import getsource
from typing import Any

import pytest

from core.access.audit import AuditLog
from core.actions.action import Action, Extent, Preview
from core.actions.actions import Actions
from core.actions.doing import Doer
from core.actions.expected import TERM, bare
from core.actions.registry import open_actions
from core.actions.store import taken
from core.catalog.video import Kind
from core.delivery.distribution import Edge
from core.demo.told_distribution import told_distribution
from core.errors import ActionRefused, StorageUnreachable
from core.media.folder import MASTER
from core.recommendations.grounds import Grounds
from core.recommendations.recommend import _RULES, RULES, recommend
from core.recommendations.recommendation import Recommendation
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.providers import Providers
from core.units import KIB, MIB
from tests.actions.conftest import OLGA
from tests.actions.kinds.conftest import bucket, s3
from tests.actions.kinds.test_rung_dropping import HEAD, stream
from tests.costs.measurements import Row
from tests.migration.place import PART, Place, content, folder
from tests.recommendations.small import NOW, Small, an_object, asked, listed
from tests.recommendations.test_caching import logs as misses
from tests.recommendations.test_rungs import watches
from tests.recommendations.test_unfinished import begun
from tests.support.strict_s3 import StrictS3

__all__ = ["bucket", "s3"]

#: Above what is billed as more than it is.
SIZE = 300 * KIB


@dataclass
class Scene:
    """What rules look at, and where their actions would be done."""

    small: Small
    grounds: Grounds
    edge: Edge | None = None
    now: datetime = NOW
    asked: list[str] = field(default_factory=list)

    @property
    def actions(self) -> Actions:
        grounds = self.grounds
        return open_actions(
            grounds.database, AuditLog(grounds.database), grounds.providers, grounds.prices, grounds.settings,
            lambda: self.now, lambda _, video: self.asked.append(video), self.edge,
        )  # fmt: skip

    def cards(self, rule: str) -> list[Recommendation]:
        """Those of one rule's file that carry an action."""
        found = recommend(self.grounds, {rule: RULES[rule]}).recommendations
        return [each for each in found if each.action]

    def preview(self, action: Action | None) -> Preview:
        assert action is not None
        return self.actions.preview(OLGA, action, self.now)


def films(small: Small, *more: Row, since: int = 0, **videos: dict[str, int]) -> None:
    """Videos whose objects lie in the bucket, are listed by its inventory (since that day of September, too) and known
    by the catalogue.
    """
    rows = list(more)
    for video, sizes in videos.items():
        pictures = [name for name in sizes if name != "original"]
        text = (HEAD + "".join(stream(name, 1_000 * int(name[:-1])) for name in pictures)).encode()
        objects = [
            an_object(video, name, size, bandwidth=1_000 * len(pictures) - at, height=int(name[:-1]) if at else None,
                      width=int(name[:-1]) if at else None)
            for at, (name, size) in enumerate(sizes.items())
        ]  # fmt: skip
        objects.append(an_object(video, MASTER, len(text), kind=Kind.PLAYLIST))
        small.knows(video, *(_written(small, each, text) for each in objects))
        rows += [listed(video, 0, name, bytes=size, billable_bytes=size) for name, size in sizes.items()]
    early = [row | {"day": f"2026-09-{since}"} for row in rows if since]
    small.lists(*early, *rows)


def _written(small: Small, of: Any, playlist: bytes) -> Any:
    body = playlist if of.kind is Kind.PLAYLIST else b"x" * of.size_bytes
    made = small.provider.write(of.key, [body], Attributes("video/mp4", "", of.storage_class))
    return replace(of, etag=made.etag, crc64nvme=made.crc64nvme)


FILM = {"original": 4 * SIZE, "1080p": 3 * SIZE, "720p": 2 * SIZE, "240p": SIZE}


def originals(small: Small) -> Scene:
    films(small, a=FILM, b=FILM | {"original": 2 * SIZE})
    small.logs(asked("a", 5, "original", 1, gib=0.000_01))
    return Scene(small, small.grounds())


def renditions(small: Small) -> Scene:
    large = {"1080p": 16 * MIB, "240p": 8 * MIB, "144p": 100}  # what is billed as more than it is stays where it is
    films(small, listed("gone", 0, bytes=9 * MIB, billable_bytes=9 * MIB, rung="1080p"), since=21, a=large, b=large)
    small.knows("gone", an_object("gone", "1080p", 8 * MIB))  # it has other bytes by now
    days = (date(2026, 9, 22) + timedelta(n) for n in range(40))
    small.logged(*(asked("other", 1) | {"day": day.isoformat()} for day in days))
    return Scene(small, small.grounds())


def watched_again(small: Small) -> Scene:
    """In Glacier IR since the 21st of September, and read as a whole on each of the last eight days of October."""
    there = {"1080p": 16 * MIB, "240p": 8 * MIB}
    rows = [
        listed("hot", 0, name, bytes=size, billable_bytes=size, storage_class="GLACIER_IR")
        for name, size in there.items()
    ]
    films(small, *rows, *(row | {"day": "2026-09-21"} for row in rows), a=FILM)
    for name, size in there.items():
        small.knows("hot", _written(small, an_object("hot", name, size, storage_class=StorageClass.GLACIER_IR), b""))
    days = [date(2026, 9, 22) + timedelta(n) for n in range(40)]
    reads = [asked("hot", day, name, gib=size / 2**30) for day in range(24, 32) for name, size in there.items()]
    small.logged(*reads, *(asked("other", 1) | {"day": day.isoformat()} for day in days))
    return Scene(small, small.grounds())


def rungs(small: Small) -> Scene:
    films(small, a=FILM, b=FILM, c={"1080p": SIZE, "720p": SIZE, "240p": SIZE})  # of c there is no original
    watches(small, {"1080p": 900, "720p": 4, "240p": 96})
    return Scene(small, small.grounds())


def caching(small: Small) -> Scene:
    films(small, a=FILM)
    misses(small)
    return Scene(small, small.grounds())


def unfinished(small: Small) -> Scene:
    return Scene(small, small.grounds(begun(small, 60, 2)))


def price_class(small: Small) -> Scene:
    edge = told_distribution(small.home)
    small.logs(*(asked("a", day, gib=50, price_region="SA", distribution=edge.id) for day in range(2, 32)), days=())
    return Scene(small, small.grounds(cloudfront_distribution_id=edge.id), edge)


def origin_shield(small: Small) -> Scene:
    payg = small.prices.content["cloudfront_payg"] | {"origin_shield_10k": "0.0075"}
    small.prices = replace(small.prices, content=small.prices.content | {"cloudfront_payg": payg})
    edge, regions = told_distribution(small.home), ("US", "EU")
    small.lists(listed("a", 10, "1080p", storage_class="GLACIER_IR"))
    small.logs(
        *(asked("a", day, requests=50, gib=50, price_region=each, distribution=edge.id)
          for day in range(2, 32) for each in regions),
        days=(),
    )  # fmt: skip
    return Scene(small, small.grounds(cloudfront_distribution_id=edge.id), edge)


def retirable(small: Small) -> Scene:
    store = small.store
    moved = Place(small.home, store.database, store.settings, folder(small.home, "supabase"), folder(small.home, "s3"))
    for number, id in enumerate(("alba", "bruno")):
        moved.video(id, content(2 * PART, number))
    moved.plan("alba", "bruno")
    moved.start()
    moved.work()
    small.now = moved.now + timedelta(days=8)
    return Scene(small, small.grounds(moved.source, moved.target), now=small.now)


SCENES: dict[str, Callable[[Small], Scene]] = {
    "original class": originals,
    "rendition class": renditions,
    "watched again": watched_again,
    "unwatched rungs": rungs,
    "cache headers": caching,
    "unfinished uploads": unfinished,
    "price class": price_class,
    "origin shield": origin_shield,
    "retirable copies": retirable,
}


@pytest.fixture
def versions(small: Small, s3: StrictS3, bucket: StorageProvider) -> Scene:
    """S3 says itself since when a version is noncurrent: so this one is looked at a month from now."""
    s3.client().put_bucket_versioning(Bucket="videos", VersioningConfiguration={"Status": "Enabled"})
    for number in range(3):
        bucket.write("videos/a/original.mp4", [bytes([number]) * SIZE], Attributes("video/mp4"))
    old = {"bucket": "videos", "kind": "noncurrent", "current": False, "objects": 2, "bytes": 2 * SIZE}
    small.lists(*(listed("a", 0, day=day, **old, billable_bytes=2 * SIZE) for day in (1, 31)))
    now = datetime.now(UTC) + timedelta(days=31)
    return Scene(small, replace(small.grounds(), providers=Providers((bucket,)), now=now), now=now)


def require_equal(scene: Scene, cards: Sequence[Recommendation]) -> None:
    assert cards
    for card in cards:
        seen = scene.preview(card.action)
        assert seen.saving_usd == card.monthly_saving_usd, card.title
        assert seen.one_off_usd is not None
        assert _cents(seen.one_off_usd) == _cents(card.one_off_usd), card.title
        assert _cents(seen.one_off_more_usd) == _cents(card.one_off_more_usd), card.title
        if seen.extent.objects and card.evidence.objects:
            assert seen.extent == Extent(card.evidence.objects, card.evidence.size_bytes), card.title
        assert "not all as it was" not in " ".join(seen.warnings)


def _cents(usd: Decimal) -> Decimal:
    """To a millionth of a millionth: sums of the same parts in another order differ in their last digit."""
    return round(usd, 12)


@pytest.mark.parametrize("rule", SCENES)
def test_the_preview_saves_what_the_card_says(small: Small, rule: str):
    scene = SCENES[rule](small)

    require_equal(scene, scene.cards(rule))


@pytest.mark.parametrize("rule", SCENES)
def test_no_preview_of_a_card_says_that_its_saving_is_not_known(small: Small, rule: str):
    scene = SCENES[rule](small)
    (*_, card) = scene.cards(rule)
    assert card.action is not None

    seen, alone = scene.preview(card.action), scene.preview(bare(card.action))
    assert seen.untold_saving not in seen.warnings
    assert not alone.untold_saving or alone.warnings[0] == alone.untold_saving, "without a card it is said"
    assert bool(alone.untold_saving) is (rule in ("cache headers", "price class", "origin shield"))


def test_what_a_card_costs_once_goes_by_the_age_that_the_bucket_tells(small: Small):
    early = an_object("a", "original", 8 * MIB, storage_class=StorageClass.GLACIER_IR)
    small.now = NOW - timedelta(days=60)
    small.knows("a", _written(small, early, b""), an_object("a", MASTER, 5, kind=Kind.PLAYLIST))
    small.now = NOW
    small.lists(listed("a", 0, bytes=8 * MIB, billable_bytes=8 * MIB, storage_class="GLACIER_IR"))
    small.logs()
    scene = Scene(small, small.grounds())

    (card,) = scene.cards("original class")
    seen = scene.preview(card.action)

    # of 90 days 30 are left since it was written; all 90 where a rule has moved it there today
    month = Decimal("0.004") * 8 * MIB / 2**30 * 12 / 365
    assert _cents(card.one_off_usd) == _cents(month * 30 + Decimal("0.00005"))
    assert _cents(card.one_off_more_usd) == _cents(month * 60)
    assert (_cents(seen.one_off_usd or Decimal(0)), _cents(seen.one_off_more_usd)) == (
        _cents(card.one_off_usd), _cents(card.one_off_more_usd),
    )  # fmt: skip


def test_of_a_bucket_that_does_not_answer_the_card_says_how_much_it_may_be(
    small: Small, monkeypatch: pytest.MonkeyPatch
):
    small.holds(listed("a", 100, storage_class="GLACIER_IR"), listed("a", 1, "1080p"))
    small.logs()

    def silent(*_: object) -> None:
        raise StorageUnreachable("No network.", "Try again.")

    monkeypatch.setattr(LocalProvider, "list", silent)
    (card,) = Scene(small, small.grounds()).cards("original class")

    assert card.one_off_usd == Decimal("0.00005")
    assert _cents(card.one_off_more_usd) == _cents(Decimal("0.4") * 90 * 12 / 365)


def test_so_does_that_of_old_versions(versions: Scene):
    require_equal(versions, versions.cards("noncurrent versions"))


def test_each_rule_with_an_action_is_among_these():
    acting = {rule.NAME for rule in _RULES if " Action(" in getsource(rule)}

    assert acting == {*SCENES, "noncurrent versions"}


def test_renditions_that_are_not_there_as_they_are_listed_are_left_out(small: Small):
    scene = renditions(small)
    (card,) = scene.cards("rendition class")

    assert (card.evidence.objects, card.evidence.size_bytes) == (4, 48 * MIB)
    assert card.action is not None
    assert card.action.terms["videos"] == ["a", "b"]


def test_a_dominated_rung_is_counted_by_the_rung_itself(small: Small):
    scene = rungs(small)
    cards = {each.rule: each for each in scene.cards("unwatched rungs")}

    assert set(cards) == {"unwatched rungs", "dominated rungs"}
    assert cards["unwatched rungs"].evidence.objects == 2
    assert [(each.objects, each.reason) for each in cards["unwatched rungs"].evidence.left_out] == [
        (1, "Their original is not there to make it anew of.")
    ]


def test_what_is_applied_promises_what_the_card_says(small: Small):
    scene = originals(small)
    card = scene.cards("original class")[0]
    seen = scene.preview(card.action)

    id = scene.actions.apply(OLGA, seen, NOW)

    with small.store.database.reading() as connection:
        on_record = taken(connection, id)
    assert on_record.saving_usd == card.monthly_saving_usd
    assert TERM not in on_record.action.terms, "on record is what is done"


def test_what_is_watched_again_lies_in_intelligent_tiering_once_its_card_is_applied(small: Small):
    scene = watched_again(small)
    (card,) = scene.cards("watched again")
    actions = scene.actions

    id = actions.apply(OLGA, scene.preview(card.action), NOW)
    Doer(actions.handles).do(id, lambda: False)

    there = {each.key: each.storage_class for each in small.provider.list("videos/hot/")}
    assert there == {f"videos/hot/{name}.mp4": StorageClass.INTELLIGENT_TIERING for name in ("1080p", "240p")}


def test_what_has_gone_since_is_said_and_the_saving_is_in_proportion(small: Small):
    scene = originals(small)
    card = next(each for each in scene.cards("original class") if "GLACIER_IR" in each.about)
    small.provider.delete("videos/b/original.mp4")  # a has two thirds of the bytes

    seen = scene.preview(card.action)

    assert seen.saving_usd is not None
    assert abs(seen.saving_usd - card.monthly_saving_usd * 2 / 3) < Decimal("1e-20")
    assert seen.warnings[0] == (
        "It is not all as it was when the saving was worked out: 2 objects of 1.8 MiB then, 1 object of 1.2 MiB now. "
        "The saving is told in proportion to the bytes."
    )


def test_what_lies_in_another_class_by_now_is_left_alone(small: Small):
    scene = originals(small)
    card = next(each for each in scene.cards("original class") if "GLACIER_IR" in each.about)
    small.provider.set_storage_class("videos/b/original.mp4", StorageClass.STANDARD_IA)

    assert scene.preview(card.action).extent == Extent(1, 4 * SIZE)


@pytest.mark.parametrize(
    "told",
    [{}, "much", {"objects": -1, "size_bytes": 0, "monthly_usd": "1"}, {"objects": 1, "size_bytes": 1},
     {"objects": True, "size_bytes": 1, "monthly_usd": "1"}, {"objects": 1, "size_bytes": 1, "monthly_usd": "NaN"},
     {"objects": 1, "size_bytes": 1, "monthly_usd": "a lot"}],
)  # fmt: skip
def test_what_no_recommendation_says_is_refused(small: Small, told: Any):
    scene = originals(small)
    card = scene.cards("original class")[0]
    assert card.action is not None

    with pytest.raises(ActionRefused, match="not what a recommendation says"):
        scene.preview(replace(card.action, terms={**card.action.terms, TERM: told}))
