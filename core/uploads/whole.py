"""Whole: make what has arrived one object, and prove that it is the file that was sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.errors import ContentRefused, ObjectCorrupt, ObjectExists, ObjectNotFound, PartsMissing, UploadNotFound
from core.storage.checksums import Tally, combined
from core.storage.provider import Multipart, Part, ResumableUploads, StorageProvider, StoredObject
from core.uploads.content import HEAD_BYTES, recognise
from core.uploads.session import Mode, Standing, UploadSession, standing

#: Under which an object says which upload it came from.
MARK = "phyght-upload"


def look(provider: StorageProvider, session: UploadSession, sent: Sequence[Part] = ()) -> Standing:
    """What the provider itself says it has of an upload. Raises UploadNotFound where it knows nothing of it.

    Where all of it was just sent it is not asked: it compares the parts with its own when it makes them one object.
    """
    if session.mode is Mode.TUS:
        return standing(session, _chunks(session, received_bytes(provider, session)))
    if sent and not (just_sent := standing(session, sent)).not_received:
        return just_sent
    known = {part.etag: part for part in sent}
    parts = multipart(provider).parts(session.key, session.upload_id)
    return standing(session, (_with_checksum(part, known.get(part.etag)) for part in parts))


def _with_checksum(part: Part, sent: Part | None) -> Part:
    """The part as it is there; with the checksum it was sent with, where its provider tells none."""
    if part.crc64nvme is None and sent and (sent.number, sent.size_bytes) == (part.number, part.size_bytes):
        return sent
    return part


def multipart(provider: StorageProvider) -> Multipart:
    """The provider as one that takes parts: an upload in parts is never begun at another."""
    assert isinstance(provider, Multipart)
    return provider


def resumable(provider: StorageProvider) -> ResumableUploads:
    """The provider as one that takes chunks."""
    assert isinstance(provider, ResumableUploads)
    return provider


def received_bytes(provider: StorageProvider, session: UploadSession) -> int:
    """How much has arrived where a file is sent from start to end. Raises UploadNotFound."""
    try:
        return resumable(provider).received_bytes(session.upload_id)
    except UploadNotFound:
        return _found(provider, session).size_bytes  # with its last chunk it is an object, and an upload no more


def _chunks(session: UploadSession, received: int) -> Iterable[Part]:
    for number in range(1, session.parts_total + 1):
        size = session.part_size(number)
        received -= size
        if received < 0:
            return
        yield Part(number, size, "", None)


def require_all(there: Standing, crc64nvme: int) -> None:
    """Raises PartsMissing, and ObjectCorrupt where the parts do not add up to the file's checksum."""
    if there.not_received:
        count = len(there.not_received)
        raise PartsMissing(
            f"{count} of {there.session.parts_total} parts of {there.session.file_name!r} are missing.",
            "Send them, then complete it again.",
            there.not_received,
        )
    sums = [(part.crc64nvme, part.size_bytes) for part in there.received if part.crc64nvme is not None]
    if len(sums) == len(there.received) and combined(sums) != crc64nvme:
        raise _not_the_file(there.session)


@dataclass(frozen=True)
class Assembled:
    """The object that an upload has become."""

    stored: StoredObject
    proved: bool  #: its provider has just made it of parts that have the file's checksum together


def assemble(provider: StorageProvider, session: UploadSession, sent: Sequence[Part]) -> Assembled:
    """The object that the parts make; where it was made before and nobody heard of it, it is found again.

    `sent` are parts that this process has sent: their checksums count where the provider tells none.
    Raises ObjectCorrupt where the parts do not agree, UploadNotFound where neither they nor the object are there.
    """
    if session.mode is Mode.TUS:  # it is an object with its last chunk
        return Assembled(_found(provider, session), proved=False)
    try:
        there, crc = look(provider, session, sent), session.crc64nvme or 0
        require_all(there, crc)
        place = (session.key, session.upload_id)
        return Assembled(multipart(provider).complete_upload(*place, there.received, crc, if_absent=True), proved=True)
    except (UploadNotFound, ObjectExists):
        return Assembled(_found(provider, session), proved=False)


def _found(provider: StorageProvider, session: UploadSession) -> StoredObject:
    try:
        return provider.head(session.key)
    except ObjectNotFound as error:
        raise UploadNotFound(
            f"{provider.name} no longer knows the upload of {session.file_name!r}.", "Send the file again."
        ) from error


def prove(provider: StorageProvider, session: UploadSession, made: Assembled) -> None:
    """Raises ObjectCorrupt or ContentRefused where the object is not the file that was sent.

    Where neither the parts nor the provider's checksum prove it, it is read from end to end.
    """
    if made.stored.size_bytes != session.size_bytes:
        raise _not_the_file(session)
    if not made.proved and _checksum(provider, made.stored) != session.crc64nvme:
        raise _not_the_file(session)
    head = b"".join(provider.read(session.key, 0, min(HEAD_BYTES, session.size_bytes)))
    if recognise(head, session.file_name).content_type != session.content_type:
        raise ContentRefused(f"{session.file_name!r} does not begin as it was said to.", "Send the file again.")


def _checksum(provider: StorageProvider, stored: StoredObject) -> int:
    if stored.crc64nvme is not None:
        return stored.crc64nvme
    tally = Tally()
    for _ in tally.passing(provider.read(stored.key, etag=stored.etag)):
        pass
    return tally.crc64nvme


def _not_the_file(session: UploadSession) -> ObjectCorrupt:
    return ObjectCorrupt(
        f"What has arrived of {session.file_name!r} is not the file: their checksums differ.",
        "If the file was changed meanwhile, upload it anew; otherwise send again the parts that differ.",
    )
