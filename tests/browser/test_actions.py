"""Every kind of action in a real browser: from the card that finds it to what is then true in the demo's cloud."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.access.roles import Role, User, Via
from core.actions.action import Action, Kind
from core.bootstrap import Platform, open_demo
from core.demo.folders import SOURCE, TARGET
from core.media.folder import MASTER
from core.media.shelves import FOR_EVER
from core.settings import Settings
from core.storage.abilities import Versioned
from core.storage.local import LocalProvider
from core.storage.provider import Multipart
from tests.browser.server import Server
from tests.browser.test_savings import answer, press, section
from tests.browser.test_smoke import drawn

VIC = User("vic", Role.VIEWER, Via.DEMO)


@pytest.fixture
def cloud(saving: Server, settings: Settings) -> Platform:
    """What the demo's dashboard works on, looked at from beside it."""
    return open_demo(settings.model_copy(update={"phyght_home": saving.home}))


def recommended(cloud: Platform, kind: Kind) -> Action:
    """The first that is recommended of a kind."""
    found = cloud.recommendations.kept(VIC)
    assert found is not None
    return next(
        e.recommendation.action
        for e in found.counted
        if e.recommendation.action and e.recommendation.action.kind is kind
    )


def open_small(page: Page) -> None:
    """What saves less than a cent a month."""
    line = page.get_by_text("less than a cent a month")
    press(line, page.locator("[class*=st-key-saving-small-]").first)


def apply(page: Page, server: Server, card: str, *told: str, small: bool = False) -> Locator:
    """Look at a saving, read what it would do, and have it done; returns its card of what was applied."""
    page.goto(f"{server.url}/recommendations")
    drawn(page, "Savings")
    if small:
        open_small(page)
    found = page.locator("[class*=st-key-card-saving-], [class*=st-key-saving-small-]").filter(has_text=card).first
    dialog = page.get_by_test_id("stDialog")
    press(found.get_by_role("button", name="Look and apply"), dialog.get_by_role("button", name="Apply", exact=True))
    for words in told:
        expect(dialog).to_contain_text(words)
    answer(page, "Apply")
    section(page, "What was applied")
    return page.locator("[class*=st-key-card-action-]").first


def undo(page: Page, taken: Locator, told: str) -> None:
    """Read what would come back, and have it back."""
    dialog = page.get_by_test_id("stDialog")
    press(taken.get_by_role("button", name="Undo"), dialog.get_by_role("button", name="Undo it", exact=True))
    expect(dialog).to_contain_text(told)
    answer(page, "Undo it")
    expect(taken).to_contain_text("Undone ·")


def assert_audited(page: Page, server: Server, kind: Kind, *done: str) -> None:
    page.goto(f"{server.url}/audit")
    drawn(page, "Audit")
    lines = page.locator(".st-key-narrow-audit")
    for each in done:
        expect(lines).to_contain_text(f"{each}: {kind}: done")


def assert_final(taken: Locator, told: str) -> None:
    """It says that it cannot come back, and has no button that would have it so."""
    expect(taken).to_contain_text(told)
    expect(taken.get_by_role("button", name="What happened")).to_be_visible()
    expect(taken.get_by_role("button", name="Undo")).to_have_count(0)


def test_caches_are_told_of_one_playlist_and_told_the_old_again(saving: Server, cloud: Platform, page: Page):
    action = recommended(cloud, Kind.SET_CACHE_CONTROL)
    (video,) = action.terms["videos"]
    key = f"videos/{video}/hls/{MASTER}"
    assert cloud.governed.named("s3").head(key).cache_control == "no-cache"

    taken = apply(page, saving, "Let caches keep playlists of 1 video", "no-cache", FOR_EVER, "copied onto itself")
    expect(taken).to_contain_text(re.compile("Applied ·.*of 5 objects of phyght-s3"))
    assert cloud.governed.named("s3").head(key).cache_control == FOR_EVER
    forgotten = saving.home / "demo" / "told-cloudfront" / "forgotten"
    assert f"/{key}" in forgotten.read_text().splitlines()

    undo(page, taken, "Each object is copied onto itself once more")
    assert cloud.governed.named("s3").head(key).cache_control == "no-cache"
    assert_audited(page, saving, action.kind, "apply", "applied", "undone")


def test_a_rung_goes_off_its_playlists_and_comes_back_within_the_day(saving: Server, cloud: Platform, page: Page):
    action = recommended(cloud, Kind.DROP_RENDITION)
    video = action.terms["videos"][0]

    def playlist() -> str:
        copy = next(each for each in cloud.catalog.copies(video) if each.provider == "s3")
        found = copy.object(MASTER)
        assert found is not None
        return b"".join(cloud.governed.named("s3").read(found.key)).decode()

    assert "480p" in playlist()
    taken = apply(
        page, saving, f"Drop 480p of {len(action.terms['videos'])} videos", "a day later", "put back for nothing"
    )
    expect(taken).to_contain_text("objects stay for a day. It goes on by itself. To take it back, stop it first.")
    assert "480p" not in playlist()
    assert "720p" in playlist()

    press(taken.get_by_role("button", name="Stop"), taken.get_by_role("button", name="Undo"))
    undo(page, taken, "the old playlist and the objects are still there, and are put back")
    assert "480p" in playlist()
    assert_audited(page, saving, action.kind, "apply", "undone")


def test_a_setting_of_the_distribution_is_changed_and_changed_back(saving: Server, cloud: Platform, page: Page):
    assert cloud.edge is not None
    assert cloud.edge.configured().config["PriceClass"] == "PriceClass_All"

    taken = apply(page, saving, "Serve from fewer places", "PriceClass_All", "PriceClass_200")
    expect(taken).to_contain_text("Applied ·")
    assert cloud.edge.configured().config["PriceClass"] == "PriceClass_200"

    undo(page, taken, "PriceClass_All")
    assert cloud.edge.configured().config["PriceClass"] == "PriceClass_All"
    assert_audited(page, saving, Kind.PUT_DISTRIBUTION_SETTING, "apply", "applied", "undone")


def test_a_bucket_is_copied_elsewhere_and_not_any_more(saving: Server, cloud: Platform, page: Page):
    provider = cloud.governed.named("s3")
    assert isinstance(provider, LocalProvider)
    page.goto(f"{saving.url}/lifecycle?section=Copies")
    drawn(page, "Lifecycle")
    dialog = page.get_by_test_id("stDialog")
    target = dialog.get_by_role("textbox", name="Copy to")
    press(page.locator(".st-key-copies-none-s3").get_by_role("button", name="Set up"), target)
    target.fill("phyght-elsewhere")
    target.press("Enter")
    expect(dialog).to_contain_text("From now on copies what is written of phyght-s3 to phyght-elsewhere.")
    answer(page, "Set it up")
    section(page, "What was changed")
    taken = page.locator("[class*=st-key-card-action-]").first
    expect(taken).to_contain_text(re.compile("Applied ·.*to phyght-elsewhere"))
    found = provider.replication()
    assert found is not None
    assert [each.target for each in found.rules] == ["phyght-elsewhere"]

    undo(page, taken, "Copies stay where they are")
    found = provider.replication()
    assert found is None or not found.rules
    assert_audited(page, saving, Kind.PUT_REPLICATION, "apply", "applied", "undone")


def test_noncurrent_versions_are_gone_for_good(saving: Server, cloud: Platform, page: Page):
    provider = cloud.governed.named("s3-uploads")
    assert isinstance(provider, Versioned)
    assert len(list(provider.versions())) == 24

    taken = apply(page, saving, "Delete 24 noncurrent versions", "nothing brings it back")
    expect(taken).to_contain_text("Applied ·")
    assert list(provider.versions()) == []
    assert_final(taken, "A version that is removed is gone for good")
    assert_audited(page, saving, Kind.DELETE_NONCURRENT_VERSIONS, "apply", "applied")


def test_unfinished_uploads_are_aborted_for_good(saving: Server, cloud: Platform, page: Page):
    provider = cloud.governed.named(TARGET)
    assert isinstance(provider, Multipart)
    assert len(list(provider.unfinished_uploads())) == 4

    taken = apply(page, saving, "Abort 4 unfinished uploads", "has to send the file again", small=True)
    expect(taken).to_contain_text("Applied ·")
    assert list(provider.unfinished_uploads()) == []
    assert_final(taken, "whoever sent them has to send the file again")
    assert_audited(page, saving, Kind.ABORT_INCOMPLETE_UPLOADS, "apply", "applied")


def test_copies_that_nobody_gets_are_retired_by_the_migration_that_moved_them(
    saving: Server, cloud: Platform, page: Page
):
    videos = recommended(cloud, Kind.RETIRE_COPY).terms["videos"]
    assert len(videos) == 4

    taken = apply(page, saving, "Retire the copies of 4 videos", "compared with what was copied", small=True)
    expect(taken).to_contain_text("Applied ·")
    for each in videos:
        (copy,) = cloud.catalog.copies(each)
        assert copy.provider == TARGET
        assert not [one for one in cloud.governed.named(SOURCE).list("pilot/") if one.key == copy.objects[0].key]
    assert_final(taken, "a roll back is not possible any more")
    assert_audited(page, saving, Kind.RETIRE_COPY, "apply", "applied")
