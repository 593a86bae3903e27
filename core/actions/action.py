"""Action: a change to what lies in the cloud, what it would do, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.access.roles import Via

#: What can be told of a thing, as JSON says it; None: it is not there.
State = Mapping[str, Any] | None


class Kind(StrEnum):
    """What can be done, one handler each; worded to follow "to"."""

    PUT_LIFECYCLE_POLICY = "put lifecycle rules"
    CHANGE_STORAGE_CLASS = "change storage class"
    SET_CACHE_CONTROL = "set cache headers"
    ABORT_INCOMPLETE_UPLOADS = "abort unfinished uploads"
    DELETE_NONCURRENT_VERSIONS = "delete noncurrent versions"
    DROP_RENDITION = "drop renditions"
    RETIRE_COPY = "retire copies"
    PUT_REPLICATION = "set up replication"
    PUT_DISTRIBUTION_SETTING = "set up distribution"


@dataclass(frozen=True)
class Action:
    """What is to be changed where; nothing has happened yet."""

    kind: Kind
    place: str  #: the provider's name in this installation, or the distribution's id
    terms: Mapping[str, Any] = field(default_factory=dict)  #: as the kind's handler says; JSON
    subject: str = ""  #: what two actions may not change at once, within the place; empty: all that the kind changes


@dataclass(frozen=True)
class Item:
    """One thing that an action changes: an object, an upload, a version, a bucket's rules, a setting.

    States are partial: a thing is in a state if it has all that the state names.
    """

    key: str  #: names it within the place
    size_bytes: int
    before: State  #: as it is now, so that it can be put back; None: there is none
    after: State  #: as it is to be; None: it is removed


@dataclass(frozen=True)
class Difference:
    """A line of a changed configuration."""

    what: str
    before: str  #: empty where there is nothing yet
    after: str  #: empty where nothing is left


@dataclass(frozen=True)
class Undo:
    """Whether, until when and for what money an action can be taken back."""

    words: str  #: one sentence, honest about what cannot come back
    possible: bool
    until: datetime | None = None  #: None: for as long as nobody changes it otherwise
    usd: Decimal | None = None  #: once, if it is done now; None: nobody can tell
    monthly_usd: Decimal | None = None  #: what it costs more from then on


@dataclass(frozen=True)
class Confirmation:
    """What is asked for before much is removed for good: that somebody writes a name."""

    name: str  #: the bucket's
    why: str  #: one sentence


@dataclass(frozen=True)
class Extent:
    """How much is counted."""

    objects: int
    size_bytes: int


#: What is counted of a change to a configuration alone.
CONFIGURATION = Extent(0, 0)


@dataclass(frozen=True)
class Preview:
    """All that an action would do, as the cloud is now."""

    action: Action
    summary: str  #: one sentence
    items: tuple[Item, ...]
    saving_usd: Decimal | None  #: a month at list price, negative where it costs more; None: nobody can tell
    one_off_usd: Decimal | None  #: what applying it costs
    undo: Undo
    one_off_more_usd: Decimal = Decimal(0)  #: up to so much more: S3 does not say since when objects lie in their class
    untold_saving: str = ""  #: why what it saves is not known, beside a saving of None that no recommendation tells
    warnings: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    seen: str = ""  #: a fingerprint of all that it rests on
    counted: Extent | None = None  #: of what it saves something; None: of all items
    confirm: Confirmation | None = None  #: None: one click is enough

    @property
    def extent(self) -> Extent:
        """What a recommendation of it counts: no objects where it changes a configuration alone."""
        return self.counted or Extent(len(self.items), self.size_bytes)

    @property
    def size_bytes(self) -> int:
        """Of all that it changes."""
        return sum(each.size_bytes for each in self.items)


class Phase(StrEnum):
    """How far an action is."""

    APPLYING = "applying"
    STOPPED = "stopped"  #: in the middle of applying: it can be gone on with, or undone
    APPLIED = "applied"
    UNDOING = "undoing"
    STUCK = "stuck"  #: in the middle of undoing: it can be gone on with
    UNDONE = "undone"

    @property
    def is_at_work(self) -> bool:
        """Whether a worker has it."""
        return self in (Phase.APPLYING, Phase.UNDOING)


class Step(StrEnum):
    """How far one item is."""

    WAITING = "waiting"
    DONE = "done"
    CHANGED = "changed"  #: somebody else has changed it, so it was left alone
    RETURNED = "returned"
    KEPT = "kept"  #: it cannot come back, and why is its problem


@dataclass(frozen=True)
class Promise:
    """Why somebody applied it: what was said that it would save."""

    recommendation: str = ""  #: the rule's name; empty where nobody recommended it
    monthly_usd: Decimal | None = None


NO_PROMISE = Promise()


@dataclass(frozen=True)
class Taken:
    """An action that somebody applied."""

    id: str
    action: Action
    phase: Phase
    summary: str
    saving_usd: Decimal | None
    one_off_usd: Decimal | None
    undo: Undo  #: as it was told before
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]
    promise: Promise
    asked_by: str
    asked_via: Via
    asked_at: datetime
    changed_at: datetime  #: of the phase
    applied_at: datetime | None
    undone_by: str  #: empty: nobody
    undone_via: Via | None
    undone_at: datetime | None
    problem: str  #: why it does not go on; empty while all is well
    advice: str
    request: str  #: the work that brings it to its end; empty where none is asked for
    attempts: int
    counts: Mapping[Step, int] = field(default_factory=dict)
    size_bytes: int = 0

    @property
    def promised_usd(self) -> Decimal | None:
        """What it was said to save a month, or else what its preview told; None: nothing was said."""
        return self.saving_usd if self.promise.monthly_usd is None else self.promise.monthly_usd

    @property
    def items(self) -> int:
        """How many things it changes."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Event:
    """A line of an action's timeline."""

    at: datetime
    kind: str
    detail: str
    actor: str  #: empty: the worker
