"""Per title: what own rates save of videos that have the fixed ladder."""

from decimal import Decimal

from core.recommendations.recommendation import Confidence, LeftOut
from core.recommendations.rules.per_title import find
from core.settings import MediaEngine
from core.storage.provider import StorageClass
from tests.recommendations.small import GIB, Small, an_object, asked, fee, line, only, remarks


def packaged(small: Small, video: str, ladder: str, size: int | None, fixed: int | None) -> None:
    with small.store.database.transaction() as connection:
        connection.execute(
            "insert into packagings (video_id, request, revision, ladder, state, stage, share, attempts, problem, "
            "advice, warnings, size_bytes, fixed_bytes, requested_at) values "
            f"('{video}', 'r', 1, '{ladder}', 'done', '', 1, 1, '', '', '[]', {size or 'null'}, {fixed or 'null'}, '')"
        )


def measured(small: Small, videos: int = 5) -> None:
    """They took 60 where the fixed ladder would have taken 100."""
    for number in range(videos):
        small.knows(f"m{number}", an_object(f"m{number}", "original", 1), an_object(f"m{number}", "1080p", 60))
        packaged(small, f"m{number}", "per-title", 60, 100)


def fixed(small: Small, video: str = "f", original: int = 10 * GIB) -> None:
    cold = an_object(video, "original", original, storage_class=StorageClass.GLACIER_IR)
    small.knows(video, cold, an_object(video, "1080p", 100 * GIB))
    packaged(small, video, "fixed", 100 * GIB, None)


def test_own_rates_save_what_they_saved_of_others(small: Small):
    measured(small)
    fixed(small)
    small.logs(asked("f", 10, gib=28))

    found = only(list(find(small.grounds())))

    assert fee(found.evidence, "Storage").now_usd == Decimal("2.3")
    assert fee(found.evidence, "Sent to viewers").now_usd == 30 * Decimal("0.085")  # 28 GiB in 28 days
    assert found.monthly_saving_usd == Decimal("0.4") * (Decimal("2.3") + Decimal("2.55"))
    assert found.one_off_usd == Decimal("0.3")  # its original is read out of Glacier Instant Retrieval
    assert line(found.evidence, "Pays back after") == Decimal("0.3") / Decimal("1.94")
    assert found.evidence.if_doubled_usd == Decimal("0.4") * (Decimal("2.3") + 2 * Decimal("2.55"))
    assert found.evidence.confidence is Confidence.LOW
    assert found.action is None
    assert "media again" in found.by_hand


def test_what_costs_more_to_encode_than_a_year_saves_is_left_out(small: Small):
    measured(small)
    fixed(small)
    fixed(small, "dear", 1000 * GIB)
    small.logs()

    found = only(list(find(small.grounds())))

    assert found.evidence.left_out == (LeftOut(1, "Encoding them costs more than it saves in a year."),)


def test_too_few_that_were_measured_tell_nothing(small: Small):
    measured(small, 4)
    fixed(small)
    small.logs()

    assert remarks(list(find(small.grounds()))) == [
        "4 videos were packaged by their own rates, and 5 are needed to tell what that saves."
    ]


def test_with_few_days_of_logs_nothing_is_said(small: Small):
    measured(small)
    fixed(small)
    small.logs(days=range(22, 32))

    assert remarks(list(find(small.grounds())))[0].startswith("The CDN's log has 10 of the last 28 days")


def test_a_price_of_encoding_that_no_bill_tells_is_not_guessed(small: Small):
    measured(small)
    fixed(small)
    small.logs()

    said = list(find(small.grounds(media_engine=MediaEngine.MEDIACONVERT)))

    assert remarks(said)[0].startswith("The price catalogue has no price for MediaConvert, and no bill")


def test_where_every_video_has_its_own_rates_nothing_is_said(small: Small):
    measured(small)

    assert list(find(small.grounds())) == []
