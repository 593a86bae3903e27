"""Cards: videos as pictures beside each other, in one component, however many they are."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

from streamlit.components import v2

from dashboard import visit

_ASSETS = Path(__file__).parent / "assets"
_KEY = "library-cards"


@dataclass(frozen=True)
class Card:
    """What is seen of a video."""

    title: str
    href: str  #: of its page
    poster: str | None
    length: str
    facts: str
    cost: str  #: and what kind of cost; empty where none is known
    badges: tuple[str, ...]

    @property
    def hue(self) -> int:
        """The colour of a video without a poster, always the same."""
        return crc32(self.title.encode()) % 360


def draw(cards: Sequence[Card]) -> None:
    """Draw the cards; each leads to its video's page."""
    told = [asdict(card) | {"hue": card.hue} for card in cards]
    _component()(key=_KEY, data={"cards": told})


@cache
def _component() -> Callable[..., Any]:
    script, style = ((_ASSETS / name).read_text() for name in ("cards.js", "cards.css"))
    return v2.component("phyght_cards", html='<ul class="cards"></ul>', js=f"{visit.SCRIPT}\n{script}", css=style)
