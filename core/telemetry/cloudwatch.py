"""CloudWatch: what is asked of it, page by page, and what it means where it does not answer."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.errors import StorageBusy, StorageDenied, StorageError, StorageUnreachable
from core.settings import Settings
from core.storage.patience import Patience
from core.storage.s3_client import aws_client

#: Most metrics of one question.
_AT_ONCE = 500
_BUSY = (
    "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequestsException", "LimitExceededException",
    "InternalServiceFault", "InternalFailure", "ServiceUnavailable",
)  # fmt: skip
_DENIED = (
    "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnrecognizedClientException",
    "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "ExpiredTokenException", "OptInRequired",
)  # fmt: skip
_CURE = "Allow cloudwatch:ListMetrics and cloudwatch:GetMetricData, and check the AWS_ variables in .env."
_STATUSES = {
    "Forbidden": "may not be read: allow cloudwatch:GetMetricData",
    "InternalError": "could not be read now; it is tried again the next time",
    "PartialData": "was answered in part; it is asked for again the next time",
}


@dataclass(frozen=True)
class Answer:
    """What CloudWatch says of queries."""

    results: list[dict[str, Any]] = field(default_factory=list)  #: as GetMetricData has them, each query's together
    remarks: list[str] = field(default_factory=list)  #: what is missing of them, in words
    complete: set[str] = field(default_factory=set)  #: ids of the queries of which nothing is missing


def open_cloudwatch(settings: Settings, region: str) -> Any:
    """A boto3 client. Raises StorageUnreachable where the AWS settings do not fit together."""
    config = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60)
    return aws_client("cloudwatch", settings, region, config)


def list_metrics(client: Any, namespace: str, name: str, value: str, patience: Patience) -> list[dict[str, Any]]:
    """The metrics that have told something of a resource in the last two weeks. Raises StorageError."""
    asked = {"Namespace": namespace, "Dimensions": [{"Name": name, "Value": value}]}
    pages = _pages(client.list_metrics, asked, patience)
    return [metric for page in pages for metric in page.get("Metrics", [])]


def get_metrics(
    client: Any, queries: Sequence[dict[str, Any]], start: datetime, end: datetime, patience: Patience
) -> Answer:
    """What the metrics were in [start, end), the oldest first; periods without a value are left out.

    Raises StorageError.
    """
    answer = Answer()
    for at in range(0, len(queries), _AT_ONCE):
        _ask(client, queries[at : at + _AT_ONCE], start, end, patience, answer)
    return answer


def _ask(
    client: Any, queries: Sequence[dict[str, Any]], start: datetime, end: datetime, patience: Patience, answer: Answer
) -> None:
    asked = {"MetricDataQueries": queries, "StartTime": start, "EndTime": end, "ScanBy": "TimestampAscending"}
    found: dict[str, dict[str, Any]] = {}
    for page in _pages(client.get_metric_data, asked, patience):
        answer.remarks.extend(str(message.get("Value", "")) for message in page.get("Messages", []))
        for result in page.get("MetricDataResults", []):
            before = found.setdefault(result["Id"], {"Id": result["Id"], "Timestamps": [], "Values": []})
            before["Timestamps"] += result.get("Timestamps", [])
            before["Values"] += result.get("Values", [])
            before["StatusCode"] = result.get("StatusCode", "Complete")
    names = {query["Id"]: query["MetricStat"]["Metric"]["MetricName"] for query in queries}
    answer.results.extend(found.values())
    answer.complete.update(id for id, told in found.items() if told["StatusCode"] == "Complete")
    answer.remarks.extend(
        f"{names.get(id, id)} {_STATUSES[told['StatusCode']]}"
        for id, told in found.items()
        if told["StatusCode"] in _STATUSES
    )


def _pages(call: Callable[..., Any], asked: dict[str, Any], patience: Patience) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        page = patience.persist(lambda: _once(call, asked | token))  # noqa: B023 - it is called within the turn
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _once(call: Callable[..., Any], asked: dict[str, Any]) -> Any:
    with _asking():
        return call(**asked)


@contextmanager
def _asking() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _answered(error) from error
    except BotoCoreError as error:
        raise StorageUnreachable(f"CloudWatch cannot be reached: {type(error).__name__}.", _CURE) from error


def _answered(error: ClientError) -> StorageError:
    code = str(error.response.get("Error", {}).get("Code", "unknown"))
    if code in _BUSY:
        return StorageBusy(f"CloudWatch is busy ({code}).", "It is tried again the next time.")
    if code in _DENIED:
        return StorageDenied(f"CloudWatch may not be asked ({code}).", _CURE)
    return StorageUnreachable(f"CloudWatch does not answer: {code}.", _CURE)
