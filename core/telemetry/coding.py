"""Coding: numbers in the place of the texts of a log's lines; each distinct text is looked up once."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from core.telemetry.agents import BOT, RULES, device
from core.telemetry.codes import Coder, Register, taken
from core.telemetry.edges import UNKNOWN, Edge, places
from core.telemetry.formats import Kind
from core.telemetry.keys import Keys

RESULTS = ("hit", "refreshhit", "miss", "error", "limitexceeded", "capacityexceeded", "redirect", "other")
#: Texts of which more than one column is made.
_PLACED = ("xedgelocation", "csuristem")
#: The first is told from all others.
DEVICES = (BOT, *dict.fromkeys(name for name, _ in RULES if name != BOT), "other")


@dataclass
class Coding:
    """Numbers for what logs name; 0 is the text, edge or title of no name."""

    keys: Callable[[], Keys]
    texts: Register = field(default_factory=lambda: Register(("text",)))
    edges: Register = field(default_factory=lambda: Register(("edge", "price_region")))
    titles: Register = field(default_factory=lambda: Register(("video", "rung")))

    def __post_init__(self) -> None:
        self.texts.number("")
        self.edges.number("", "")
        self.titles.number("", "")
        self._locations = Coder(self._edges_of)
        self._countries = Coder(self._countries_of)
        self._titles = Coder(self._titles_of, most=150_000)  # many videos have some paths each
        self._coders = {
            "csuseragent": Coder(_devices_of),
            "xedgeresponseresulttype": Coder(_results_of),
            "xedgeresulttype": Coder(_results_of),
            "ccountry": Coder(lambda texts: [self.texts.number(text.upper()) for text in texts]),
            "csprotocol": Coder(lambda texts: [self.texts.number(text.lower()) for text in texts]),
            **{
                name: Coder(lambda texts: [self.texts.number(text) for text in texts])
                for name in ("distributionid", "primarydistributionid", "cshost")
            },
        }

    def coded(self, table: pa.Table, kind: Kind) -> tuple[pa.Table, pa.Array]:
        """A table with numbers for texts, and the paths that its column `path` counts."""
        paths = pa.array([], pa.string())
        columns: dict[str, pa.Array | pa.ChunkedArray] = {}
        for name in table.column_names:
            column = table[name]
            if name not in self._coders and name not in _PLACED:
                columns[name] = column
                continue
            texts = column.combine_chunks()
            if name == "xedgelocation":
                columns |= {"edge": self._locations.coded(texts), "edge_country": self._countries.coded(texts)}
            elif name == "csuristem":
                paths = _paths(texts, kind)
                numbers = self._titles.numbers(paths.to_pylist())
                columns |= {"title": taken(numbers, texts), "path": texts.indices}
            else:
                columns[name] = self._coders[name].coded(texts)
        return pa.table(columns), paths

    def forget(self) -> None:
        """Let go of the paths that were looked up, which take the most room; their numbers stay."""
        self._titles.forget()

    def _edges_of(self, locations: Sequence[str]) -> list[int]:
        return [self.edges.number(edge.code, edge.price_region) for edge in _edges(locations)]

    def _countries_of(self, locations: Sequence[str]) -> list[int]:
        return [self.texts.number(edge.country) for edge in _edges(locations)]

    def _titles_of(self, paths: Sequence[str]) -> list[int]:
        keys = self.keys()
        return [self.titles.number(*map(sys.intern, keys.resolve(path))) for path in paths]  # each name is kept once


def _edges(locations: Sequence[str]) -> list[Edge]:
    codes = [location[:3].upper() for location in locations]
    known = places(codes)
    return [known.get(code, UNKNOWN) for code in codes]


def _paths(texts: pa.DictionaryArray, kind: Kind) -> pa.Array:
    if kind is not Kind.REAL_TIME:
        return texts.dictionary
    # only there it has the query too
    return pa.array([path.partition("?")[0] for path in texts.dictionary.to_pylist()], pa.string())


def _devices_of(agents: Sequence[str]) -> list[int]:
    return [DEVICES.index(device(agent)) for agent in agents]


def _results_of(texts: Sequence[str]) -> list[int]:
    said = (text.lower() for text in texts)
    return [RESULTS.index(text) if text in RESULTS else RESULTS.index("other") for text in said]
