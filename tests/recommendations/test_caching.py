"""Caching: what reaches a bucket although the CDN could have kept it."""

from decimal import Decimal

import pytest

from core.actions.action import Kind
from core.catalog.video import Kind as ObjectKind
from core.recommendations.rules.caching import find
from core.storage.provider import Attributes
from tests.costs.measurements import Row
from tests.recommendations.small import Small, an_object, asked, fee, line, listed, only, remarks


def logs(small: Small, rung: str = "1080p", refreshed: int = 0, gib: float = 0) -> None:
    """1,000 requests on each day from the 4th on; in the first whole week 100 of them missed, later 400."""
    rows = list[Row]()
    for day in range(4, 32):
        misses = 100 if 5 <= day < 12 else 400
        rows += [asked("a", day, rung, misses, gib), asked("a", day, rung, 1000 - misses - refreshed, result="hit")]
        rows += [asked("a", day, rung, refreshed, result="refreshhit")] if refreshed else []
    small.logs(*rows, days=())


def test_misses_beyond_the_best_week_and_refreshes_are_billed_as_reads(small: Small):
    small.lists(listed("a", 10, "1080p", storage_class="GLACIER_IR"))
    logs(small, refreshed=50, gib=1)

    found = only(list(find(small.grounds())))

    # 28 days: 7 x 100 + 21 x 400 = 9,100 missed of 28,000; 10 % would have been 2,800; 1,400 refreshes
    assert line(found.evidence, "Not missed in the best week") == Decimal("0.9")
    assert line(found.evidence, "Avoidable misses") == 6_300
    assert line(found.evidence, "Refreshes") == 1_400
    month = Decimal(30) / 28
    assert fee(found.evidence, "Requests to the bucket").now_usd == pytest.approx(7_700 * Decimal("0.00001") * month)
    assert fee(found.evidence, "Retrieval").now_usd == pytest.approx(
        28 * Decimal(6_300) / 9_100 * Decimal("0.03") * month
    )
    assert found.action is not None
    assert (found.action.kind, found.action.place) == (Kind.SET_CACHE_CONTROL, "s3")
    assert found.action.terms == {"cache_control": "public, max-age=31536000, immutable", "kind": "rendition"}


def test_where_one_video_is_behind_it_the_others_are_left_alone(small: Small):
    for video in ("a", "b"):
        original, playlist = an_object(video, "original", 1), an_object(video, "playlist", 1, kind=ObjectKind.PLAYLIST)
        small.knows(video, original, playlist)
        small.provider.write(playlist.key, [b"x"], Attributes("", "no-cache" if video == "a" else ""))
    small.lists(listed("a", 10, "playlist"), listed("b", 10, "playlist"))
    small.logs(
        *(asked("a", day, "playlist", 40, result="refreshhit") for day in range(4, 32)),
        *(asked("b", day, "playlist", 1, result="refreshhit") for day in range(4, 32)),
        *(asked("b", day, "playlist", 20) for day in range(4, 32)),
        *(asked("b", day, "playlist", 939, result="hit") for day in range(4, 32)),
        days=(),
    )

    found = only(list(find(small.grounds())))

    # 28 days with 40 of the 61 that reach the bucket; one object of it to be copied
    assert found.title == "Let caches keep playlists of 1 video for a year"
    assert "They say 'no-cache' now." in found.words
    assert found.action is not None
    assert (found.action.terms["kind"], found.action.terms["videos"]) == ("playlist", ["a"])
    assert found.monthly_saving_usd == Decimal(28 * 40) * Decimal("0.0000004") * Decimal(30) / 28
    assert found.one_off_usd == Decimal("0.000005")
    share = line(found.evidence, "Of all that reaches the bucket for such objects")
    assert share == pytest.approx(Decimal(40) / 61)


def test_pictures_are_replaced_where_they_lie_so_they_are_kept_for_a_week(small: Small):
    small.lists(listed("a", 10, "thumbnail"))
    logs(small, "thumbnail")

    found = only(list(find(small.grounds())))

    assert found.action is not None
    assert found.action.terms == {"cache_control": "public, max-age=604800", "kind": "thumbnail"}


def stored_with(small: Small, header: str) -> None:
    rung = an_object("a", "1080p", 1, kind=ObjectKind.RENDITION)
    small.knows("a", an_object("a", "original", 1), rung)
    small.provider.write(rung.key, [b"x"], Attributes("video/mp4", header))
    small.lists(listed("a", 10, "1080p"))
    logs(small)


def test_headers_that_say_so_already_are_not_the_cause(small: Small):
    stored_with(small, "public, max-age=31536000, immutable")

    assert remarks(list(find(small.grounds()))) == [
        "Renditions may be kept for long already; what is missed is asked for too seldom."
    ]


@pytest.mark.parametrize("header", ["", "no-cache", "max-age=60", "no-store, max-age=31536000"])
def test_headers_that_do_not_are_told(small: Small, header: str):
    stored_with(small, header)

    said = repr(header) if header else "nothing of it"
    assert f"They say {said} now." in only(list(find(small.grounds()))).words


def test_a_month_like_its_best_week_has_nothing_to_save(small: Small):
    small.lists(listed("a", 10, "1080p"))
    small.logs(*(asked("a", day, "1080p", 200) for day in range(1, 32)),
               *(asked("a", day, "1080p", 800, result="hit") for day in range(1, 32)))  # fmt: skip

    assert list(find(small.grounds())) == []


def test_with_few_days_of_logs_nothing_is_said(small: Small):
    small.lists(listed("a", 10, "1080p"))
    small.logs(days=range(22, 32))

    assert remarks(list(find(small.grounds()))) == [
        "The CDN's log has 10 of the last 28 days: nobody knows what it did not have."
    ]


def test_a_class_without_a_price_is_said(small: Small):
    small.region = "eu-west-1"
    small.lists(listed("a", 10, "1080p", storage_class="GLACIER_IR"))
    logs(small)

    assert remarks(list(find(small.grounds())))[0].startswith(
        "The price catalogue of 2026-11-22 has no price for GET requests of GLACIER_IR in eu-west-1."
    )
