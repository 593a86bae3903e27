"""Two months of bills with round figures, as a person would download them; and the app that shows them."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from core.costs.period import midnight

S3, CLOUDFRONT = "Amazon Simple Storage Service", "Amazon CloudFront"
#: When the newest file was downloaded: the bills go to 20 November, the 21st has not begun to fill.
DOWNLOADED = datetime(2026, 11, 21, 6, tzinfo=UTC)
HOSTILE = "<b>x</b> [a](http://evil.example) :smile: $x$ `c` **bold** :red[r]"
_COLUMNS = (
    "BilledCost,EffectiveCost,ListCost,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,"
    "ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ServiceName,ProviderName,BillingAccountId,ResourceId"
)


def write_bills(folder: Path) -> Path:
    """Each day of October: S3 $10, CloudFront $20. Each day to 20 November: S3 $12, CloudFront $30."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "october.csv", _days(date(2026, 10, 1), 31, "10", "20"))
    _write(folder / "november.csv", _days(date(2026, 11, 1), 20, "12", "30"))
    return folder


def write_part(folder: Path, payer: str = "111122223333") -> Path:
    """October's CloudFront by itself, as an export with a filter holds it."""
    folder.mkdir(parents=True, exist_ok=True)
    days = (date(2026, 10, 1) + timedelta(step) for step in range(31))
    _write(folder / "part.csv", [_row(day, CLOUDFRONT, "20", "E1", account=payer) for day in days])
    return folder


def write_hostile_bill(folder: Path, day: date = date(2026, 9, 1)) -> Path:
    """A bill of one day, in September, whose names try to be something else."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "hostile.csv", [_row(day, HOSTILE, "7", HOSTILE)])
    return folder


def write_euro_bill(folder: Path, currency: str = "EUR") -> Path:
    """A server of another provider, for 5 euros on each day of November to the 20th; it is not there before."""
    folder.mkdir(parents=True, exist_ok=True)
    days = (date(2026, 11, 1) + timedelta(step) for step in range(20))
    _write(folder / "euros.csv", [_row(day, "Server", "5", "rack", currency, "OVH", "7") for day in days])
    return folder


def write_steady(folder: Path, until: date, days: int = 60, spike: date | None = None) -> Path:
    """Each day up to `until`: S3 $10 and CloudFront $20; on the day of the spike CloudFront $200."""
    folder.mkdir(parents=True, exist_ok=True)
    first, months = until - timedelta(days), dict[date, list[str]]()
    for day in (first + timedelta(step) for step in range(days)):
        rows = [_row(day, S3, "10", "films"), _row(day, CLOUDFRONT, "200" if day == spike else "20", "E1")]
        months.setdefault(day.replace(day=1), []).extend(rows)
    for month, rows in months.items():
        _write(folder / f"{month}.csv", rows, midnight(until) + timedelta(hours=6))
    return folder


def _days(first: date, number: int, s3: str, cloudfront: str) -> Iterator[str]:
    for step in range(number):
        yield _row(first + timedelta(step), S3, s3, "films")
        yield _row(first + timedelta(step), CLOUDFRONT, cloudfront, "arn:aws:cloudfront::1:distribution/E1")


def _row(
    day: date,
    service: str,
    cost: str,
    resource: str,
    currency: str = "USD",
    provider: str = "AWS",
    account: str = "111122223333",
) -> str:
    month = day.replace(day=1)
    following = (month + timedelta(32)).replace(day=1)
    amounts = f"{cost},{cost},{cost},{currency},{month},{following},{day},{day + timedelta(1)}"
    return f'{amounts},Usage,"{service}",{provider},{account},"{resource}"'


def _write(file: Path, rows: Iterator[str] | list[str], downloaded: datetime = DOWNLOADED) -> None:
    file.write_text("\n".join([_COLUMNS, *rows]) + "\n")
    os.utime(file, (downloaded.timestamp(), downloaded.timestamp()))


def words(app: AppTest) -> str:
    """All the text on the page; no exception may be on it."""
    assert not app.exception
    kinds = ("title", "header", "markdown", "caption", "info", "error", "success", "badge")
    return "\n".join(str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind))


def told(app: AppTest, component: str) -> Any:
    """What a component was told."""
    (found,) = [each for each in app.get("bidi_component") if each.proto.component_name == component]
    return json.loads(found.proto.json)


def tiles(app: AppTest) -> dict[str, tuple[str, str]]:
    """Label of each tile to its value and change."""
    return {tile.label: (read(tile.value), read(tile.delta)) for tile in app.metric}


def read(text: str) -> str:
    """As it is read: without escapes, each space as one."""
    return text.replace("\\", "").replace("\u202f", " ")
