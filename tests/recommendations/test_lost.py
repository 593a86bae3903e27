"""Lost: objects of videos that nobody knows, and contents that lie there twice."""

from decimal import Decimal

from core.recommendations.recommendation import LeftOut
from core.recommendations.rules.lost import find
from core.storage.local import LocalProvider
from tests.recommendations.small import GIB, NOW, Small, an_object, asked, listed, only, remarks


def known(small: Small) -> None:
    small.knows("a", an_object("a", "original", 1))


def test_what_no_video_of_the_catalogue_owns_costs_storage(small: Small):
    known(small)
    small.lists(
        *(listed(video, 10, rung, day) for video in "abc" for rung in ("original", "1080p") for day in (1, 31)),
        listed("d", 10), listed("", 10, ""),
    )  # fmt: skip
    small.logs(asked("c", 20))

    found = only(list(find(small.grounds())))

    assert found.monthly_saving_usd == Decimal("0.46")  # 20 GiB of b
    assert dict(found.portions) == {
        "local original STANDARD": Decimal("0.23"), "local renditions STANDARD": Decimal("0.23"),
    }  # fmt: skip
    assert found.evidence.left_out == (
        LeftOut(2, "They were asked for in the last 28 days."),
        LeftOut(1, "No inventory of 7 days ago lists them: they may be new."),
    )
    assert found.action is None
    assert "Nothing here removes what the catalogue does not know." in found.by_hand


def test_with_few_days_of_logs_nobody_knows_whether_they_are_watched(small: Small):
    known(small)
    small.lists(*(listed("b", 10, day=day) for day in (1, 31)))
    small.logs(days=range(22, 32))

    assert remarks(list(find(small.grounds()))) == [
        "The CDN's log has 10 of the last 28 days: nobody knows whether they are watched."
    ]


def test_while_the_catalogue_is_empty_nothing_is_lost(small: Small):
    small.lists(*(listed("b", 10, day=day) for day in (1, 31)))
    small.logs()

    assert list(find(small.grounds())) == []


def test_originals_of_the_same_bytes_are_counted_beyond_the_first(small: Small):
    for video, gib, crc in (("a", 10, 7), ("b", 10, 7), ("c", 10, 7), ("d", 10, 8), ("e", 5, 7)):
        small.knows(video, an_object(video, "original", gib * GIB, crc64nvme=crc))
    small.lists(listed("a", 10))

    found = only(list(find(small.grounds())))

    assert found.title == "Keep 1 original once instead of 3 times"
    assert found.monthly_saving_usd == Decimal("0.46")  # two of 10 GiB
    assert (found.evidence.objects, found.action) == (2, None)


def test_the_etag_tells_where_no_checksum_is_known(small: Small):
    for video in "ab":
        small.knows(video, an_object(video, "original", GIB, etag="same"))
    small.lists(listed("a", 1))

    assert only(list(find(small.grounds()))).monthly_saving_usd == Decimal("0.023")


def test_duplicates_at_a_provider_that_is_not_here_are_not_priced(small: Small):
    for video in "ab":
        small.knows(video, an_object(video, "original", GIB, crc64nvme=7))
    small.lists(listed("a", 1))

    said = list(find(small.grounds(LocalProvider(small.home / "x", b"s" * 32, lambda: NOW))))

    assert remarks(said) == ["It is not connected here, so nobody knows its region and its prices."]
