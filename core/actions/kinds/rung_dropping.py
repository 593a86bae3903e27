"""Rung dropping: a quality is taken off videos' playlists; its objects go a day later, when nobody watches it any more.

Terms: `rung`, such as 1440p, and `videos`; of all videos at the place that have it where none are named.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.actions.action import Action, Difference, Extent, Item, Kind, Preview, State, Taken, Undo
from core.actions.cloud import Cloud, require_terms, text_term
from core.actions.handler import fingerprint, seen_items
from core.actions.kinds import rung_money
from core.actions.kinds.rung_choice import Drop, busy, drops
from core.actions.kinds.same_object import identity, identity_now
from core.actions.kinds.words import are_left_out
from core.actions.money import NOTHING
from core.catalog.catalog import Catalog, forget_objects, record_copy
from core.catalog.holds import held_videos
from core.catalog.video import Copy, CopyObject
from core.errors import ActionRefused, CannotReturn, ObjectChanged, ObjectNotFound, StorageBusy, TakesHours
from core.media.folder import MASTER
from core.media.master import without
from core.storage.provider import Attributes, StorageProvider
from core.units import number_of

#: So long objects stay that no playlist names any more: whoever has begun to watch sees the video to its end.
_STAY = timedelta(hours=24)


class RungDropping:
    """Its items are playlists, which change first, and then objects."""

    kind = Kind.DROP_RENDITION

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._catalog = Catalog(cloud.database)

    def preview(self, action: Action, now: datetime) -> Preview:
        require_terms(action, "rung", "videos")
        found, left_out = drops(self._cloud, action)
        rung = text_term(action, "rung")
        if not found:
            why = "; ".join(f"{number_of(count, 'video')}: {why}" for why, count in sorted(left_out.items()))
            raise ActionRefused(f"No video can lose {rung}{f' ({why})' if why else ''}.", "Choose others.")
        items = (*map(_switch, found), *(item for each in found for item in _removals(each)))
        money = rung_money.of(self._cloud, action, found, now)
        count = number_of(len(found), "video")
        return Preview(
            action,
            f"Takes {rung} off the {number_of(len(found), 'playlist')} of {count}, and removes its "
            f"{number_of(len(items) - len(found), 'object')} a day later, when nobody watches it any more.",
            items,
            saving_usd=money.saving_usd,
            one_off_usd=money.once.usd,
            one_off_more_usd=money.once.more_usd or NOTHING,
            undo=rung_money.undo_told(self._cloud, money),
            warnings=(
                f"Who would get {rung} gets the best other rung that their line carries, else the lowest.",
                *money.warnings(),
                *(each for why, n in sorted(left_out.items()) for each in are_left_out(n, "video", why)),
            ),
            differences=(Difference(f"Rungs of {count}", f"{rung} and others", "the others"),),
            seen=fingerprint(seen_items(items)),
            counted=_extent(found),
        )

    def look(self, action: Action, item: Item) -> State:
        before = dict(item.before or {})
        if "master" in before:
            master = self._master(action, before["video_id"])
            return before | {"master": master.key} if master else None
        try:
            stored = self._cloud.place(action).head(item.key)
        except ObjectNotFound:
            return None
        return before | identity_now(stored, before)

    def put(self, action: Action, item: Item, state: State) -> None:
        if "master" in (item.before or {}):
            self._put_master(action, item, state or {})
        elif state is None:
            self._remove(action, item)
        else:
            self._make_again(action, state["video_id"])

    def undo(self, taken: Taken, items: Iterable[Item], now: datetime) -> Undo:
        return rung_money.undo_of(self._cloud, taken, list(items))

    def finished(self, action: Action, now: datetime) -> None:
        """What has changed is recorded as it changes."""

    def _put_master(self, action: Action, item: Item, state: State) -> None:
        """Forward by a new object and one transaction; back by the old one, or by packaging where that is gone."""
        told, before = state or {}, item.before or {}
        provider, master = self._cloud.place(action), self._master(action, before["video_id"])
        self._require_rest(before["video_id"])
        if master is None:
            raise ObjectChanged("The video has no playlist any more.", "Package it again.")
        if told["master"] != before["master"]:
            self._require_not_held(before["video_id"])
            self._write_without(provider, text_term(action, "rung"), master, told["master"])
        elif not self._is_whole(action, before):
            return self._make_again(action, before["video_id"])
        stored = provider.head(told["master"])
        changed = replace(
            master, key=stored.key, size_bytes=stored.size_bytes, etag=stored.etag, crc64nvme=stored.crc64nvme
        )
        with self._cloud.database.transaction() as connection:
            record_copy(connection, before["video_id"], action.place, [changed], self._cloud.clock())
        return None

    def _is_whole(self, action: Action, before: Mapping[str, Any]) -> bool:
        """Whether all that the old playlist names is there and recorded, so that it can be played."""
        copy, provider = self._copy(action, before["video_id"]), self._cloud.place(action)
        named = {each.key for each in copy.objects} | {before["master"]} if copy else set[str]()
        return named >= set(before["needs"]) and all(_is_there(provider, key) for key in before["needs"])

    def _write_without(self, provider: StorageProvider, rung: str, master: CopyObject, key: str) -> None:
        there, text = provider.head(master.key), b"".join(provider.read(master.key, etag=master.etag)).decode()
        new = without(text, rung)
        if new is None:
            raise ObjectChanged(f"{master.key!r} does not name {rung} any more.", "Look at it again.")
        attributes = Attributes(there.content_type, there.cache_control, there.storage_class, there.metadata)
        provider.write(key, [new.encode()], attributes)

    def _remove(self, action: Action, item: Item) -> None:
        told, provider = item.before or {}, self._cloud.place(action)
        master = self._master(action, told["video_id"])
        if master and master.key == told["old_master"]:
            raise ObjectChanged(f"The playlist of the video still names {item.key!r}.", "Leave it.")
        self._require_not_held(told["video_id"])
        self._require_rest(told["video_id"])
        if master and master.key == told["new_master"]:
            _require_unwatched(provider, master.key, self._cloud.clock())
        copy = self._copy(action, told["video_id"])
        names = [each.name for each in copy.objects if each.key == item.key] if copy else []
        with self._cloud.database.transaction() as connection:  # first: what is recorded has to be there
            forget_objects(connection, told["video_id"], action.place, names)
        provider.delete(item.key)

    def _make_again(self, action: Action, video_id: str) -> None:
        copy = self._copy(action, video_id)
        original = copy.object("original") if copy else None
        if self._cloud.package is None or original is None or not _is_there(self._cloud.place(action), original.key):
            raise CannotReturn("There is no original to make the rung anew of.")
        with self._cloud.database.transaction() as connection:
            self._cloud.package(connection, video_id)

    def _require_not_held(self, video_id: str) -> None:
        with self._cloud.database.reading() as connection:
            if video_id in held_videos(connection):
                raise ObjectChanged("The video is on legal hold by now.", "Leave it.")

    def _require_rest(self, video_id: str) -> None:
        with self._cloud.database.reading() as connection:
            if why := busy(connection).get(video_id):
                raise StorageBusy(f"The video {video_id} waits: {why}.", "It is tried again.")

    def _master(self, action: Action, video_id: str) -> CopyObject | None:
        copy = self._copy(action, video_id)
        return copy.object(MASTER) if copy else None

    def _copy(self, action: Action, video_id: str) -> Copy | None:
        return next((each for each in self._catalog.copies(video_id) if each.provider == action.place), None)


def _extent(found: Iterable[Drop]) -> Extent:
    """The rung itself: of its playlists others take the place."""
    rungs = [each for each in (drop.stored.get(drop.rung.key) for drop in found) if each]
    return Extent(len(rungs), sum(each.size_bytes for each in rungs))


def _switch(drop: Drop) -> Item:
    told = {"video_id": drop.video_id, "needs": sorted(drop.stored)}
    before, after = told | {"master": drop.master.key}, told | {"master": drop.new_master_key}
    return Item(drop.new_master_key, 0, before, after)


def _removals(drop: Drop) -> Iterator[Item]:
    """The largest first."""
    for stored in sorted(drop.stored.values(), key=lambda each: -each.size_bytes):
        of = {"video_id": drop.video_id, "old_master": drop.master.key, "new_master": drop.new_master_key}
        before = of | {"storage_class": str(stored.storage_class)} | identity(stored, stored.crc64nvme)
        yield Item(stored.key, stored.size_bytes, before, None)


def _require_unwatched(provider: StorageProvider, master: str, now: datetime) -> None:
    """Raises TakesHours while somebody may still watch by the playlist before this one."""
    since = provider.head(master).modified_at
    if now < since + _STAY:
        raise TakesHours(
            "Viewers who began before the playlist changed may still watch; objects stay for a day.",
            "It goes on by itself.",
        )


def _is_there(provider: StorageProvider, key: str) -> bool:
    try:
        provider.head(key)
    except ObjectNotFound:
        return False
    return True
