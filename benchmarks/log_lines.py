"""Log lines: a day of a CDN's log as it is delivered, in gzip files of about forty thousand lines."""

import gzip
import shutil
from pathlib import Path

import duckdb

FIELDS = tuple(
    """
    date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent)
    cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken
    x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status
    fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len
    sc-range-start sc-range-end
    """.split()  # noqa: SIM905
)
_HEAD = f"#Version: 1.0\n#Fields: {' '.join(FIELDS)}\n"
_SQL = Path(__file__).with_suffix(".sql").read_text()
_LINES_A_FILE = 41_667


def log_files(folder: Path, lines: int) -> list[Path]:
    """The files of a day with that many lines; written where they are not there yet."""
    target = folder / f"logs-{lines}"
    if not target.exists():
        partial = folder / f"logs-{lines}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        _write(partial, lines)
        partial.rename(target)
    return sorted(target.glob("*.gz"))


def _write(folder: Path, lines: int) -> None:
    with duckdb.connect(config={"threads": 1}) as duck:
        for number, first in enumerate(range(0, lines, _LINES_A_FILE)):
            last = min(first + _LINES_A_FILE, lines)
            rows = duck.execute(_SQL, {"first": first, "last": last, "lines": lines}).fetchall()
            text = _HEAD + "".join(f"{line}\n" for (line,) in rows)
            name = f"E2K2LNL5N3WR51.2026-11-28-{first * 24 // lines:02d}.{number:08x}.gz"
            (folder / name).write_bytes(gzip.compress(text.encode(), 6))
