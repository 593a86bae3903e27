"""Streaming: a chunk of a file goes to a provider that takes files from start to end (TUS)."""

from core.errors import StorageBusy, StorageDenied, StorageUnreachable, UploadNotFound
from core.storage.provider import SignedRequest
from core.uploads.local_file import LocalFile

_SECONDS = 120
_GONE, _CONFLICT = (404, 410), 409
_LATER = (408, 423, 425, 429)


def send_chunk(file: LocalFile, offset: int, chunk_bytes: int, to: SignedRequest) -> int:
    """Send what comes next; gives the byte that is wanted afterwards.

    Raises StorageBusy or StorageUnreachable where it may be taken later, UploadNotFound, StorageDenied.
    """
    import httpx  # here: most providers take parts, and need none of it

    content = file.read(offset, min(chunk_bytes, file.size_bytes - offset))
    try:
        answer = httpx.request(
            to.method,
            to.url,
            content=bytes(content),
            headers=dict(to.headers) | {"Upload-Offset": str(offset)},
            timeout=httpx.Timeout(_SECONDS, connect=10),
        )
    except httpx.TransportError as error:
        raise StorageUnreachable(f"The connection broke ({type(error).__name__}).", "Check the network.") from error
    if answer.status_code == 204:
        return int(answer.headers["Upload-Offset"])
    raise _refusal(answer.status_code)


def _refusal(status: int) -> Exception:
    if status in _GONE:
        return UploadNotFound("The provider knows nothing of the upload.", "Send the file again.")
    if status == _CONFLICT or status in _LATER:  # somebody else has sent that chunk, or is sending it
        return StorageBusy(f"The chunk was not taken (status {status}).", "Ask what has arrived, and go on.")
    if status >= 500:
        return StorageUnreachable(f"The provider is not well (status {status}).", "Try again in a while.")
    return StorageDenied(f"The chunk was refused (status {status}).", "Check the bucket's policies and limits.")
