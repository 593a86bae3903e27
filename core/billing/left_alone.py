"""Left alone: the files of a source that are not looked into, in a sentence."""

from collections.abc import Iterable, Set

from core.billing.files import DATA_SUFFIXES, NO_BILLS
from core.billing.manifests import is_manifest
from core.sources.source import Entry, is_hidden

_NAMED = 3
_LISTED = f"{', '.join(DATA_SUFFIXES[:-1])} or {DATA_SUFFIXES[-1]}"


def left_alone(entries: Iterable[Entry], listed: Set[str]) -> str:
    """How many files that no manifest lists have no bill's name, and the first ones' names; empty where none has."""
    others = [entry for entry in entries if entry.path not in listed and not is_manifest(entry)]
    hidden = [entry.path for entry in others if is_hidden(entry.path)]
    unknown = [entry.path for entry in others if not is_hidden(entry.path) and not _is_known(entry.path)]
    told = [_unknown(unknown)] if unknown else []
    told += [f"{_files(len(hidden), 'hidden file')} left alone"] if hidden else []
    return "; ".join(told)


def _unknown(paths: list[str]) -> str:
    names = ", ".join(paths[:_NAMED]) + (", ..." if len(paths) > _NAMED else "")
    return f"{_files(len(paths), 'file')} left alone, whose names do not end in {_LISTED}: {names}"


def _files(count: int, noun: str) -> str:
    return f"{count} {noun} was" if count == 1 else f"{count} {noun}s were"


def _is_known(path: str) -> bool:
    return path.lower().endswith(DATA_SUFFIXES) or NO_BILLS in path.split("/")
