"""Sections: a log whose lines have different fields, as one that was put together, made one with all of these."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from mmap import ACCESS_READ, mmap
from pathlib import Path

from core.telemetry.fields import TYPES, are_timed, plain
from core.telemetry.formats import HEADER, header_fields
from core.telemetry.lacking import lacking, require
from core.telemetry.relations import Log

Fields = tuple[str, ...]


def headers(path: Path) -> list[Fields]:
    """The fields of each header of a text that differs from the one before it."""
    found: list[Fields] = []
    for line in _header_lines(path):
        fields = header_fields(line)
        if fields and fields != (found[-1] if found else ()):
            found.append(fields)
    return found


def _header_lines(path: Path) -> Iterator[bytes]:
    if not path.stat().st_size:
        return
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as text:
        at = text.find(HEADER)
        while at >= 0:
            if at == 0 or text[at - 1 : at] == b"\n":
                text.seek(at)
                yield text.readline()
            at = text.find(HEADER, at + 1)


def of_all_headers(log: Log) -> Log:
    """A log whose lines have the fields of all its headers, in one order; the same where it has only one."""
    found = headers(log.path)
    if len(found) < 2:
        return log
    for fields in found:
        require(log.name, fields)
    everything = {name: field for fields in found for name, field in _by_name(fields).items()}
    form = replace(log.format, fields=tuple(everything.values()))
    _put_in_order(log.path, form.fields)
    return replace(log, format=form, lacks=lacking(found, log.distribution))


def of_all_shapes(log: Log, shapes: Sequence[Fields]) -> Log:
    """A log in JSON with the fields of all its lines, of which each combination is given; a spelling is one of them."""
    told = [shape for shape in shapes if are_timed(shape)]  # others are bad lines
    more = sorted({field for shape in told for field in shape if plain(field) in TYPES} - set(log.format.fields))
    form = replace(log.format, fields=(*log.format.fields, *more))
    return replace(log, format=form, lacks=lacking(told, log.distribution))


@dataclass
class _Section:
    """The lines below one header."""

    count: int  #: of its fields
    places: list[int | None]  #: where each of all fields stands in a line; None: nowhere

    def line(self, line: bytes) -> bytes:
        """A line with all fields; one with too many or too few keeps as many of these too many or too few."""
        values = line.split(b"\t")
        if len(values) != self.count:
            return b"?" + b"\t" * (len(self.places) - self.count + len(values) - 1)
        return b"\t".join(b"-" if at is None else values[at] for at in self.places)


def _put_in_order(path: Path, everything: Fields) -> None:
    """Write a text anew, every line with all fields in one order; what a header does not have is `-` below it."""
    target = path.with_name(f"{path.name}.ordered")
    section: _Section | None = None
    with path.open("rb") as file, target.open("wb") as written:
        for text in file:
            line = text.rstrip(b"\n")
            if fields := header_fields(line):
                section = _section(fields, everything)
            is_told = line and section and not line.startswith(b"#")
            written.write((section.line(line) if section and is_told else line) + b"\n")
    target.replace(path)


def _section(fields: Fields, everything: Fields) -> _Section:
    places = {name: fields.index(field) for name, field in _by_name(fields).items()}
    return _Section(len(fields), [places.get(plain(field)) for field in everything])


def _by_name(fields: Fields) -> dict[str, str]:
    """Each field by its plain name; of two of one name the first."""
    return {plain(field): field for field in reversed(fields)}
