"""Performance speeds: how long users waited, and how fast what they watched and what they sent went."""

from dataclasses import dataclass

from core.performance.bins import Percentiles
from core.performance.delivery import Line
from core.uploads.history import UploadSpeeds
from dashboard import format, narrow_table, text_table, widgets
from dashboard.narrow_table import Cell
from dashboard.numbers import Number

_MEGABIT = 125_000


@dataclass(frozen=True)
class _Row:
    """One measure, as a person reads it."""

    name: str
    p50: str
    p95: str
    p99: str
    of: str


def draw(line: Line, uploads: UploadSpeeds | None, days: str) -> None:
    """A line for each measure of which anything is known; nothing where none is."""
    rows = _rows(line, uploads)
    if not rows:
        return
    about = f"50, 95 and 99 in 100 had that or less; {days}"
    with widgets.card("speeds", "Waiting and speed, as users had it", about, height="content"):
        with widgets.wide("speeds"):
            text_table.draw(
                {
                    "What": [row.name for row in rows],
                    "p50": [row.p50 for row in rows],
                    "p95": [row.p95 for row in rows],
                    "p99": [row.p99 for row in rows],
                    "Of": [row.of for row in rows],
                },
                "Time to first byte, download and upload speed",
            )
        with widgets.narrow("speeds"):
            narrow_table.draw(
                ["What", "p50", "p95"], [[Cell(row.name, row.of), Cell(row.p50), Cell(row.p95)] for row in rows]
            )
        widgets.how_made(Number.UPLOAD_SPEED if uploads else Number.DELIVERY_SPEED, "How speed is measured")


def _rows(line: Line, uploads: UploadSpeeds | None) -> list[_Row]:
    rows: list[_Row] = []
    if waited := line.ttfb_ms:
        rows.append(_Row("First byte", *_times(waited), "all answers"))
    if fast := line.throughput_mbps:
        rows.append(_Row("Download", *_rates(fast), "64 KiB and more"))
    if uploads:
        p50, p95 = (f"{each / _MEGABIT:,.1f} Mbit/s" for each in (uploads.p50_bytes_per_s, uploads.p95_bytes_per_s))
        rows.append(_Row("Upload", p50, p95, "", format.count(uploads.uploads, "upload")))
    return rows


def _times(found: Percentiles) -> tuple[str, str, str]:
    return format.milliseconds(found.p50), format.milliseconds(found.p95), format.milliseconds(found.p99)


def _rates(found: Percentiles) -> tuple[str, str, str]:
    p50, p95, p99 = (f"{each:,.1f} Mbit/s" for each in (found.p50, found.p95, found.p99))
    return p50, p95, p99
