"""Losable: which videos can lose a rung where they lie, by what the catalogue knows; the action asks the bucket too."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from core.actions.kinds.rung_choice import HELD, LAST_RUNG, NO_ORIGINAL, NOT_READ, busy
from core.actions.kinds.rung_money import dropping
from core.actions.money import money_of
from core.catalog.holds import held_videos
from core.catalog.video import Kind
from core.media.folder import MASTER
from core.recommendations.grounds import Grounds
from core.recommendations.known import known, packaged
from core.recommendations.leaving import Costs, costs, stays_of
from core.recommendations.recommendation import LeftOut

_PICTURE = re.compile(r"\d+p")


def cannot_lose(grounds: Grounds, place: str, videos: Iterable[str]) -> Mapping[str, str]:
    """Those of the videos that keep their rungs, each with why."""
    rungs = Counter(each.video for each in known(grounds, place, Kind.RENDITION) if _PICTURE.fullmatch(each.rung))
    originals = {each.video for each in known(grounds, place, Kind.ORIGINAL)}
    playlists = packaged(grounds, place)
    with grounds.database.reading() as connection:
        at_work = {**busy(connection), **dict.fromkeys(held_videos(connection), HELD)}
    told = {
        id: at_work.get(id)
        or (LAST_RUNG if rungs[id] < 2 else "")
        or (NO_ORIGINAL if id not in originals else "")
        or (NOT_READ if id not in playlists else "")
        for id in videos
    }
    return {id: why for id, why in told.items() if why}


def dropping_costs(grounds: Grounds, place: str, rung: str, videos: Collection[str]) -> Costs:
    """What it costs once to have videos lose a rung at a provider. Raises PriceUnknown."""
    provider = next(each for each in grounds.providers.all if each.name == place)
    money = money_of(grounds.storage_prices, provider)
    gone = [each for each in known(grounds, place, Kind.RENDITION) if each.rung == rung]
    gone += [each for each in known(grounds, place, Kind.PLAYLIST) if each.rung in (MASTER, f"{rung}.m3u8")]
    stays = stays_of((each for each in gone if each.video in videos), grounds.now)
    return costs(money, dropping(money, len(videos), stays))


def left_out(reasons: Iterable[str]) -> tuple[LeftOut, ...]:
    """How many videos stay as they are, by why."""
    return tuple(LeftOut(count, f"{why.capitalize()}.") for why, count in sorted(Counter(reasons).items()))
