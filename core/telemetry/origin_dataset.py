"""Origin dataset: what reaches the buckets, from S3's server access logs."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from core.settings import Settings
from core.sources.source import Entry
from core.sql import literal
from core.telemetry import formats
from core.telemetry.access_log import LINE, REASONS, decoded, first_wrong, requests, tier
from core.telemetry.datasets import Found, Place
from core.telemetry.gathering import Gone, Look, Prepared, Reading, gather
from core.telemetry.plain_text import write_plain
from core.telemetry.reports import MeasuredReport

NAME = "origin"
#: Changes when the same lines come to other facts.
_VERSION = "1"
_LINE = re.compile(LINE)
#: A file is known by one good line among so many.
_LOOKED_AT = 20


@dataclass(frozen=True)
class AccessLogs:
    """Lines come late and in any file, some twice; a day is the sum of all that has come of it."""

    name: str = NAME
    gone: Gone = Gone.REFUSED

    def version(self, settings: Settings) -> str:
        return f"{_VERSION} {settings.phyght_video_pattern}"

    def recognises(self, path: str, start: bytes) -> bool:
        lines = formats.inflated(start).decode(errors="replace").splitlines()[:_LOOKED_AT]
        return any(_LINE.match(line) for line in lines)

    def ingest(self, found: Found, place: Place) -> MeasuredReport:
        return gather(self, found, place)

    def prepare(self, entry: Entry, reading: Reading, target: Path) -> Look:
        raw, plain = reading.folder / "raw", reading.folder / "plain"
        reading.found.source.fetch(entry, raw)
        write_plain(raw, plain, entry.path)
        latest = (entry.modified + timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")
        ask = reading.place.workspace.connection
        ask.execute(
            f"COPY (SELECT * EXCLUDE (number) FROM ({requests(plain, latest)})) TO {literal(target)} (FORMAT parquet)"
        )
        told = f"read_parquet({literal(target)})"
        days = ask.execute(f"SELECT hour::DATE, count(*) FROM {told} WHERE wrong IS NULL GROUP BY 1 ORDER BY 1")
        good = dict(days.fetchall())
        ((bad,),) = ask.execute(f"SELECT count(wrong) FROM {told}").fetchall()
        reason = ""
        if bad:
            ((number, wrong),) = ask.execute(first_wrong(plain, latest)).fetchall()
            reason = f"line {number}: {REASONS[wrong]}"
        return Look(good, sum(good.values()) + bad, bad, reason)

    def write(self, day: date, files: Sequence[Prepared], target: Path, reading: Reading) -> Mapping[str, int]:
        ask = reading.place.workspace.connection
        paths = ", ".join(literal(each.file) for each in files)
        ask.execute(f"CREATE OR REPLACE TEMP TABLE origin_lines AS {_once(paths, day)}")
        ask.execute(f"CREATE OR REPLACE TEMP TABLE origin_keys AS {_KEYS}")
        titled = reading.titles.told("origin_keys")
        ask.execute(f"""
            COPY (
                SELECT hour, l.bucket, coalesce(t.video, '') AS video, coalesce(t.rung, '') AS rung, operation,
                    {tier("operation")} AS tier, status, via_cdn, sum(requests)::BIGINT AS requests,
                    sum(bytes)::BIGINT AS bytes
                FROM origin_lines l LEFT JOIN ({titled}) t ON t.bucket = l.bucket AND t.written = l.key
                GROUP BY ALL ORDER BY ALL
            ) TO {literal(target / "origin_requests.parquet")} (FORMAT parquet)""")
        counts = ask.execute("SELECT bucket, sum(requests)::BIGINT FROM origin_lines GROUP BY 1 ORDER BY 1").fetchall()
        ask.execute("DROP TABLE origin_lines; DROP TABLE origin_keys")
        return dict(counts)


def _once(paths: str, day: date) -> str:
    """SQL for what was done on a day, each thing once, in whatever files its line lies."""
    return f"""
        SELECT hour, bucket, key, operation, status, via_cdn, count(*) AS requests, sum(bytes)::BIGINT AS bytes
        FROM (
            SELECT any_value(hour) AS hour, any_value(bucket) AS bucket, any_value(key) AS key,
                any_value(operation) AS operation, any_value(status) AS status, any_value(via_cdn) AS via_cdn,
                any_value(bytes) AS bytes
            FROM read_parquet([{paths}]) WHERE wrong IS NULL AND hour::DATE = DATE {literal(day.isoformat())}
            GROUP BY id
        ) GROUP BY ALL"""


_KEYS = f"SELECT DISTINCT bucket, key AS written, {decoded('key')} AS key FROM origin_lines WHERE key <> ''"
