"""Storing: how each storage provider is doing, on Settings and in a line on the Overview."""

from datetime import UTC, datetime, timedelta

import pytest

from core.errors import StorageUnreachable
from core.storage.health import Health
from dashboard.format import markdown
from tests.pages.bills import words

SILENT = markdown("S3 is [silent](http://x).")  # nothing in it is Markdown any more


def fail(platform, times, error="S3 is [silent](http://x).", advice="Check the *network*."):
    """The folder fails so many times in a row."""
    for _ in range(times):
        with pytest.raises(StorageUnreachable), platform.health.attempt("local"):
            raise StorageUnreachable(error, advice)


def connections(visit):
    return words(visit("settings", section="Connections"))


def test_a_provider_that_was_never_asked_is_asked_when_somebody_looks(empty, visit):
    text = connections(visit)

    assert ":green[:material/check_circle:] **This machine**: well, answered in " in text
    assert "A folder of this machine" in text
    assert empty.health.condition("local").well


def test_what_failed_once_may_be_chance_and_that_is_said(empty, visit):
    fail(empty, 1)
    text = connections(visit)

    assert (
        ":orange[:material/warning:] **This machine**: failed 1 time in a row; at the third, no new videos go there."
        in text
    )
    assert f"{SILENT} **{markdown('Check the *network*.')}**" in text


def test_what_fails_says_until_when_it_is_passed_by_and_the_cure(empty, visit):
    fail(empty, 3)
    text = connections(visit)

    assert ":red[:material/error:] **This machine**: fails since " in text
    assert "No new videos go there until " in text
    assert "**Check the \\*network\\*\\.**" in text


def test_what_is_being_tried_says_so(empty, visit):
    fail(empty, 3)
    later = Health(empty.database, lambda: datetime.now(UTC) + timedelta(seconds=31))
    assert later.may_use("local")

    assert "failed, and is being tried again just now." in connections(visit)


def test_asking_again_shows_that_it_is_well_and_what_was_wrong_before(empty, visit):
    fail(empty, 3)
    app = visit("settings", section="Connections")
    app.button(key="providers-ask").click().run()

    assert "**This machine**: well" in words(app)
    assert "Last error, " in words(app)
    assert empty.health.may_use("local")


def test_the_overview_says_in_a_line_how_storage_is_doing(platform, visit):
    others = "; Supabase \\(demo\\) not asked yet; S3 \\(demo\\) not asked yet."
    assert f"Storage: This machine not asked yet{others}" in words(visit("overview"))

    platform.health.probe(platform.providers.named("local"))
    assert "Storage: This machine is well, answered in " in words(visit("overview"))
    assert "No new videos go there" not in words(visit("overview"))


def test_the_overview_puts_a_provider_that_fails_among_what_needs_somebody(platform, visit):
    fail(platform, 3)
    for at in (datetime.now(UTC), datetime.now(UTC) + timedelta(minutes=10)):  # it has to last
        platform.alerts.evaluate(at)
    text = words(visit("overview"))

    assert "Storage: :red[This machine fails]; " in text
    assert "**A storage provider is down\\:\N{WORD JOINER} local**" in text
    assert SILENT in text
