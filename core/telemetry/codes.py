"""Codes: numbers for the texts of a log, which are quicker to add up by than texts are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass
class Register:
    """Gives values their numbers, from 0 on, in the order in which they are met."""

    names: tuple[str, ...]  #: of what a value is made of
    numbers: dict[tuple[str, ...], int] = field(default_factory=dict)

    def number(self, *values: str) -> int:
        return self.numbers.setdefault(values, len(self.numbers))

    def table(self) -> pa.Table:
        """Every value with its number."""
        columns = zip(*self.numbers, strict=True) if self.numbers else [()] * len(self.names)
        values = {name: pa.array(column, pa.string()) for name, column in zip(self.names, columns, strict=True)}
        return pa.table({"number": pa.array(range(len(self.numbers)), pa.int32()), **values})


@dataclass
class Coder:
    """Numbers for the texts of a column; each text is looked at once, or anew after many others."""

    look_up: Callable[[list[str]], Iterable[int]]  #: numbers of texts that are not known
    most: int = 60_000  #: texts that are remembered
    _known: dict[str, int] = field(default_factory=dict)

    def numbers(self, texts: Sequence[str]) -> list[int]:
        if len(self._known) > self.most:
            self._known.clear()
        if news := [text for text in texts if text not in self._known]:
            self._known.update(zip(news, self.look_up(news), strict=True))
        return [self._known[text] for text in texts]

    def forget(self) -> None:
        """Look every text up anew."""
        self._known.clear()

    def coded(self, column: pa.DictionaryArray) -> pa.Array:
        """A column of texts as one of their numbers; null stays null."""
        return taken(self.numbers(column.dictionary.to_pylist()), column)


def taken(numbers: Sequence[int], column: pa.DictionaryArray) -> pa.Array:
    """For each text of a column, what stands at its place in the dictionary."""
    return pa.array(numbers, pa.int32()).take(column.indices)
