"""Objects go down to another storage class by a tag and a rule, up by a copy, and come back."""

from decimal import Decimal
from typing import Any

import pytest

from core.actions.action import Phase, Step
from core.actions.kinds.class_moves import TAG
from core.actions.kinds.storage_class import StorageClassChange
from core.catalog.catalog import Catalog
from core.catalog.video import Kind
from core.database import Database
from core.errors import ActionRefused, StateChanged, StorageDenied
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.local import LocalProvider
from core.storage.local_lifecycle import apply_rules
from core.storage.provider import Attributes, StorageClass, StorageProvider
from core.storage.s3 import S3Provider
from core.units import GIB, KIB
from tests.actions.conftest import OLGA, OTTO
from tests.actions.kinds.conftest import Making
from tests.actions.kinds.workplace import Workplace, cents
from tests.support import s3_faults
from tests.support.strict_s3 import StrictS3

SIZE = 256 * KIB
STANDARD, IA, GIR = StorageClass.STANDARD, StorageClass.STANDARD_IA, StorageClass.GLACIER_IR
TIERING, GLACIER, DEEP = StorageClass.INTELLIGENT_TIERING, StorageClass.GLACIER, StorageClass.DEEP_ARCHIVE
ORIGINAL, RUNG, LIST = (
    (Kind.ORIGINAL, "original", SIZE),
    (Kind.RENDITION, "720p", SIZE),
    (Kind.PLAYLIST, "master.m3u8", 9),
)
RULE = LifecycleRule("phyght-tier-glacier-ir", "", {TAG: "GLACIER_IR"}, transitions=(Transition(0, "GLACIER_IR"),))
MONTH = Decimal(12) / 365


@pytest.fixture
def place(provider: StorageProvider, made: Making) -> Workplace:
    return made(provider, StorageClassChange)


@pytest.fixture
def here(folder: LocalProvider, made: Making) -> Workplace:
    return made(folder, StorageClassChange)


def classes(place: Workplace) -> dict[str, StorageClass]:
    return {each.key: each.storage_class for each in place.provider.list()}


def rule_moves(place: Workplace) -> None:
    """What S3 does within a day; the stand-in of S3 does not, so that it is done for it."""
    if isinstance(place.provider, LocalProvider):
        apply_rules(place.provider, place.time.now)
        return
    for each in place.provider.list():
        if wanted := place.provider.tags(each.key).get(TAG):
            place.provider.set_storage_class(each.key, StorageClass(wanted))


def put(place: Workplace, key: str, size: int = SIZE, storage_class: StorageClass = STANDARD) -> None:
    place.provider.write(key, [b"x" * size], Attributes("video/mp4", "max-age=60", storage_class))


def test_what_goes_down_is_tagged_beside_other_tags_and_a_rule_moves_it(place: Workplace):
    put(place, "a")
    put(place, "b")
    place.provider.set_tags("a", {"owner": "ann"})
    seen = place.preview(storage_class="GLACIER_IR", prefix="")
    assert place.keys(seen) == ["phyght-tier-glacier-ir", "a", "b"]
    assert [each.what for each in seen.differences] == ["2 objects", "phyght-tier-glacier-ir"]

    id = place.apply(storage_class="GLACIER_IR", prefix="")
    assert place.counts(id) == {Step.DONE: 3}
    assert place.provider.lifecycle_rules() == (RULE,)
    assert place.provider.tags("a") == {"owner": "ann", TAG: "GLACIER_IR"}
    rule_moves(place)
    assert set(classes(place).values()) == {GIR}


def test_a_move_is_priced_by_part(place: Workplace):
    put(place, "a")
    seen = place.preview(storage_class="GLACIER_IR", keys=["a"])
    gib = Decimal(SIZE) / GIB
    assert seen.saving_usd == (Decimal("0.023") - Decimal("0.004")) * gib - Decimal("0.00000065")  # a tag a month
    assert seen.one_off_usd == Decimal("0.00002")  # a transition
    # at its dearest: 90 days of Glacier Instant Retrieval, 0.03 a GB, one PUT
    assert seen.undo.usd == Decimal("0.004") * gib * 90 * MONTH + Decimal("0.03") * gib + Decimal("0.000005")
    assert (seen.undo.possible, seen.undo.monthly_usd) == (True, seen.saving_usd)


def test_what_did_not_move_yet_comes_back_for_nothing(place: Workplace):
    put(place, "a")
    id = place.apply(storage_class="GLACIER_IR", keys=["a"])
    told = place.actions.preview_undo(OLGA, id, place.time.now)
    assert (told.usd, told.monthly_usd) == (0, 0)
    assert told.words == "1 object did not move yet, and can go back."
    place.undo(id)
    assert place.provider.tags("a") == {}
    assert (classes(place), place.provider.lifecycle_rules()) == ({"a": STANDARD}, ())


def test_what_has_moved_is_copied_back_and_the_price_says_so(here: Workplace):
    put(here, "a")
    id = here.apply(storage_class="GLACIER_IR", keys=["a"])
    rule_moves(here)
    here.time.passes(days=10)
    told = here.actions.preview_undo(OLGA, id, here.time.now)
    gib = Decimal(SIZE) / GIB
    early, retrieval, request = Decimal("0.004") * gib * 80 * MONTH, Decimal("0.03") * gib, Decimal("0.000005")
    assert told.usd == early + retrieval + request
    assert told.monthly_usd == Decimal("0.019") * gib
    here.undo(id)
    assert (classes(here), dict(here.provider.tags("a"))) == ({"a": STANDARD}, {})


def test_what_has_moved_in_s3_is_copied_back(bucket: S3Provider, made: Making):
    place = made(bucket, StorageClassChange)
    put(place, "a")
    id = place.apply(storage_class="GLACIER_IR", keys=["a"])
    rule_moves(place)
    place.undo(id)
    assert (classes(place), place.provider.tags("a")) == ({"a": STANDARD}, {})
    assert place.counts(id) == {Step.RETURNED: 2}


@pytest.mark.parametrize("cut_after", ["the copy", "all"])
def test_cut_off_while_it_comes_back_it_is_gone_on_with(here: Workplace, cut_after: str, monkeypatch: Any):
    put(here, "a")
    id = here.apply(storage_class="GLACIER_IR", keys=["a"])
    rule_moves(here)

    def die(self: LocalProvider, key: str, tags: Any) -> None:
        if cut_after == "all":
            true_tags(self, key, tags)
        raise KeyboardInterrupt

    true_tags = LocalProvider.set_tags
    monkeypatch.setattr(LocalProvider, "set_tags", die)
    with pytest.raises(KeyboardInterrupt):
        here.undo(id)
    monkeypatch.setattr(LocalProvider, "set_tags", true_tags)
    here.work(id)
    assert (classes(here), dict(here.provider.tags("a"))) == ({"a": STANDARD}, {})
    assert here.counts(id) == {Step.RETURNED: 2}


def test_what_goes_up_is_copied_and_no_rule_moves_it_down_again(place: Workplace):
    put(place, "a", storage_class=GIR)
    place.provider.set_tags("a", {TAG: "GLACIER_IR", "owner": "ann"})
    place.provider.set_lifecycle_rules([RULE])
    seen = place.preview(storage_class="STANDARD", keys=["a"])
    gib = Decimal(SIZE) / GIB
    assert cents(seen.one_off_usd) == cents(
        Decimal("0.004") * gib * 90 * MONTH + Decimal("0.03") * gib + Decimal("0.000005")
    )
    assert seen.saving_usd == -Decimal("0.019") * gib

    id = place.apply(storage_class="STANDARD", keys=["a"])
    assert (classes(place), dict(place.provider.tags("a"))) == ({"a": STANDARD}, {"owner": "ann"})
    place.undo(id)
    assert (classes(place), place.provider.tags("a")[TAG]) == ({"a": GIR}, "GLACIER_IR")


def test_what_is_archived_is_restored_before_it_comes_back(here: Workplace, monkeypatch: pytest.MonkeyPatch):
    here.film("v", ORIGINAL, LIST)
    id = here.apply(storage_class="DEEP_ARCHIVE", kind="original")
    rule_moves(here)
    assert here.provider.head("videos/v/original").storage_class is DEEP
    asked, true_restore = list[str](), LocalProvider.restore

    def slow(self: LocalProvider, key: str, days: int) -> Any:
        asked.append(key)
        return self.head(key)  # of which nothing can be read yet

    monkeypatch.setattr(LocalProvider, "restore", slow)
    told = here.actions.preview_undo(OLGA, id, here.time.now)
    assert "after a restore of up to 12 hours" in told.words
    here.undo(id)
    taken = here.taken(id)
    assert (taken.phase, asked) == (Phase.UNDOING, ["videos/v/original"])
    assert "is being restored" in taken.problem
    monkeypatch.setattr(LocalProvider, "restore", true_restore)
    here.work(id)
    assert here.taken(id).phase is Phase.UNDONE
    assert here.provider.head("videos/v/original").storage_class is STANDARD


def test_what_players_read_is_never_archived(place: Workplace):
    place.film("v", ORIGINAL, RUNG, LIST)
    for terms in ({"prefix": "videos/"}, {"kind": "rendition"}, {"keys": ["videos/v/720p"]}):
        with pytest.raises(ActionRefused, match="'videos/v/720p' is what players read"):
            place.preview(storage_class="GLACIER", **terms)
    seen = place.preview(storage_class="GLACIER", kind="original")
    assert place.keys(seen) == ["phyght-tier-glacier", "videos/v/original"]
    assert any("takes up to 5 hours" in each and "packaged again has to wait" in each for each in seen.warnings)


def test_an_original_that_viewers_watch_is_not_archived(place: Workplace):
    place.film("v", ORIGINAL)
    with pytest.raises(ActionRefused, match="what viewers watch is the original itself"):
        place.preview(storage_class="DEEP_ARCHIVE", kind="original")
    assert len(place.preview(storage_class="GLACIER_IR", kind="original").items) == 2


def test_nobodys_objects_are_not_archived(place: Workplace):
    put(place, "a")
    with pytest.raises(ActionRefused, match="no video that the catalogue knows has them"):
        place.preview(storage_class="DEEP_ARCHIVE", prefix="")


def test_what_is_left_out_is_counted_with_its_reason(place: Workplace):
    put(place, "empty", size=0)
    put(place, "large")
    put(place, "small", size=128 * KIB - 1)
    put(place, "there", storage_class=GIR)
    put(place, "full")
    place.provider.set_tags("full", {f"tag{number}": "x" for number in range(10)})
    seen = place.preview(storage_class="GLACIER_IR", prefix="")
    assert place.keys(seen)[1:] == ["large"]
    assert "2 objects are left out: smaller than 128 KB, which rules do not move." in seen.warnings
    assert "1 object is left out: they have ten tags already, as many as S3 takes." in seen.warnings
    place.apply(storage_class="GLACIER_IR", prefix="")
    with pytest.raises(ActionRefused, match="1 object: on the way there already"):
        place.preview(storage_class="GLACIER_IR", prefix="")


def test_nothing_goes_to_infrequent_access_before_its_thirtieth_day(here: Workplace):
    put(here, "young")
    here.time.passes(days=29)
    seen = here.preview(storage_class="STANDARD_IA", prefix="")
    assert any("before 30 days from its creation, nor does 1 object" in each for each in seen.warnings)
    here.apply(storage_class="STANDARD_IA", prefix="")
    rule_moves(here)
    assert classes(here) == {"young": STANDARD}
    here.time.passes(days=1)
    rule_moves(here)
    assert classes(here) == {"young": IA}


def test_objects_are_chosen_by_age_and_size(here: Workplace):
    put(here, "old")
    here.time.passes(days=5)
    put(here, "young")
    put(here, "larger", size=2 * SIZE)
    assert here.keys(here.preview(storage_class="GLACIER_IR", prefix="", older_than_days=5))[1:] == ["old"]
    assert here.keys(here.preview(storage_class="GLACIER_IR", prefix="", at_least_bytes=SIZE + 1))[1:] == ["larger"]


def test_objects_are_chosen_by_video_and_kind(place: Workplace):
    place.film("v", ORIGINAL, RUNG)
    place.film("w", ORIGINAL, RUNG)
    chosen = place.preview(storage_class="GLACIER_IR", kind="rendition", videos=["w"])
    assert place.keys(chosen)[1:] == ["videos/w/720p"]


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        ({"storage_class": "GLACIER_IR"}, "not said which objects"),
        ({"storage_class": "COLD", "prefix": ""}, "no storage class 'COLD'"),
        ({"storage_class": "GLACIER_IR", "kind": "film"}, "no kind 'film'"),
        ({"storage_class": "GLACIER_IR", "prefix": "none/"}, "no such objects"),
        ({"storage_class": "GLACIER_IR", "keys": "a"}, "no list of texts"),
        ({"storage_class": "GLACIER_IR", "prefix": "", "video": ["v"]}, "'video' is no term of change storage class"),
    ],
    ids=["which", "class", "kind", "none", "list", "unknown"],
)
def test_terms_that_make_no_sense_are_refused(place: Workplace, terms: dict[str, Any], why: str):
    with pytest.raises(ActionRefused, match=why):
        place.preview(**terms)


def test_what_intelligent_tiering_saves_is_told_as_a_range(place: Workplace):
    put(place, "a")
    seen = place.preview(storage_class="INTELLIGENT_TIERING", prefix="")
    assert seen.saving_usd is None
    assert seen.one_off_usd == Decimal("0.00001")
    assert seen.undo.usd == Decimal("0.000005")
    (told,) = [each for each in seen.warnings if each.startswith("What it saves depends on what is read")]
    # at most 0.019 a GB less; monitoring and a tag in either case
    assert "from $0.0000032 a month more, while all of it is read, to $0.0000015 less" in told


def test_what_left_a_class_too_early_is_paid_for(here: Workplace):
    put(here, "a", storage_class=IA)
    here.time.passes(days=10)
    seen = here.preview(storage_class="GLACIER_IR", keys=["a"])
    gib = Decimal(SIZE) / GIB
    assert seen.one_off_usd == Decimal("0.00002") + Decimal("0.0125") * gib * 20 * MONTH
    assert any("S3 does not say since when an object lies in its class" in each for each in seen.warnings)


def test_foreign_rules_stay_and_those_about_the_same_are_named(place: Workplace):
    put(place, "videos/a")
    others = [LifecycleRule(f"of others {number}", f"logs/{number}/", expire_after_days=9) for number in range(900)]
    meets = LifecycleRule("expire", "videos/", expire_after_days=365)
    place.provider.set_lifecycle_rules([*others, meets])
    seen = place.preview(storage_class="GLACIER_IR", prefix="videos/")
    (told,) = [each for each in seen.warnings if "about some of the same objects" in each]
    assert told.startswith("phyght-tier-glacier-ir is about some of the same objects as expire; each does its part")
    id = place.apply(storage_class="GLACIER_IR", prefix="videos/")
    assert place.provider.lifecycle_rules() == (*others, meets, RULE)
    place.undo(id)
    assert place.provider.lifecycle_rules() == (*others, meets)


def test_a_bucket_with_as_many_rules_as_s3_takes_is_told(place: Workplace):
    put(place, "a")
    place.provider.set_lifecycle_rules([LifecycleRule(f"r{n}", f"{n}/", expire_after_days=9) for n in range(1000)])
    with pytest.raises(ActionRefused, match="would have 1,001 rules"):
        place.preview(storage_class="GLACIER_IR", prefix="")


def test_a_rule_that_another_change_relies_on_stays(place: Workplace):
    put(place, "a")
    put(place, "b")
    first = place.apply(storage_class="GLACIER_IR", keys=["a"])
    second = place.apply(storage_class="GLACIER_IR", keys=["b"])
    place.undo(first)
    assert place.provider.lifecycle_rules() == (RULE,)
    assert place.counts(first) == {Step.RETURNED: 1, Step.KEPT: 1}
    place.undo(second)
    assert place.provider.tags("b") == {}


def test_what_was_replaced_between_preview_and_apply_is_told(place: Workplace):
    put(place, "a")
    seen = place.preview(storage_class="GLACIER_IR", keys=["a"])
    put(place, "a", size=2 * SIZE)
    with pytest.raises(StateChanged):
        place.actions.apply(OLGA, seen, place.time.now)


def test_a_rule_changed_in_the_console_between_preview_and_apply_is_told(place: Workplace):
    put(place, "a")
    seen = place.preview(storage_class="GLACIER_IR", keys=["a"])
    place.provider.set_lifecycle_rules([LifecycleRule("new", "a", expire_after_days=1)])
    with pytest.raises(StateChanged):
        place.actions.apply(OLGA, seen, place.time.now)


def test_what_was_replaced_or_removed_before_its_turn_is_left_alone(place: Workplace):
    for key in ("a", "b", "c"):
        put(place, key)
    id = place.actions.apply(OLGA, place.preview(storage_class="GLACIER_IR", prefix=""), place.time.now)
    put(place, "a", size=2 * SIZE)
    place.provider.delete("b")
    place.work(id)
    assert place.counts(id) == {Step.DONE: 2, Step.CHANGED: 2}
    assert place.provider.tags("a") == {}


def test_two_people_change_it_once(place: Workplace):
    put(place, "a")
    seen = place.preview(storage_class="GLACIER_IR", prefix="")
    place.actions.apply(OLGA, seen, place.time.now)
    with pytest.raises(ActionRefused, match="asked for by olga"):
        place.actions.apply(OTTO, seen, place.time.now)


def test_a_replaced_object_is_not_taken_for_the_old_one_when_it_is_undone(place: Workplace):
    put(place, "a")
    id = place.apply(storage_class="GLACIER_IR", keys=["a"])
    put(place, "a", size=2 * SIZE)
    place.undo(id)
    assert place.counts(id) == {Step.KEPT: 1, Step.RETURNED: 1}


def test_the_catalogue_learns_where_objects_lie(here: Workplace, database: Database):
    here.film("v", ORIGINAL, RUNG, LIST, storage_class=GIR)
    here.apply(storage_class="STANDARD", kind="rendition")
    (copy,) = Catalog(database).copies("v")
    assert {each.name: each.storage_class for each in copy.objects}["720p"] is STANDARD


def test_denied_in_the_middle_it_can_be_gone_on_with_or_undone(bucket: S3Provider, s3: StrictS3, made: Making):
    place = made(bucket, StorageClassChange)
    put(place, "a")
    put(place, "b")
    s3.plan(s3_faults.denied("s3:PutObjectTagging"), "b", "PUT")
    id = place.apply(storage_class="GLACIER_IR", prefix="")
    taken = place.taken(id)
    assert (taken.phase, taken.counts) == (Phase.STOPPED, {Step.DONE: 2, Step.WAITING: 1})
    assert taken.advice == "Allow s3:PutObjectTagging on arn:aws:s3:::videos/*."
    place.undo(id)
    assert (place.taken(id).phase, place.provider.tags("a"), bucket.lifecycle_rules()) == (Phase.UNDONE, {}, ())


def test_throttled_it_is_tried_again(bucket: S3Provider, s3: StrictS3, made: Making):
    place = made(bucket, StorageClassChange)
    put(place, "a")
    s3.plan(s3_faults.slow_down, "a", "PUT", times=2)
    id = place.apply(storage_class="GLACIER_IR", prefix="")
    assert place.taken(id).phase is Phase.APPLYING
    place.work(id)
    assert place.taken(id).phase is Phase.APPLIED


def test_replaced_between_the_look_and_the_copy_it_is_left_alone(bucket: S3Provider, s3: StrictS3, made: Making):
    place = made(bucket, StorageClassChange)
    put(place, "a", storage_class=IA)
    s3.plan(s3_faults.refuse(412, "PreconditionFailed"), "a", "PUT")
    id = place.apply(storage_class="STANDARD", keys=["a"])
    assert place.counts(id) == {Step.CHANGED: 1}


def test_in_a_bucket_with_versions_and_locks_copies_are_warned_of(s3: StrictS3, bucket: S3Provider, made: Making):
    place = made(bucket, StorageClassChange)
    put(place, "a", storage_class=IA)
    s3.client().put_bucket_versioning(Bucket="videos", VersioningConfiguration={"Status": "Enabled"})
    told = " ".join(place.preview(storage_class="STANDARD", keys=["a"]).warnings)
    assert "videos keeps versions. This copies objects onto themselves: each copy leaves a noncurrent version" in told
    locked = s3.client()
    locked.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    bucket._bucket.name = "locked"
    put(place, "a", storage_class=IA)
    told = " ".join(place.preview(storage_class="STANDARD", keys=["a"]).warnings)
    assert "those that are cannot be removed before their lock ends" in told
    id = place.apply(storage_class="STANDARD", keys=["a"])
    assert (place.taken(id).phase, classes(place)) == (Phase.APPLIED, {"a": STANDARD})
    assert len(list(bucket.versions("a"))) == 2


def test_where_versions_may_not_be_asked_for_it_says_so(
    s3: StrictS3, bucket: S3Provider, made: Making, monkeypatch: Any
):
    place = made(bucket, StorageClassChange)
    put(place, "a", storage_class=IA)

    def denied() -> bool:
        raise StorageDenied("s3:GetBucketVersioning is denied.")

    monkeypatch.setattr(bucket, "keeps_versions", denied)
    told = " ".join(place.preview(storage_class="STANDARD", keys=["a"]).warnings)
    assert "may not be asked (s3:GetBucketVersioning is denied.)" in told


def test_prices_that_a_region_lacks_are_told_and_not_guessed(bucket: S3Provider, made: Making):
    place = made(bucket, StorageClassChange)
    put(place, "a")
    bucket._bucket.region = "eu-central-1"  # its client is made by now
    seen = place.preview(storage_class="GLACIER_IR", prefix="")
    assert (seen.saving_usd, seen.one_off_usd, seen.undo.usd) == (None, None, None)
    told = [each.partition(" is not known")[0] for each in seen.warnings if " is not known" in each]
    assert told == ["What it saves a month", "What moving costs", "What taking it back costs"]


def test_on_a_folder_of_this_machine_nothing_costs_anything(tmp_path: Any, made: Making, time: Any):
    place = made(LocalProvider(tmp_path / "other", b"", lambda: time.now), StorageClassChange)
    put(place, "a")
    seen = place.preview(storage_class="GLACIER_IR", prefix="")
    assert (seen.saving_usd, seen.one_off_usd, seen.undo.usd) == (0, 0, 0)


def test_undoing_long_after_costs_no_early_deletion(here: Workplace):
    put(here, "a")
    id = here.apply(storage_class="GLACIER_IR", keys=["a"])
    rule_moves(here)
    here.time.passes(days=100)
    told = here.actions.preview_undo(OLGA, id, here.time.now)
    assert told.usd == Decimal("0.03") * Decimal(SIZE) / GIB + Decimal("0.000005")


def test_what_is_on_its_way_to_one_class_is_not_sent_to_another(place: Workplace):
    put(place, "a")
    place.apply(storage_class="GLACIER_IR", prefix="")
    put(place, "b")
    seen = place.preview(storage_class="STANDARD_IA", prefix="")
    assert [key for key in place.keys(seen) if not key.startswith("phyght")] == ["b"]
    assert any("1 object is left out: on the way to another class" in each for each in seen.warnings)


def test_of_two_changes_in_a_row_the_first_tells_that_the_second_keeps_it_and_no_tag_is_left_behind(here: Workplace):
    put(here, "a")
    first = here.apply(storage_class="STANDARD_IA", prefix="")
    here.time.passes(days=31)
    rule_moves(here)
    second = here.apply(storage_class="GLACIER_IR", prefix="")
    assert here.provider.tags("a") == {TAG: "GLACIER_IR"}

    told = here.actions.preview_undo(OLGA, first, here.time.now)
    assert "1 object cannot come back: removed since, or changed by somebody or another action." in told.words
    assert not told.possible

    here.undo(second)
    assert here.provider.tags("a") == {TAG: "STANDARD_IA"}, "its rule is there, and it lies where that moves it"
    here.undo(first)
    assert here.provider.tags("a") == {}
    assert classes(here) == {"a": STANDARD}


def test_a_tag_that_no_rule_heeds_any_more_does_not_count(place: Workplace):
    put(place, "a")
    place.provider.set_tags("a", {TAG: "GLACIER_IR"})
    seen = place.preview(storage_class="GLACIER_IR", prefix="")
    assert place.keys(seen) == ["phyght-tier-glacier-ir", "a"]
