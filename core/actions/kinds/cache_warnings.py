"""Cache warnings: what is to be thought of before caches are told something else of objects."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from core.actions.action import Action
from core.actions.chosen import Chosen
from core.actions.cloud import Cloud
from core.actions.kinds.versions_words import on_copies
from core.actions.kinds.words import are_left_out, dollars
from core.actions.money import NOTHING
from core.billing.cdn_prices import invalidation_usd
from core.catalog.video import Kind
from core.delivery.invalidating import BEHIND, FREE_PATHS
from core.storage.local import LocalProvider
from core.units import number_of

#: Unless a recommendation has worked it out of the log.
UNTOLD = "What it saves depends on how often caches ask again, which nobody can tell before."
_A_DAY_S = 86_400
WAITS_IN_CACHES = "Browsers keep what they have until the age runs out that they were told."
#: Replaced under the same key when a video is packaged again here; what others have packaged may be, too.
_REPLACED, _MAY_BE = (Kind.THUMBNAIL,), (Kind.PLAYLIST, Kind.SUBTITLES)


def invalidation(cloud: Cloud, paths: Sequence[str]) -> Decimal:
    """USD for having edges forget these, where none of what is free is left."""
    return invalidation_usd(cloud.prices.catalog, len(paths)) if paths else NOTHING


def warnings(
    cloud: Cloud,
    action: Action,
    every: Sequence[Chosen],
    wanted: str,
    paths: Sequence[str],
    left_out: Mapping[str, int],
    copies_usd: Decimal | None,
) -> Iterator[str]:
    """All that somebody should know before."""
    yield WAITS_IN_CACHES
    yield _of_caches(cloud, action, paths)
    yield from _of_objects(every, wanted)
    if copies_usd is None:
        yield cloud.money(action).unknown("What it costs")
    yield from on_copies(cloud.place(action), "This copies")
    for why, count in sorted(left_out.items()):
        yield from are_left_out(count, "object", why)


def _of_objects(every: Sequence[Chosen], wanted: str) -> Iterator[str]:
    kinds = [each.known.kind for each in every if each.known] if _lasts_long(wanted) else []
    if replaced := sum(kind in _REPLACED for kind in kinds):
        yield (
            f"{number_of(replaced, 'picture')} of these {'is' if replaced == 1 else 'are'} replaced under the same key "
            "when a video is packaged again: caches would show the old ones for long."
        )
    if any(kind in _MAY_BE for kind in kinds):
        yield (
            "Playlists and subtitles that are packaged here get new keys each time. Whoever replaces one under its "
            "key has caches show the old one for long."
        )
    if dear := sum(not each.stored.storage_class.may_be_left for each in every):
        yield (
            f"{number_of(dear, 'object')} of these {'lies' if dear == 1 else 'lie'} in a class with least days: a copy "
            "is a new object, so what is left of them is paid for, and retrieval."
        )


def _of_caches(cloud: Cloud, action: Action, paths: Sequence[str]) -> str:
    if paths and cloud.caches:
        usd = dollars(invalidation(cloud, paths))
        return (
            f"Edges of {cloud.caches.id} forget {number_of(len(paths), 'path')}, and ask the bucket anew. Of the price "
            f"{usd} are for that; nothing while the {FREE_PATHS:,} paths are not used up that are free in a month."
        )
    if action.place == BEHIND and not isinstance(cloud.place(action), LocalProvider):
        return (
            "No distribution is configured (CLOUDFRONT_DISTRIBUTION_ID), so nothing is invalidated: edges that have "
            "these objects keep the old header until its age runs out."
        )
    return f"No distribution stands in front of {action.place}, so nothing is invalidated."


def _lasts_long(header: str) -> bool:
    ages = [int(each) for each in re.findall(r"(?:s-maxage|max-age)=(\d{1,12})", header)]
    return max(ages, default=0) > _A_DAY_S
