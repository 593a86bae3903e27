"""Left alone: the files of a source that are not looked into, in a sentence."""

from collections.abc import Iterable, Sequence, Set

from core.billing.files import DATA_SUFFIXES, NO_BILLS
from core.billing.manifests import is_manifest
from core.sources.source import Entry, is_hidden

_NAMED = 3
_LISTED = f"{', '.join(DATA_SUFFIXES[:-1])} or {DATA_SUFFIXES[-1]}"


def left_alone(entries: Iterable[Entry], listed: Set[str], no_files: Sequence[str] = ()) -> str:
    """How many files that no manifest lists have no bill's name, and the first ones' names; empty where none has.

    And how many that are no files: links that lead nowhere, or out of the source, and pipes.
    """
    others = [entry for entry in entries if entry.path not in listed and not is_manifest(entry)]
    hidden = [entry.path for entry in others if is_hidden(entry.path)]
    unknown = [entry.path for entry in others if not is_hidden(entry.path) and not _is_known(entry.path)]
    told = [_unknown(unknown)] if unknown else []
    told += [f"{_files(len(hidden), 'hidden file')} left alone"] if hidden else []
    told += [_no_files(no_files)] if no_files else []
    return "; ".join(told)


def _unknown(paths: list[str]) -> str:
    return f"{_files(len(paths), 'file')} left alone, whose names do not end in {_LISTED}: {_names(paths)}"


def _no_files(paths: Sequence[str]) -> str:
    what = (
        "1 link or pipe, which leads to no file of the source, was"
        if len(paths) == 1
        else (f"{len(paths)} links or pipes, which lead to no files of the source, were")
    )
    return f"{what} left alone: {_names(paths)}"


def _names(paths: Sequence[str]) -> str:
    return ", ".join(paths[:_NAMED]) + (", ..." if len(paths) > _NAMED else "")


def _files(count: int, noun: str) -> str:
    return f"{count} {noun} was" if count == 1 else f"{count} {noun}s were"


def _is_known(path: str) -> bool:
    return path.lower().endswith(DATA_SUFFIXES) or NO_BILLS in path.split("/")
