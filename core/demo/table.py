"""Table: a bill's lines as columns, each value worked out once for all the lines that share it."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from core.demo.lines import Line, LineType

#: What a column says of a line; None where it is empty.
Value = Callable[[Line], Any]


@dataclass(frozen=True)
class LineColumns:
    """The columns of a report by what their values depend on."""

    of_kind: dict[str, Value]  #: on the item, the line's type and its price
    of_span: dict[str, Value]  #: on when it starts and ends
    of_line: dict[str, Value]  #: on the line alone


def make_table(lines: tuple[Line, ...], columns: LineColumns, types: dict[str, pa.DataType]) -> pa.Table:
    """The lines with the named columns, in their order; a column that nothing is said of is empty."""
    made = {
        **_shared(lines, _kind, columns.of_kind, types),
        **_shared(lines, _span, columns.of_span, types),
        **{name: pa.array([value(line) for line in lines], types[name]) for name, value in columns.of_line.items()},
    }
    arrays = [made[name] if name in made else pa.nulls(len(lines), type_) for name, type_ in types.items()]
    return pa.table(arrays, schema=pa.schema(list(types.items())))


def usage_only(value: Value) -> Value:
    """The value for lines of usage; other lines leave the column empty."""
    return lambda line: value(line) if line.type is LineType.USAGE else None


def _kind(line: Line) -> Hashable:
    return line.item, line.type, line.description, line.rate if line.type is LineType.USAGE else None


def _span(line: Line) -> Hashable:
    return line.start, line.end


def _shared(
    lines: Iterable[Line], key: Callable[[Line], Hashable], values: dict[str, Value], types: dict[str, pa.DataType]
) -> dict[str, pa.Array]:
    firsts: dict[Hashable, tuple[int, Line]] = {}
    places = pa.array([firsts.setdefault(key(line), (len(firsts), line))[0] for line in lines], pa.int32())
    return {
        name: pa.array([value(line) for _, line in firsts.values()], types[name]).take(places)
        for name, value in values.items()
    }
