"""Library cards: the videos that were found as pictures, each with where it lies and what it costs."""

from collections.abc import Callable, Iterable
from urllib.parse import quote

from core.catalog.search import Entry, State
from core.catalog.video import Visibility
from core.costs.keeping import Keeping
from dashboard import cards, format, library_table
from dashboard.video_costs import Billed

AddressOf = Callable[[str], str]  #: of a video's page, by its slug


def draw(entries: Iterable[Entry], costs: Keeping, bill: Billed | None, address_of: AddressOf) -> None:
    """A card for each, which leads to its page."""
    cards.draw([_card(each, costs, bill, address_of) for each in entries])


def _card(each: Entry, costs: Keeping, bill: Billed | None, address_of: AddressOf) -> cards.Card:
    video = each.video
    badges = ["Private"] if video.visibility is Visibility.PRIVATE else []
    badges += [] if each.state is State.PACKAGED else [library_table.STATES[each.state]]
    return cards.Card(
        title=video.title,
        href=address_of(video.slug),
        poster=f"/play/{quote(video.id, safe='')}/poster" if each.has_poster else None,
        length=format.length(video.duration_s),
        facts=f"{format.size(each.size_bytes)} · {library_table.places(each)}",
        cost=cost(each, costs, bill),
        badges=tuple(badges),
    )


def cost(each: Entry, costs: Keeping, bill: Billed | None) -> str:
    """What the bill has for it; where it has nothing, what keeping it costs at list price; empty: nothing."""
    if bill and (billed := bill.cost(each.video.id)):
        return f"{format.cents(billed, bill.attribution.currency)} billed, {format.short_period(bill.period)}"
    usd = library_table.cost(each, costs)
    return f"{format.cents(usd)} a month, list price" if usd else ""
