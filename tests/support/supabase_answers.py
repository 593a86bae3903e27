"""Supabase answers: what goes back over the wire, as Storage, its TUS server and what stands before them put it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What goes back over the wire."""

    status: int
    body: Any  #: JSON; text and bytes as they are
    location: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None  #: the connection ends after so many bytes of the body


def storage_error(code: str, error: str, message: str) -> Answer:
    """An error of Storage: HTTP 400, with the real status as a text in the body."""
    return Answer(400, {"statusCode": code, "error": error, "message": message})


def proxy_error(status: int) -> Answer:
    """An error of what stands before Storage: a real status, and no JSON."""
    return Answer(status, f"<html><body>{status}</body></html>")


CUT = Answer(0, "")  #: the connection ends without an answer
NO_BUCKET = storage_error("404", "Bucket not found", "Bucket not found")
NO_OBJECT = storage_error("404", "not_found", "Object not found")
DUPLICATE = storage_error("409", "Duplicate", "The resource already exists")
NOT_ALLOWED = storage_error("403", "Unauthorized", "new row violates row-level security policy")
TOO_LARGE = storage_error("413", "Payload too large", "The object exceeded the maximum allowed size")
WRONG_TYPE = storage_error("415", "invalid_mime_type", "mime type is not supported")
