"""Channel: where messages go, and one message on its way there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a message is about."""

    FIRING = "firing"
    RESOLVED = "resolved"
    DIGEST = "digest"
    TEST = "test"  #: a person wants to see whether a channel works; it is never kept


@dataclass(frozen=True)
class Channel:
    """Where messages go; its address is sealed, and not in here."""

    id: str
    name: str
    shown: str  #: what may be seen of its address: "E-Mail by smtp.example.com"
    enabled: bool
    digest: bool  #: it gets the weekly digest
    created_by: str
    created_at: datetime


@dataclass(frozen=True)
class Message:
    """What is told."""

    id: str  #: the same in each copy, so that whoever gets two knows
    kind: Kind
    severity: str
    title: str
    body: str  #: plain text
    html: str  #: empty: the plain text is all
    created_at: datetime


class Undelivered(Exception):
    """A message could not be handed over; the text says why, and holds no secret."""


#: How long handing over one message may take.
SENT_WITHIN = timedelta(seconds=60)
