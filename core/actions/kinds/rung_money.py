"""Rung money: what a rung costs, and what it takes to have it again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from core.actions.action import Action, Item, Taken, Undo
from core.actions.cloud import Cloud
from core.actions.kinds.rule_words import WAITS
from core.actions.kinds.rung_choice import Drop
from core.actions.kinds.words import later
from core.actions.money import Money, Once, Stay, by_class, stay, total
from core.catalog.catalog import Catalog
from core.catalog.video import CopyObject
from core.storage.provider import StorageClass
from core.units import number_of

_DAY = "For a day the old playlist and the objects are still there, and are put back for nothing."
_LATER = (
    "After it each video is packaged anew of its original, all rungs of it; which ones those are is chosen again by "
    "its ladder."
)
_ELSEWHERE = "MediaConvert bills that by the minute, which is not in the price."


@dataclass(frozen=True)
class RungMoney:
    """Of videos that lose a rung."""

    money: Money
    originals: Sequence[CopyObject]
    saving_usd: Decimal | None
    once: Once

    @property
    def again_usd(self) -> Decimal | None:
        """What reading the originals costs, once."""
        return total(*(reading_usd(self.money, each) for each in self.originals))

    def warnings(self) -> Iterator[str]:
        if self.saving_usd is None:
            yield self.money.unknown("What it saves a month")
        if self.once.usd is None:
            yield self.money.unknown("What it costs once")
        yield from later(self.once.more_usd)
        if archived := [each for each in self.originals if each.storage_class in WAITS]:
            longest = WAITS[max((each.storage_class for each in archived), key=list(WAITS).index)]
            yield (
                f"{number_of(len(archived), 'original')} of these {'is' if len(archived) == 1 else 'are'} archived: to "
                f"have the rung again it has to be restored first, which takes {longest}."
            )


def of(cloud: Cloud, action: Action, found: Sequence[Drop], now: datetime) -> RungMoney:
    """What it saves: the rung's bytes; what it costs: new playlists, and what is left of least days."""
    money = cloud.money(action)
    gone = [each for drop in found for each in drop.stored.values()]
    rungs = [each for each in (drop.stored.get(drop.rung.key) for drop in found) if each]
    sizes = by_class((each.storage_class, each.size_bytes) for each in rungs)  # another playlist takes its place
    stays = (stay(each.storage_class, each.size_bytes, each.modified_at, now) for each in gone)
    return RungMoney(
        money,
        [each.original for each in found if each.original],
        total(*(money.monthly_usd(each, those) for each, those in sizes.items())),
        dropping(money, len(found), stays),
    )


def dropping(money: Money, videos: int, stays: Iterable[Stay]) -> Once:
    """What it costs once that so many videos lose a rung: a new playlist each, and what is removed leaves its class."""
    return Once(money.write_usd(StorageClass.STANDARD, videos)) + money.leaving(stays)


def reading_usd(money: Money, original: CopyObject) -> Decimal | None:
    """An original out of its class."""
    return total(
        money.retrieval_usd(original.storage_class, original.size_bytes),
        money.restore_usd(original.storage_class, 1, original.size_bytes),
    )


def undo_told(cloud: Cloud, money: RungMoney) -> Undo:
    """As it is told before."""
    if cloud.package is None:
        return Undo(f"{_DAY} After it nothing brings the rung back: nobody packages videos here.", possible=True)
    words = f"{_DAY} {_LATER}{'' if cloud.encodes_here else f' {_ELSEWHERE}'} The price is that of reading originals."
    return Undo(words, possible=True, usd=money.again_usd, monthly_usd=money.saving_usd)


def undo_of(cloud: Cloud, taken: Taken, items: Sequence[Item]) -> Undo:
    """As it is now: what is gone is made anew, the rest is put back for nothing."""
    switched = {(each.before or {})["video_id"] for each in items if "master" in (each.before or {})}
    removed = [each for each in items if each.after is None]
    anew = {(each.before or {})["video_id"] for each in removed}
    originals = [each for each in (_original(cloud, taken.action, id) for id in sorted(anew)) if each]
    money, free = cloud.money(taken.action), len(switched - anew)
    possible = len(originals) if cloud.package else 0
    return Undo(
        " ".join(_sentences(cloud, free, possible, len(anew))),
        possible=bool(free or possible),
        usd=total(*(reading_usd(money, each) for each in originals)) if possible else Decimal(0),
        monthly_usd=total(
            *(
                money.monthly_usd(each, sizes)
                for each, sizes in by_class(
                    (StorageClass((item.before or {})["storage_class"]), item.size_bytes) for item in removed
                ).items()
            )
        ),
    )


def _sentences(cloud: Cloud, free: int, possible: int, anew: int) -> Iterator[str]:
    if free:
        yield f"{number_of(free, 'video')}: the old playlist and the objects are still there, and are put back."
    if possible:
        elsewhere = "" if cloud.encodes_here else f" {_ELSEWHERE}"
        yield f"{number_of(possible, 'video')}: packaged anew of the original, all rungs.{elsewhere}"
    if anew > possible:
        yield f"{number_of(anew - possible, 'video')}: the rung cannot come back, as there is no original."
    if not free and not anew:
        yield "Nothing has changed that could be put back."


def _original(cloud: Cloud, action: Action, video_id: str) -> CopyObject | None:
    copies = (each for each in Catalog(cloud.database).copies(video_id) if each.provider == action.place)
    return next((each.object("original") for each in copies), None)
