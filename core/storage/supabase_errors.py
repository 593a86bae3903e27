"""Supabase errors: what an answer of Supabase Storage, or the lack of one, means for a person."""

import httpx
from storage3.exceptions import StorageApiError

from core.errors import (
    KeyRefused,
    ObjectExists,
    ObjectNotFound,
    ObjectTooLarge,
    StorageBusy,
    StorageDenied,
    StorageError,
    StorageUnreachable,
)
from core.storage.supabase_key import limited_key

LATER = "Try again in a while."
_REFUSED = ("Unauthorized", "InvalidJWT", "AccessDenied", "SignatureDoesNotMatch")


def explanation(url: str, bucket: str, key: str, error: StorageApiError) -> StorageError:
    """The error as a person may meet it; the real status is often in the body only, and then it is a text."""
    status = status_of(error)
    if status in (401, 403) or error.code in _REFUSED:
        return limited_key("Supabase refuses it")
    if error.code == "Bucket not found":
        return StorageUnreachable(f"There is no bucket {bucket} in {url}.", "Check SUPABASE_BUCKET.")
    if told := _about_the_object(bucket, key, status, error):
        return told
    if status == 404 or 300 <= status < 400:
        return StorageUnreachable(f"There is no Supabase project at {url}.", "Check SUPABASE_URL.")
    if may_pass(error):
        return StorageBusy(f"{url} is not well or too busy (status {status}).", LATER)
    return StorageUnreachable(f"{url} answered with status {status}.", "See Supabase's status and logs.")


def _about_the_object(bucket: str, key: str, status: int, error: StorageApiError) -> StorageError | None:
    place = f"{bucket}/{key}"
    if not key:
        return None
    if status == 404 and error.code in ("not_found", "NoSuchKey"):
        return ObjectNotFound(f"There is nothing at {place} in Supabase.", "Check the key.")
    if status == 409:
        return ObjectExists(f"There is an object at {place} in Supabase already.", "Choose another key.")
    if status == 413:
        return ObjectTooLarge(
            f"{place} is larger than Supabase takes.", "Raise the limit in the project's and the bucket's settings."
        )
    if status == 415:
        return StorageDenied(
            f"The bucket {bucket} takes no object of that type.", "Allow its MIME type in the bucket's settings."
        )
    if error.code == "InvalidKey":
        return KeyRefused(f"Supabase takes no key like {key!r}.", "Choose another key.")
    return None


def unreachable(url: str, error: httpx.HTTPError) -> StorageUnreachable:
    """Nothing answers."""
    return StorageUnreachable(
        f"{url} cannot be reached ({type(error).__name__}).", "Check SUPABASE_URL and the network."
    )


def no_supabase(url: str) -> StorageUnreachable:
    """Something answers, and it is not Supabase."""
    return StorageUnreachable(f"What {url} answers is not from Supabase Storage.", "Check SUPABASE_URL.")


def may_pass(error: httpx.TransportError | StorageApiError) -> bool:
    """Whether asking again may help."""
    return isinstance(error, httpx.TransportError) or status_of(error) == 429 or status_of(error) >= 500


def status_of(error: StorageApiError) -> int:
    """The status as a number: text where Storage itself answered, a number where a proxy did; 0 where neither."""
    text = str(error.status)
    return int(text) if text.isdecimal() else 0


def api_error(answer: httpx.Response) -> StorageApiError:
    """An answer to a request of our own, as the library would raise it."""
    try:
        told = answer.json()
        return StorageApiError(told["message"], told["error"], told["statusCode"])
    except (ValueError, KeyError, TypeError):
        return StorageApiError("", "InternalError", answer.status_code)
