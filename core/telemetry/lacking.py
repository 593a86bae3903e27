"""Lacking: fields that logs of CloudFront's do not have, and what cannot be said without them."""

from collections.abc import Collection, Iterable, Sequence

from core.errors import DeliveryRefused
from core.telemetry.fields import missing, plain

#: Whatever field it is, what holds of lines without it. A field is named with those that may stand for it.
_CONSEQUENCES = {
    ("cs-uri-stem",): "they are of no video",
    ("x-edge-location",): "their edge and its price region are unknown",
    ("sc-bytes",): "they are in no sum of bytes, no download speed and no share by bytes",
    ("cs-bytes",): "they are in no sum of what viewers sent",
    ("sc-status",): "they are in no error rate and no download speed, and no session is estimated from them",
    ("x-edge-response-result-type", "x-edge-result-type"): "they are in no hit ratio",
    ("cs(User-Agent)",): "their devices are unknown, and crawlers and scripts among them count as viewers",
    ("cs-uri-query",): "no session is estimated from them",
    ("cs-protocol",): "they are priced as https",
    ("time-taken",): "they are in no download speed, and no session is estimated from them",
    ("time-to-first-byte",): "they are in no percentile of it",
    ("x-edge-request-id",): "a request that lies in two files counts twice",
    ("c-country",): "their country is the edge's",
    ("distributionid", "primary-distribution-id", "cs(Host)"): "their distribution is unknown",
}
_SAID = {names[0]: consequence for names, consequence in _CONSEQUENCES.items()}
_DISTRIBUTION = "distributionid"


def lacking(of_lines: Iterable[Iterable[str]], distribution: str = "") -> tuple[str, ...]:
    """What some lines of a log do not have, of what is read; its name may tell its distribution.

    The fields of each of its headers are given, or of each kind of line.
    """
    known = {_DISTRIBUTION} if distribution else set[str]()
    there = [{plain(field) for field in fields} | known for fields in of_lines]
    needed = {names[0]: {plain(name) for name in names} for names in _CONSEQUENCES}
    return tuple(name for name, any_of in needed.items() if any(not any_of & names for names in there))


def require(name: str, fields: Collection[str]) -> None:
    """Raise DeliveryRefused where a log lacks a field that it means nothing without."""
    if needed := missing(fields):
        raise DeliveryRefused(
            f"{name} has no field {needed}: its lines do not say enough to be counted.",
            "Choose it too where the distribution's logging is set up; what was logged without it has to be left out.",
        )


def lacking_remarks(logs: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """A sentence for each field that some logs have lines without; of each log, the fields are given."""
    counts = {field: sum(field in of_log for of_log in logs) for field in _SAID}
    return tuple(
        f"{_logs(count, len(logs))} lines without {field}: {_SAID[field]}" for field, count in counts.items() if count
    )


def _logs(count: int, of: int) -> str:
    if count == of:
        return "Every log has"
    return f"{count:,} of {of:,} logs {'has' if count == 1 else 'have'}"
