"""Old versions: what was replaced or removed long ago is removed for good, and markers that nothing lies behind.

Terms: `older_than_days`, 30 where nothing is said and at least 1, counted since a newer version took its place;
`keep_newest`, how many noncurrent versions of each key stay; and `prefix`.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby, takewhile

from core.actions.action import Action, Extent, Item, Kind, Preview, State, Taken, Undo
from core.actions.cloud import Cloud, number_term, require_terms, text_term
from core.actions.handler import fingerprint, seen_items
from core.actions.kinds.words import are_left_out, later
from core.actions.money import Money, Once, by_class, stay, total
from core.catalog.holds import held_keys
from core.errors import ActionRefused, CannotReturn, ObjectChanged, ObjectNotFound
from core.storage.abilities import ObjectVersion, Versioned
from core.storage.provider import StorageClass
from core.units import number_of

_USUAL_DAYS = 30
#: So many versions are asked at once whether they are locked.
_AT_ONCE = 16
_UNDO = Undo("A version that is removed is gone for good: nothing brings it back.", possible=False)


@dataclass(frozen=True)
class Terms:
    """Which versions."""

    prefix: str
    days: int
    keep_newest: int = 0


class OldVersions:
    """Each of its items is one version or delete marker; a marker comes behind what lies under it."""

    kind = Kind.DELETE_NONCURRENT_VERSIONS

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def preview(self, action: Action, now: datetime) -> Preview:
        require_terms(action, "older_than_days", "keep_newest", "prefix")
        provider, terms = self._provider(action), _terms(action)
        found = list(provider.versions(terms.prefix))
        due = [each for each in found if _is_due(each, terms, now)]
        locked, held = _locked(provider, due, now), self._held(action, due)
        gone = list(removable(found, terms, locked | held, now))
        if not gone:
            raise ActionRefused(
                f"No version here is noncurrent for {number_of(terms.days, 'day')}{_and_kept(len(locked | held))}.",
                "Nothing is to be done.",
            )
        items, money = tuple(map(_item, gone)), self._cloud.money(action)
        saving, once = _saving_usd(money, gone), removing(money, gone, now)
        unknown = (("What it saves a month", saving), ("What it costs once", once.usd))
        return Preview(
            action,
            _summary(gone, provider.bucket),
            items,
            saving_usd=saving,
            one_off_usd=once.usd,
            one_off_more_usd=once.more_usd or Decimal(0),
            undo=_UNDO,
            warnings=(
                "What is removed is removed for good, and so is the way back to how those objects were.",
                *are_left_out(len(locked), "version", "retention or a legal hold in S3 forbids its removal"),
                *are_left_out(len(held), "version", "its video is on legal hold"),
                *(money.unknown(what) for what, amount in unknown if amount is None),
                *later(once.more_usd),
            ),
            seen=fingerprint(seen_items(items)),
            counted=_extent(gone),
        )

    def look(self, action: Action, item: Item) -> State:
        """With whether it is the latest: what has become current since is not removed."""
        told = item.before or {}
        of_key = takewhile(lambda each: each.key == told["key"], self._provider(action).versions(told["key"]))
        every = list(of_key)
        found = [each for each in every if each.version_id == told["version_id"]]
        return _state(found[0], alone=len(every) == 1) if found else None

    def put(self, action: Action, item: Item, state: State) -> None:
        if state is not None:
            raise CannotReturn("The version is gone for good.")
        told = item.before or {}
        if told["key"] in held_keys(self._cloud.database, action.place):
            raise ObjectChanged(f"The video of {told['key']!r} is on legal hold.", "Leave it.")
        self._provider(action).remove_version(told["key"], told["version_id"])

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        return _UNDO

    def finished(self, action: Action, now: datetime) -> None:
        """Nothing goes with it."""

    def _held(self, action: Action, due: Iterable[ObjectVersion]) -> set[tuple[str, str]]:
        """Keys and ids of those whose video is on legal hold."""
        held = held_keys(self._cloud.database, action.place)
        return {(each.key, each.version_id) for each in due if each.key in held}

    def _provider(self, action: Action) -> Versioned:
        provider = self._cloud.place(action)
        if not isinstance(provider, Versioned):
            raise ActionRefused(f"{action.place} keeps no versions.", "Choose a bucket of S3.")
        return provider


def _terms(action: Action) -> Terms:
    return Terms(
        text_term(action, "prefix"),
        number_term(action, "older_than_days", _USUAL_DAYS, least=1),
        number_term(action, "keep_newest", 0),
    )


def _is_due(each: ObjectVersion, terms: Terms, now: datetime) -> bool:
    """Whether it is noncurrent for long enough; of the latest, whether it is a marker for so long."""
    if each.is_latest and not each.is_delete_marker:
        return False
    return (each.noncurrent_since or each.modified_at) <= now - timedelta(days=terms.days)


def removable(
    found: Iterable[ObjectVersion], terms: Terms, kept_ids: Container[tuple[str, str]], now: datetime
) -> Iterator[ObjectVersion]:
    """Of each key, its versions, and then the marker above them if nothing is left beside it."""
    for _, of_key in groupby(found, key=lambda each: each.key):
        latest, *older = list(of_key)
        kept = [each for each in older if not each.is_delete_marker][: terms.keep_newest]
        gone = [
            each
            for each in (older if latest.is_latest else [latest, *older])
            if each not in kept and (each.key, each.version_id) not in kept_ids and _is_due(each, terms, now)
        ]
        yield from gone
        if latest.is_latest and latest.is_delete_marker and len(gone) == len(older) and _is_due(latest, terms, now):
            yield latest


def _locked(provider: Versioned, due: Sequence[ObjectVersion], now: datetime) -> set[tuple[str, str]]:
    """Keys and ids of those that may not be removed; markers never are locked."""
    versions = [each for each in due if not each.is_delete_marker]
    if not versions or not provider.locks_versions():
        return set()

    def is_locked(each: ObjectVersion) -> bool:
        try:
            return provider.is_locked(each.key, each.version_id, now)
        except ObjectNotFound:
            return False

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="locks") as pool:
        answers = pool.map(is_locked, versions)
        return {(each.key, each.version_id) for each, locked in zip(versions, answers, strict=True) if locked}


def _item(each: ObjectVersion) -> Item:
    name = "delete marker" if each.is_delete_marker else "version"
    return Item(f"{each.key} ({name} {each.version_id})", each.size_bytes, _state(each, alone=each.is_latest), None)


def _state(each: ObjectVersion, alone: bool) -> dict[str, object]:
    """A marker that is the latest goes only once it is alone; of others that does not matter."""
    named: dict[str, object] = {"key": each.key, "version_id": each.version_id, "is_latest": each.is_latest}
    return named | ({"alone": alone} if each.is_latest else {})


def _extent(gone: Iterable[ObjectVersion]) -> Extent:
    """Markers are billed as nothing."""
    sizes = [each.size_bytes for each in gone if not each.is_delete_marker]
    return Extent(len(sizes), sum(sizes))


def _saving_usd(money: Money, gone: Iterable[ObjectVersion]) -> Decimal | None:
    sizes = by_class((each.storage_class, each.size_bytes) for each in gone if not each.is_delete_marker)
    return total(*(money.monthly_usd(each, those) for each, those in sizes.items()))


def removing(money: Money, gone: Sequence[ObjectVersion], now: datetime) -> Once:
    """What is left of their classes' least days, and a look at each; removing asks nothing."""
    versions = (each for each in gone if not each.is_delete_marker)
    stays = (stay(each.storage_class, each.size_bytes, each.modified_at, now) for each in versions)
    return Once(money.write_usd(StorageClass.STANDARD, len(gone))) + money.leaving(stays)


def _summary(gone: Sequence[ObjectVersion], bucket: str) -> str:
    markers = sum(each.is_delete_marker for each in gone)
    counts = (
        number_of(len(gone) - markers, "noncurrent version") if len(gone) > markers else "",
        number_of(markers, "delete marker") if markers else "",
    )
    return f"Removes {' and '.join(filter(None, counts))} of {bucket} for good."


def _and_kept(kept: int) -> str:
    return f", but for {number_of(kept, 'version')} that may not be removed" if kept else ""
