"""Unfinished uploads: what their parts cost, and the rule that ends them by itself."""

from datetime import timedelta
from decimal import Decimal

from core.actions.action import Kind
from core.recommendations.recommendation import LeftOut, Recommendation
from core.recommendations.rules.unfinished import RULE_ID, find
from core.storage.lifecycle import LifecycleRule
from core.storage.local import LocalProvider
from core.storage.provider import Attributes
from tests.recommendations.small import NOW, Small, remarks

PART = b"x" * 2**20
A_MONTH_OF_A_PART = Decimal("0.023") / 1024


def begun(small: Small, days_ago: int, parts: int = 1, key: str = "a") -> LocalProvider:
    small.now = NOW - timedelta(days=days_ago)
    there = small.provider
    upload = there.start_upload(key, Attributes("video/mp4"))
    for number in range(1, parts + 1):
        there.write_part(key, upload, number, PART)
    small.now = NOW
    return there


def found(small: Small, *providers: LocalProvider) -> list[Recommendation]:
    return [each for each in find(small.grounds(*providers)) if isinstance(each, Recommendation)]


def test_parts_that_nobody_completes_cost_what_standard_does(small: Small):
    for days_ago, parts in ((60, 2), (8, 1), (6, 5)):
        begun(small, days_ago, parts)

    abort, rule = found(small)

    assert abort.monthly_saving_usd == 3 * A_MONTH_OF_A_PART
    assert abort.one_off_usd == 0
    assert (abort.evidence.objects, abort.evidence.size_bytes) == (2, 3 * 2**20)
    assert abort.evidence.left_out == (LeftOut(1, "They are younger than 7 days, or are being sent."),)
    assert abort.action is not None
    assert (abort.action.kind, abort.action.place) == (Kind.ABORT_INCOMPLETE_UPLOADS, "s3")
    assert abort.action.terms == {"older_than_days": 7, "prefix": ""}
    # 3 MiB were left behind in 60 days: half of that in a month
    assert rule.monthly_saving_usd == round(3 * A_MONTH_OF_A_PART / 2, 10)
    assert rule.action is not None
    assert rule.action.kind is Kind.PUT_LIFECYCLE_POLICY
    assert [(each["id"], each["abort_unfinished_after_days"]) for each in rule.action.terms["rules"]] == [(RULE_ID, 7)]


def test_no_rule_is_asked_for_where_one_does_it(small: Small):
    there = begun(small, 60)
    there.set_lifecycle_rules([LifecycleRule("theirs", abort_unfinished_after_days=30)])

    assert [each.rule for each in found(small)] == ["unfinished uploads"]


def test_a_rule_on_a_part_of_the_bucket_does_not_do_it(small: Small):
    there = begun(small, 60)
    there.set_lifecycle_rules([LifecycleRule("theirs", prefix="raw/", abort_unfinished_after_days=30)])

    assert [each.rule for each in found(small)] == ["unfinished uploads", "rule for unfinished uploads"]


def test_an_old_upload_that_is_still_being_sent_is_left_alone(small: Small):
    there = begun(small, 60)
    (upload,) = there.unfinished_uploads()
    with small.store.database.transaction() as connection:
        connection.execute(
            "insert into uploads (id, owner, fingerprint, file_name, title, size_bytes, part_bytes, content_type, "
            "residency, visibility, provider, reason, mode, key, upload_id, state, problem, started_at, active_at, "
            "active_s, cleared, packaging_asked) values ('u', 'olga', '', 'a', 'a', 1, 1, '', '', 'public', 's3', '', "
            f"'parts', 'a', '{upload.upload_id}', 'receiving', '', '2026-09-01', '2026-09-01', 0, false, false)"
        )

    assert found(small) == []


def test_where_nothing_is_billed_nothing_is_said(small: Small):
    begun(small, 60)
    free = LocalProvider(small.home / "s3", b"s" * 32, lambda: NOW)

    assert found(small, free) == []


def test_a_region_without_a_price_is_said(small: Small):
    small.region = "xx-north-9"
    begun(small, 60)

    assert remarks(list(find(small.grounds())))[0].startswith(
        "The price catalogue of 2026-11-22 has no price for storage in xx-north-9."
    )
