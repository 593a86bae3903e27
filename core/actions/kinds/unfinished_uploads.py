"""Unfinished uploads: parts that nobody will ever make an object of are removed; those of our own that go on are not.

Terms: `older_than_days`, 7 where nothing is said and at least 1, and `prefix`.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.actions.action import Action, Item, Kind, Preview, State, Taken, Undo
from core.actions.cloud import Cloud, number_term, require_terms, text_term
from core.actions.handler import fingerprint, seen_items
from core.actions.kinds.words import are_left_out
from core.actions.money import NOTHING
from core.errors import ActionRefused, CannotReturn, ObjectChanged, UploadNotFound
from core.migration.store import keys_on_their_way
from core.storage.provider import Multipart, StorageClass, UnfinishedUpload
from core.units import number_of
from core.uploads.store import keys_under_way

_USUAL_DAYS = 7
#: So many uploads are asked for their parts at once.
_AT_ONCE = 16
_UNDO = Undo("Parts that are removed are gone: whoever sent them has to send the file again.", possible=False)
_OTHERS = (
    "S3 does not say whether anybody is still sending. An upload of another program that goes on after so many days "
    "fails, and has to be begun again."
)


@dataclass(frozen=True)
class _Found:
    """What is unfinished at a place."""

    old: tuple[UnfinishedUpload, ...]  #: and nobody's of ours
    young: int
    ours: int


class UnfinishedUploads:
    """Each of its items is one upload with its parts."""

    kind = Kind.ABORT_INCOMPLETE_UPLOADS

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def preview(self, action: Action, now: datetime) -> Preview:
        require_terms(action, "older_than_days", "prefix")
        provider, days = self._provider(action), number_term(action, "older_than_days", _USUAL_DAYS, least=1)
        found = self._found(action, now - timedelta(days=days))
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="unfinished") as pool:
            items = tuple(each for each in pool.map(lambda each: _item(provider, each), found.old) if each)
        if not items:
            raise ActionRefused(f"No upload here is unfinished for {number_of(days, 'day')}.", "Nothing is to be done.")
        money = self._cloud.money(action)
        saving = money.monthly_usd(StorageClass.STANDARD, [sum(each.size_bytes for each in items)])
        return Preview(
            action,
            f"Aborts {number_of(len(items), 'upload')} to {provider.bucket} that nobody has completed for "
            f"{number_of(days, 'day')}, and removes their parts.",
            items,
            saving_usd=saving,
            one_off_usd=NOTHING,
            undo=_UNDO,
            warnings=(
                _OTHERS,
                *are_left_out(found.young, "upload", f"begun less than {number_of(days, 'day')} ago"),
                *are_left_out(found.ours, "upload", "an upload or a migration of this installation goes on with it"),
                *(() if saving is not None else (money.unknown("What it saves a month"),)),
            ),
            seen=fingerprint(seen_items(items)),
        )

    def look(self, action: Action, item: Item) -> State:
        told = item.before or {}
        return _state(self._provider(action), told["key"], told["upload_id"])

    def put(self, action: Action, item: Item, state: State) -> None:
        if state is not None:
            raise CannotReturn("Its parts are gone.", "Send the file again.")
        told, provider = item.before or {}, self._provider(action)
        if told["key"] in self._ours(action):
            raise ObjectChanged(f"Somebody goes on with the upload to {told['key']!r}.", "Leave it.")
        provider.abort_upload(told["key"], told["upload_id"])

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        return _UNDO

    def finished(self, action: Action, now: datetime) -> None:
        """Nothing goes with it."""

    def _found(self, action: Action, before: datetime) -> _Found:
        ours, old, young, spared = self._ours(action), list[UnfinishedUpload](), 0, 0
        for each in self._provider(action).unfinished_uploads(text_term(action, "prefix")):
            if each.key in ours:
                spared += 1
            elif each.started_at > before:
                young += 1
            else:
                old.append(each)
        return _Found(tuple(old), young, spared)

    def _ours(self, action: Action) -> set[str]:
        """Keys: an upload may have been begun by a process that was killed before it noted the provider's id."""
        with self._cloud.database.reading() as connection:
            return {*keys_under_way(connection, action.place), *keys_on_their_way(connection, action.place)}

    def _provider(self, action: Action) -> Multipart:
        provider = self._cloud.place(action)
        if not isinstance(provider, Multipart):
            raise ActionRefused(f"{action.place} has no multipart uploads.", "Choose a bucket of S3.")
        return provider


def _item(provider: Multipart, upload: UnfinishedUpload) -> Item | None:
    """None where it was completed or aborted since it was listed."""
    before = _state(provider, upload.key, upload.upload_id)
    return Item(f"{upload.key} ({upload.upload_id})", before["size_bytes"], before, None) if before else None


def _state(provider: Multipart, key: str, upload_id: str) -> State:
    """With what has arrived: where more has since, somebody is sending."""
    try:
        parts = provider.parts(key, upload_id)
    except UploadNotFound:
        return None
    return {"key": key, "upload_id": upload_id, "size_bytes": sum(each.size_bytes for each in parts)}
