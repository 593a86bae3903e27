"""Fields: what CloudFront calls what it logs, and which of it is read."""

import re
from collections.abc import Collection, Iterable

#: Of the fields that are read, by their plain names, the type of their values. No address of a viewer is among them.
TYPES = {
    "date": "DATE",
    "time": "TIME",
    "timestamp": "DOUBLE",  # seconds since 1970
    "timestampms": "DOUBLE",
    "xedgelocation": "VARCHAR",
    "scbytes": "BIGINT",
    "csbytes": "BIGINT",
    "scstatus": "SMALLINT",
    "csuristem": "VARCHAR",
    "csuriquery": "VARCHAR",  # of which only what players tell is kept, until the day is written
    "csuseragent": "VARCHAR",
    "csprotocol": "VARCHAR",
    "timetaken": "DOUBLE",  # seconds
    "timetofirstbyte": "DOUBLE",
    "xedgeresponseresulttype": "VARCHAR",
    "xedgeresulttype": "VARCHAR",
    "xedgerequestid": "VARCHAR",
    "ccountry": "VARCHAR",
    "distributionid": "VARCHAR",
    "primarydistributionid": "VARCHAR",
    "cshost": "VARCHAR",
}
_OF_EDGES = ("xedgelocation", "xedgerequestid", "xedgeresulttype", "xedgeresponseresulttype")

#: The fields of real-time logs in the order in which CloudFront writes them; later ones were added at the end.
REAL_TIME = (
    "timestamp", "c-ip", "s-ip", "time-to-first-byte", "sc-status", "sc-bytes", "cs-method", "cs-protocol", "cs-host",
    "cs-uri-stem", "cs-bytes", "x-edge-location", "x-edge-request-id", "x-host-header", "time-taken",
    "cs-protocol-version", "c-ip-version", "cs-user-agent", "cs-referer", "cs-cookie", "cs-uri-query",
    "x-edge-response-result-type", "x-forwarded-for", "ssl-protocol", "ssl-cipher", "x-edge-result-type",
    "fle-encrypted-fields", "fle-status", "sc-content-type", "sc-content-len", "sc-range-start", "sc-range-end",
    "c-port", "x-edge-detailed-result-type", "c-country", "cs-accept-encoding", "cs-accept",
    "cache-behavior-path-pattern", "cs-headers", "cs-header-names", "cs-headers-count", "primary-distribution-id",
    "primary-distribution-dns-name", "origin-fbl", "origin-lbl", "asn",
)  # fmt: skip


def plain(field: str) -> str:
    """A field's name in one spelling: `cs(User-Agent)`, `cs-user-agent` and `cs_user_agent` are one."""
    return re.sub(r"[^a-z0-9]", "", field.lower())


def are_a_log(fields: Iterable[str]) -> bool:
    """Whether these are the fields of a log of CloudFront's, by those that no other has."""
    return any(plain(field) in _OF_EDGES for field in fields)


def missing(fields: Collection[str]) -> str:
    """What a log cannot do without, in words: when something was asked for, and what; empty where it has it."""
    if not are_timed(fields):
        return "date and time, or timestamp"
    return "" if "csuristem" in map(plain, fields) else "cs-uri-stem"


def are_timed(fields: Iterable[str]) -> bool:
    """Whether they say when."""
    names = {plain(field) for field in fields}
    return {"date", "time"} <= names or bool(names & {"timestamp", "timestampms"})
