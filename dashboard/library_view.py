"""Library view: what the Library page shows, and the URL that says so.

The URL is the truth: a link shows a colleague the same videos. Its parameters: q, provider, class, residency,
visibility, state, sort, layout and page. A video's page has them too, and its slug: they are the way back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from core.catalog.search import Search, Sort, State
from core.catalog.video import Visibility
from core.storage.provider import StorageClass

_Choice = TypeVar("_Choice", bound=StrEnum)

PARAMETERS = ("q", "provider", "class", "residency", "visibility", "state", "sort", "layout", "page")
#: What names the video, on its page.
SLUG = "video"
#: More is not typed on purpose.
LONGEST_TEXT = 200
_LAST_PAGE = 100_000
#: A residency that is asked for, and empty.
ANYWHERE = "anywhere"


class Layout(StrEnum):
    """How videos are listed."""

    GRID = "grid"
    TABLE = "table"

    @property
    def page_size(self) -> int:
        """Videos on a page; the grid's number fills rows of two, three, four and six."""
        return 24 if self is Layout.GRID else 50


@dataclass(frozen=True)
class LibraryView:
    """What the page shows."""

    search: Search = field(default_factory=Search)
    layout: Layout = Layout.GRID
    page: int = 1

    @property
    def start(self) -> int:
        """How many videos come before this page."""
        return (self.page - 1) * self.layout.page_size

    @property
    def is_filtered(self) -> bool:
        return replace(self.search, sort=Sort.NEWEST) != Search()

    def query(self) -> dict[str, str]:
        """The URL's parameters; what is as on a first visit is left out."""
        asked, first = self.search, LibraryView()
        residency = ANYWHERE if asked.residency == "" else asked.residency
        stated = {
            "q": asked.text,
            "provider": asked.provider,
            "class": asked.storage_class,
            "residency": residency,
            "visibility": asked.visibility,
            "state": asked.state,
            "sort": asked.sort if asked.sort is not first.search.sort else "",
            "layout": self.layout if self.layout is not first.layout else "",
            "page": str(self.page) if self.page != first.page else "",
        }
        return {name: str(value) for name, value in stated.items() if value}

    def of_video(self, slug: str) -> dict[str, str]:
        """The parameters of a video's page that leads back to this view."""
        return {SLUG: slug, **self.query()}


def read_library_view(params: Mapping[str, Sequence[str]]) -> LibraryView:
    """The view that a URL states; what it does not state, or states wrongly, is as on a first visit."""
    text = {name: values[-1] for name, values in params.items() if values}
    residency = text.get("residency")
    asked = Search(
        text=text.get("q", "")[:LONGEST_TEXT],
        provider=text.get("provider"),
        storage_class=_choice(StorageClass, text.get("class")),
        residency="" if residency == ANYWHERE else residency,
        visibility=_choice(Visibility, text.get("visibility")),
        state=_choice(State, text.get("state")),
        sort=_choice(Sort, text.get("sort")) or Sort.NEWEST,
    )
    layout = _choice(Layout, text.get("layout")) or Layout.GRID
    return LibraryView(asked, layout, _page(text.get("page", "")))


def _choice(choices: type[_Choice], text: str | None) -> _Choice | None:
    return next((choice for choice in choices if choice == text), None)


def _page(text: str) -> int:
    return min(max(int(text), 1), _LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 10 else 1
