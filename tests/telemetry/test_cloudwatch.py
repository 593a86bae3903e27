"""What CloudWatch tells: every page, patiently, gaps left open, and in words where it tells nothing."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from core.errors import StorageBusy
from core.ingestion import ingest_cloudwatch
from core.settings import Settings, load_settings
from core.storage.patience import Patience
from core.telemetry.cloudwatch import get_metrics, open_cloudwatch
from core.telemetry.cloudwatch_days import measure_cloudwatch
from core.telemetry.cloudwatch_resources import Resource, resources
from tests.telemetry.ingesting import NOW, Installation

CDN = [{"Name": "DistributionId", "Value": "E1EXAMPLE"}, {"Name": "Region", "Value": "Global"}]
FIRST = datetime(2026, 11, 29, tzinfo=UTC)
_ROWS = (
    "SELECT metric, dimensions, region, period_start::VARCHAR, period_s, stat, value, unit FROM metrics ORDER BY ALL"
)


@pytest.fixture
def settings() -> Settings:
    told = {"cloudfront_distribution_id": "E1EXAMPLE", "aws_access_key_id": "AKIAREADER"}
    return load_settings(Path("/nonexistent")).model_copy(update=told)


@pytest.fixture
def stub(settings: Settings) -> Iterator[Stubber]:
    client = open_cloudwatch(settings, "us-east-1")
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "home", tmp_path / "home" / "cloudwatch")


class Pauses(list[float]):
    """Waits for nothing, and notes how long it would have waited."""

    @property
    def patience(self) -> Patience:
        return Patience(self.append)


def metric(name: str, dimensions: list[dict[str, str]] = CDN, namespace: str = "AWS/CloudFront") -> dict[str, Any]:
    return {"Namespace": namespace, "MetricName": name, "Dimensions": dimensions}


def result(id: str, *points: tuple[int, float], status: str = "Complete") -> dict[str, Any]:
    times = [FIRST + timedelta(hours=hour) for hour, _ in points]
    return {"Id": id, "Label": id, "Timestamps": times, "Values": [value for _, value in points], "StatusCode": status}


def lists(stub: Stubber, *metrics: dict[str, Any]) -> None:
    stub.add_response("list_metrics", {"Metrics": list(metrics)}, {"Namespace": ANY, "Dimensions": ANY})


def answers(stub: Stubber, *results: dict[str, Any], token: str = "", **asked: Any) -> None:
    page: dict[str, Any] = {"MetricDataResults": list(results), "Messages": []}
    expected = {"MetricDataQueries": ANY, "StartTime": ANY, "EndTime": ANY, "ScanBy": "TimestampAscending", **asked}
    stub.add_response("get_metric_data", page | ({"NextToken": token} if token else {}), expected)


def measure(
    home: Installation, settings: Settings, stub: Stubber, now: datetime = NOW, patience: Patience | None = None
):
    return measure_cloudwatch(resources(settings), lambda _: stub.client, home.home, now, patience or Pauses().patience)


def test_metrics_go_the_whole_way_and_gaps_are_no_zeros(home: Installation, settings: Settings, stub: Stubber):
    lists(stub, metric("Requests"), metric("CacheHitRate"), metric("LambdaExecutionError"))
    answers(stub, result("m0", (0, 120.0), (2, 80.0), (25, 7.0)), result("m1", (2, 91.5)))

    assert measure(home, settings, stub) == ()
    assert home.outcomes() == ["metrics 2026-11-29 loaded", "metrics 2026-11-30 loaded"]
    dimensions = "DistributionId=E1EXAMPLE,Region=Global"
    assert home.ask(_ROWS) == [
        ("CacheHitRate", dimensions, "us-east-1", "2026-11-29 02:00:00", 3600, "Average", 91.5, "Percent"),
        ("Requests", dimensions, "us-east-1", "2026-11-29 00:00:00", 3600, "Sum", 120.0, "None"),
        ("Requests", dimensions, "us-east-1", "2026-11-29 02:00:00", 3600, "Sum", 80.0, "None"),
        ("Requests", dimensions, "us-east-1", "2026-11-30 01:00:00", 3600, "Sum", 7.0, "None"),
    ]


def test_pages_are_put_together(home: Installation, settings: Settings, stub: Stubber):
    stub.add_response("list_metrics", {"Metrics": [metric("Requests")], "NextToken": "n"})
    stub.add_response(
        "list_metrics", {"Metrics": [metric("CacheHitRate")]}, {"Namespace": ANY, "Dimensions": ANY, "NextToken": "n"}
    )
    answers(stub, result("m0", (0, 1.0), status="PartialData"), token="more")
    answers(stub, result("m0", (1, 2.0)), result("m1", (1, 50.0)), NextToken="more")

    assert measure(home, settings, stub) == ()
    home.ingest()
    assert home.ask("SELECT metric, value FROM metrics ORDER BY ALL") == [
        ("CacheHitRate", 50.0),
        ("Requests", 1.0),
        ("Requests", 2.0),
    ]


def test_five_hundred_metrics_are_asked_for_at_once(stub: Stubber):
    queries = [
        {"Id": f"m{n}", "MetricStat": {"Metric": metric("Requests"), "Period": 3600, "Stat": "Sum"}} for n in range(501)
    ]
    answers(stub, result("m0", (0, 1.0)), MetricDataQueries=queries[:500])
    answers(stub, result("m500", (0, 2.0)), MetricDataQueries=queries[500:])

    told = get_metrics(stub.client, queries, FIRST, NOW, Pauses().patience)
    assert [each["Values"] for each in told.results] == [[1.0], [2.0]]


def test_who_is_throttled_waits_longer_each_time(home: Installation, settings: Settings, stub: Stubber):
    pauses = Pauses()
    lists(stub, metric("Requests"), metric("CacheHitRate"))
    for code in ("Throttling", "ThrottlingException", "InternalServiceFault"):
        stub.add_client_error("get_metric_data", code, http_status_code=400)
    answers(stub, result("m0", (0, 1.0)))

    assert measure(home, settings, stub, patience=pauses.patience) == ()
    assert len(pauses) == 3
    assert all(at / 2 <= pause <= at for at, pause in zip((0.5, 1, 2), pauses, strict=True))


def test_who_is_throttled_for_good_keeps_what_was_told_before(home: Installation, settings: Settings, stub: Stubber):
    lists(stub, metric("Requests"), metric("CacheHitRate"))
    answers(stub, result("m0", (0, 1.0)))
    measure(home, settings, stub)
    home.ingest()
    lists(stub, metric("Requests"))
    for _ in range(6):
        stub.add_client_error("get_metric_data", "ThrottlingException", http_status_code=400)

    *_, remark = measure(home, settings, stub)
    assert remark == (
        "E1EXAMPLE in us-east-1: CloudWatch is busy (ThrottlingException). It is tried again the next time."
    )
    home.ingest()
    assert home.ask("SELECT value FROM metrics") == [(1.0,)]


@pytest.mark.parametrize("status", ["PartialData", "InternalError", "Forbidden"])
def test_what_is_answered_in_part_takes_nothing_away(
    home: Installation, settings: Settings, stub: Stubber, status: str
):
    lists(stub, metric("Requests"), metric("CacheHitRate"))
    answers(stub, result("m0", (0, 1.0), (1, 2.0)), result("m1", (0, 90.0), (1, 91.0)))
    measure(home, settings, stub)
    home.ingest()
    lists(stub, metric("Requests"), metric("CacheHitRate"))
    points = ((1, 3.0), (2, 4.0)) if status == "PartialData" else ()
    answers(stub, result("m0", *points, status=status), result("m1", (1, 95.0)))
    measure(home, settings, stub)
    home.ingest()

    assert home.ask("SELECT metric, hour(period_start), value FROM metrics ORDER BY ALL") == [
        ("CacheHitRate", 1, 95.0),
        ("Requests", 0, 1.0),
        *([("Requests", 1, 3.0), ("Requests", 2, 4.0)] if points else [("Requests", 1, 2.0)]),
    ]


def test_a_resource_that_cannot_be_asked_about_now_keeps_what_was_told(
    home: Installation, settings: Settings, stub: Stubber
):
    told = settings.model_copy(update={"s3_bucket": "media", "aws_region": "us-east-1"})
    objects = metric("NumberOfObjects", [{"Name": "BucketName", "Value": "media"}], "AWS/S3")
    lists(stub, metric("Requests"))
    lists(stub, objects)
    answers(stub, result("m0", (0, 1.0)), result("m1", (0, 7.0)))
    measure(home, told, stub)
    lists(stub, metric("Requests"))
    for _ in range(6):
        stub.add_client_error("list_metrics", "ThrottlingException", http_status_code=400)
    answers(stub, result("m0", (0, 2.0)))

    assert any("media: CloudWatch is busy" in remark for remark in measure(home, told, stub))
    home.ingest()
    assert home.ask("SELECT metric, value FROM metrics ORDER BY ALL") == [("NumberOfObjects", 7.0), ("Requests", 2.0)]


def test_a_period_that_is_read_again_is_replaced(home: Installation, settings: Settings, stub: Stubber):
    for value in (100.0, 130.0):
        lists(stub, metric("Requests"), metric("CacheHitRate"))
        answers(stub, result("m0", (30, value)))
        measure(home, settings, stub)
        home.ingest()

    assert home.ask("SELECT period_start::VARCHAR, value FROM metrics") == [("2026-11-30 06:00:00", 130.0)]


def test_at_first_a_month_is_asked_for_and_then_what_may_have_changed(
    home: Installation, settings: Settings, stub: Stubber
):
    end = datetime(2026, 12, 1, tzinfo=UTC)
    lists(stub, metric("Requests"), metric("CacheHitRate"))
    answers(stub, result("m0", (1, 1.0)), StartTime=datetime(2026, 10, 31, tzinfo=UTC), EndTime=end)
    measure(home, settings, stub)
    lists(stub, metric("Requests"), metric("CacheHitRate"))
    answers(stub, StartTime=datetime(2026, 11, 27, tzinfo=UTC), EndTime=end)
    measure(home, settings, stub)


def test_who_may_not_ask_is_told_what_to_allow_and_the_rest_goes_on(
    home: Installation, settings: Settings, stub: Stubber
):
    both = settings.model_copy(update={"s3_bucket": "media"})
    lists(stub, metric("Requests"), metric("OriginLatency"))
    stub.add_client_error("list_metrics", "AccessDenied", http_status_code=403)
    answers(stub, result("m0", (0, 1.0)), result("m1", status="Forbidden"))

    remarks = measure(home, both, stub)
    assert remarks == (
        "media: CloudWatch may not be asked (AccessDenied). Allow cloudwatch:ListMetrics and cloudwatch:GetMetricData, "
        "and check the AWS_ variables in .env.",
        "OriginLatency may not be read: allow cloudwatch:GetMetricData",
    )
    home.ingest()
    assert home.ask("SELECT metric, value FROM metrics") == [("Requests", 1.0)]


def test_where_nothing_was_ever_told_that_is_said_and_no_error(home: Installation, settings: Settings, stub: Stubber):
    stub.add_client_error("list_metrics", "InvalidClientTokenId", http_status_code=403)
    report = ingest_cloudwatch(
        resources(settings), lambda _: stub.client, home.database, home.warehouse.folder, settings, lambda: NOW,
        Pauses().patience,
    )  # fmt: skip

    assert report.well
    assert report.measured.remarks[0].startswith("E1EXAMPLE: CloudWatch may not be asked (InvalidClientTokenId).")
    assert not report.measured.found


def test_what_was_told_is_ingested_with_its_remarks(home: Installation, settings: Settings, stub: Stubber):
    lists(stub, metric("Requests"))
    answers(stub, result("m0", (0, 1.0)))
    report = ingest_cloudwatch(
        resources(settings), lambda _: stub.client, home.database, home.warehouse.folder, settings, lambda: NOW,
        Pauses().patience,
    )  # fmt: skip

    assert [str(each.day) for each in report.measured.days] == ["2026-11-29"]
    assert report.measured.remarks == (
        "E1EXAMPLE has no cache hit rate and origin latency: turn on its additional metrics",
    )


@pytest.mark.parametrize(
    ("there", "remark"),
    [
        ([], "CloudWatch has nothing of E1EXAMPLE: either nothing happened, or it is not in us-east-1"),
        ([metric("Requests")], "E1EXAMPLE has no cache hit rate and origin latency: turn on its additional metrics"),
    ],
    ids=["nothing", "no additional metrics"],
)
def test_what_is_not_measured_is_said(home: Installation, settings: Settings, stub: Stubber, there: list, remark: str):
    lists(stub, *there)
    if there:
        answers(stub, result("m0", (0, 1.0)))

    assert measure(home, settings, stub) == (remark,)


def test_buckets_are_asked_for_in_their_regions_and_those_of_other_servers_are_not(settings: Settings):
    both = {"s3_bucket": "media", "aws_region": "us-west-2", "s3_residency_buckets": ("EU=eu-media@eu-central-1",)}
    asked = resources(settings.model_copy(update=both))

    assert [(each.region, each.name) for each in asked] == [
        ("us-east-1", "E1EXAMPLE"), ("us-west-2", "media"), ("eu-central-1", "eu-media"),
    ]  # fmt: skip
    elsewhere = settings.model_copy(update={**both, "aws_endpoint_url": "http://minio:9000"})
    assert [each.name for each in resources(elsewhere)] == ["E1EXAMPLE"]


def test_a_bucket_without_request_metrics_is_told(settings: Settings):
    (bucket,) = resources(settings.model_copy(update={"cloudfront_distribution_id": None, "s3_bucket": "media"}))

    assert isinstance(bucket, Resource)
    assert bucket.missing(["BucketSizeBytes", "NumberOfObjects"]) == (
        "media has no request metrics: turn them on where its requests matter"
    )
    assert bucket.missing(["BucketSizeBytes", "AllRequests"]) == ""


def _document(**told: Any) -> dict[str, Any]:
    query = {
        "Id": "size",
        "MetricStat": {
            "Metric": metric(
                "BucketSizeBytes",
                [{"Name": "StorageType", "Value": "StandardStorage"}, {"Name": "BucketName", "Value": "media"}],
                "AWS/S3",
            ),
            "Period": 86400,
            "Stat": "Average",
        },
    }
    answer = {
        "Id": "size",
        "Label": "x",
        "Timestamps": ["2026-11-28T01:00:00+01:00"],
        "Values": [5e9],
        "StatusCode": "Complete",
    }
    return {"MetricDataQueries": [query], "MetricDataResults": [answer], "Messages": []} | told


def test_what_the_aws_command_printed_is_read_with_its_queries(home: Installation):
    (home.source / "size.json").write_text(json.dumps(_document(Region="eu-central-1")))

    assert home.outcomes() == ["metrics 2026-11-28 loaded"]
    assert home.ask(_ROWS) == [
        (
            "BucketSizeBytes", "BucketName=media,StorageType=StandardStorage", "eu-central-1", "2026-11-28 00:00:00",
            86400, "Average", 5e9, "Bytes",
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"MetricDataQueries": []}, "answers 'size', which is not among its queries"),
        (
            {"MetricDataResults": [{"Id": "size", "Timestamps": [], "Values": [1.0]}]},
            "has 0 instants and 1 values for 'size'",
        ),
        ({"MetricDataResults": 7}, "is no complete answer of CloudWatch"),
    ],
    ids=["not asked", "uneven", "no list"],
)
def test_an_answer_that_does_not_fit_its_queries_is_refused(home: Installation, told: dict, why: str):
    (home.source / "size.json").write_text(json.dumps(_document(**told)))

    assert why in home.refusal()


def test_a_document_that_is_being_written_is_refused_and_read_when_it_is_whole(home: Installation):
    text = json.dumps(_document())
    (home.source / "size.json").write_text(text[: len(text) - 30])
    assert "size.json is no complete answer of CloudWatch" in home.refusal()
    (home.source / "size.json").write_text(text)

    assert home.outcomes() == ["metrics 2026-11-28 loaded"]


def test_values_that_are_none_are_counted_and_left_out(home: Installation):
    answer = {
        "Id": "size",
        "Timestamps": ["2026-11-28T00:00:00Z", "yesterday", "2026-11-28T00:00:00"],
        "Values": [float("nan"), 1.0, 2.0],
    }
    (home.source / "size.json").write_text(json.dumps(_document(MetricDataResults=[answer])))
    measured = home.ingest().measured

    assert (measured.lines, measured.bad_lines) == (3, 3)
    assert home.ask("SELECT * FROM metrics") == []


def test_of_two_answers_about_a_period_the_later_one_counts(home: Installation):
    for name, value, at in (("b.json", 1.0, 1_000_000_000), ("a.json", 2.0, 1_000_000_100)):
        answer = {"Id": "size", "Timestamps": ["2026-11-28T00:00:00Z"], "Values": [value]}
        (home.source / name).write_text(json.dumps(_document(MetricDataResults=[answer])))
        os.utime(home.source / name, (at, at))
    home.ingest()

    assert home.ask("SELECT value FROM metrics") == [(2.0,)]


def test_who_has_no_more_patience_is_told_that_it_is_busy(stub: Stubber):
    for _ in range(6):
        stub.add_client_error("get_metric_data", "Throttling", http_status_code=400)

    with pytest.raises(StorageBusy, match="CloudWatch is busy"):
        get_metrics(stub.client, [{"Id": "m0"}], FIRST, NOW, Pauses().patience)
