"""Answers: what is told of an upload, and why one takes no more."""

from dataclasses import dataclass
from decimal import Decimal

from core.catalog.video import Video
from core.errors import UploadEnded
from core.uploads.session import State, UploadSession


@dataclass(frozen=True)
class Completed:
    """What became of an upload that is whole."""

    session: UploadSession
    video: Video | None  #: None while nobody has decided about a duplicate
    duplicate_of: Video | None  #: the oldest other video with the same bytes
    monthly_usd: Decimal | None  #: to keep the original, at list price; None where that is unknown


@dataclass(frozen=True)
class Verdict:
    """What would become of a file if it were sent."""

    provider: str
    reason: str  #: why there, for the person
    monthly_usd: Decimal | None  #: to keep it as it is sent, at list price; None where that is unknown
    under_way: UploadSession | None = None  #: the user's unfinished upload of it, which would be gone on with
    finished: Video | None = None  #: the video that the user has made of it before, as far as its fingerprint tells


_ENDS = {
    State.COMPLETING: ("becomes a video at this moment", "Wait until it has; it can then be removed in the library."),
    State.DUPLICATE: ("is whole, and is in the library already", "Keep both, or discard this one."),
    State.DONE: ("is a video already", "Find it in the library."),
    State.ABORTED: ("was called off", "Upload the file anew."),
    State.ABANDONED: ("was given up, because nobody went on with it", "Upload the file anew."),
    State.FAILED: ("has failed", "Upload the file anew."),
}


def ended(session: UploadSession) -> UploadEnded:
    """That it takes no more parts, and why."""
    what, advice = _ENDS[session.state]
    why = f": {session.problem}" if session.problem else "."
    return UploadEnded(f"The upload of {session.file_name!r} {what}{why}", advice)
