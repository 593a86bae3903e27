"""Access log: a line of S3's server access logs as fields, and what each operation costs."""

import re
from collections.abc import Sequence
from pathlib import Path

from core.sql import literal

#: Before it there was no S3: an earlier instant is a mistake.
_EARLIEST = "TIMESTAMP '2006-01-01'"
_LONGEST_LINE = 1_048_576
#: One who asks by an origin access identity has blanks in his name.
_REQUESTER = r"(arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity \S+|\S+)"
_TEXT = r'(?:".*?"|-)'
#: Owner, bucket, time, address, requester, request, operation, key, what was asked, status, error, bytes, size, two
#: times, referrer, agent; what comes behind was added over the years. Texts may hold quotation marks of their own.
LINE = (
    rf"^\S+ (\S+) \[([^\]]+)\] \S+ {_REQUESTER} (\S+) ([A-Z0-9_.]+) (\S+) {_TEXT} (\d{{3}}|-) \S+ (\d+|-) (?:\d+|-) "
    rf'(?:\d+|-) (?:\d+|-) {_TEXT} (".*?"|-)(?: |$)'
)
#: The same of a line without quotation marks in its texts, which nearly all are, in three parts: with few groups each,
#: an expression takes a third of the time.
_PLAIN_TEXT = r'(?:"[^"]*"|-)'
_WHO = r"^[^ ]+ ([^ ]+) \[([^\]]+)\] [^ ]+ ([^ ]+) ([^ ]+) "
_DONE = rf"([A-Z0-9_.]+) ([^ ]+) {_PLAIN_TEXT} (\d\d\d|-) [^ ]+ (\d+|-) "
_AGENT = rf'(?:\d+|-) (?:\d+|-) (?:\d+|-) {_PLAIN_TEXT} ("[^"]*"|-)(?: |$)'
_FIELDS = ("bucket", "at", "requester", "request", "operation", "key", "status", "bytes", "agent")
_INSTANT = "%d/%b/%Y:%H:%M:%S %z"
#: What is wrong with a line, by its number.
REASONS = {1: "it has not the fields of an access log", 2: "its time is none, or later than its file"}

#: Names of those by which CloudFront asks.
_CDN = (
    "f.agent IN ('\"Amazon CloudFront\"', '\"cloudfront.amazonaws.com\"') "
    "OR contains(f.requester, 'cloudfront.amazonaws.com') "
    "OR contains(f.requester, 'CloudFront Origin Access Identity')"
)
#: What is free of charge: removing, and what lifecycle rules and S3 itself do.
_FREE = r"^(S3|BATCH)\.|\.DELETE\.|^REST\.POST\.MULTI_OBJECT_DELETE|^REST\.COPY\.(OBJECT|PART)_GET"
#: What is written or listed; all else is read.
_TIER_1 = r"\.(PUT|POST|COPY)\.|^REST\.GET\.(BUCKET|BUCKETVERSIONS|UPLOADS|UPLOAD|SERVICE)$"


def lines(path: Path) -> str:
    """SQL for each line of a plain text as one value; what is between fields is in no line."""
    return (
        f"read_csv({literal(path)}, auto_detect = false, header = false, delim = '\x1f\x02\x1f\x02', quote = '', "
        f"escape = '', new_line = '\\n', max_line_size = {_LONGEST_LINE}, columns = {{'line': 'VARCHAR'}})"
    )


def requests(path: Path, latest: str) -> str:
    """SQL for what each line tells, and in `wrong` what is wrong with it; empty lines are none.

    `id` is one for each thing that was done: removing or copying several writes several lines of one request.
    """
    return _requests(f"(SELECT line, NULL AS number FROM {lines(path)})", latest)


def first_wrong(path: Path, latest: str) -> str:
    """SQL for the number of the first line that is wrong, and for what is wrong with it."""
    numbered = f"(SELECT line, row_number() OVER () AS number FROM {lines(path)})"
    told = _requests(numbered, latest)
    return f"SELECT number, wrong FROM ({told}) WHERE wrong IS NOT NULL ORDER BY number LIMIT 1"


def _requests(numbered: str, latest: str) -> str:
    return f"""
        SELECT number, hash(f.request, f.operation, f.key) AS id, date_trunc('hour', instant) AS hour,
            f.bucket AS bucket, if(f.key = '-', '', f.key) AS key, f.operation AS operation,
            coalesce(try_cast(f.status AS SMALLINT), 0) AS status, coalesce(try_cast(f.bytes AS BIGINT), 0) AS bytes,
            {_CDN} AS via_cdn,
            CASE WHEN f.bucket = '' THEN 1
                WHEN instant IS NULL OR instant < {_EARLIEST} OR instant > TIMESTAMP {literal(latest)} THEN 2 END
                AS wrong
        FROM (SELECT f, number, try_strptime(f.at, '{_INSTANT}')::TIMESTAMP AS instant FROM ({_fields(numbered)}))"""


def _fields(numbered: str) -> str:
    """SQL for the fields of each line; without a bucket where it has not those of an access log."""
    who, done = _FIELDS[:4], _FIELDS[4:8]
    told = ", ".join([*(f"{n} := who.{n}" for n in who), *(f"{n} := done.{n}" for n in done), "agent := agent"])
    return f"""
        SELECT number, CASE WHEN agent <> '' THEN struct_pack({told}) ELSE {_extract(LINE, _FIELDS)} END AS f
        FROM (
            SELECT line, number, {_extract(_WHO, who)} AS who, {_extract(_without_groups(_WHO) + _DONE, done)} AS done,
                regexp_extract(line, {literal(_without_groups(_WHO + _DONE) + _AGENT)}, 1) AS agent
            FROM {numbered} WHERE line IS NOT NULL
        )"""


def _extract(expression: str, names: Sequence[str]) -> str:
    return f"regexp_extract(line, {literal(expression)}, [{', '.join(map(literal, names))}])"


def _without_groups(expression: str) -> str:
    return re.sub(r"(?<!\\)\((?!\?)", "(?:", expression)


def tier(operation: str) -> str:
    """SQL for the price that an operation has as a request: 1 or 2; empty where it is free of charge."""
    return (
        f"CASE WHEN regexp_matches({operation}, {literal(_FREE)}) THEN '' "
        f"WHEN regexp_matches({operation}, {literal(_TIER_1)}) THEN '1' ELSE '2' END"
    )


def decoded(key: str) -> str:
    """SQL for a key as it is; in the log it is encoded twice. One that cannot be decoded stays as it is written."""
    return f"coalesce(try(url_decode(url_decode({key}))), {key})"
