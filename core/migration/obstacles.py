"""Obstacles: what a video cannot move for, and what can be done about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.migration.candidates import Candidate, SourceObject
from core.migration.options import Options
from core.migration.places import Place
from core.storage.provider import StorageProvider
from core.units import GIB, MIB

_SHOWN = 120


@dataclass(frozen=True)
class Obstacle:
    """Why not, in words."""

    problem: str
    advice: str


@dataclass(frozen=True)
class Way:
    """From where to where."""

    source: Place
    target: Place
    options: Options
    gone: frozenset[str]  #: keys at which the source had nothing, when it was looked at


def obstacle(video: Candidate, way: Way) -> Obstacle | None:
    """The first thing that keeps a video from moving; None where it may go."""
    return next((each for look in (_of_the_video, _of_its_objects) for each in look(video, way)), None)


def _of_the_video(video: Candidate, way: Way) -> Iterator[Obstacle]:
    source, target = way.source.name, way.target
    if video.moves_in:
        yield Obstacle(f"The migration {video.moves_in!r} has it at work.", "Wait for it, or cancel it there.")
    if video.served_from is None:
        yield Obstacle("Viewers get no copy of it.", "Upload it again, or remove it.")
    elif video.served_from != source:
        yield Obstacle(f"Viewers get it from {video.served_from} already.", f"Nothing is to be moved from {source}.")
    elif video.at_target:
        yield Obstacle(
            f"A copy of it lies at {target.name} already, which viewers do not get.",
            "Try it again in the migration that moved it.",
        )
    if video.is_packaged_now:
        yield Obstacle(
            "Its renditions are being made.", "Plan again when they are there; see `python -m core media list`."
        )
    if stays := stays_in(video.residency, target):
        yield stays


def stays_in(residency: str, target: Place | StorageProvider) -> Obstacle | None:
    """What keeps a video in a country or region that the target does not promise; None where it may go there."""
    if not residency or residency.upper() == target.residency.upper():
        return None
    return Obstacle(
        f"It must stay in {residency}, which {target.name} does not promise.",
        f"Move it to a bucket there: S3_RESIDENCY_BUCKETS={residency}=bucket@region.",
    )


def _of_its_objects(video: Candidate, way: Way) -> Iterator[Obstacle]:
    source = way.source.name
    if not video.objects:
        yield Obstacle("It is broken: nothing of it is recorded.", "Upload it again.")
    for each in video.objects:
        if each.key in way.gone:
            yield Obstacle(
                f"It is broken: {_shown(each)} is not there any more at {source}.", "Restore it, or upload it again."
            )
        if not each.storage_class.instant:
            yield Obstacle(f"{_shown(each)} is archived in {each.storage_class}.", "Have it restored first.")
        yield from _at_the_target(each, way)


def _at_the_target(each: SourceObject, way: Way) -> Iterator[Obstacle]:
    target = way.target
    if target.largest_bytes is not None and each.size_bytes > target.largest_bytes:
        yield Obstacle(
            f"{_shown(each)} has {_words(each.size_bytes)}, and {target.name} takes no more than "
            f"{_words(target.largest_bytes)}.",
            "Package it into smaller files, or raise the limit of the target.",
        )
    if refusal := target.refusal(way.options.target_key(each.key)):
        yield Obstacle(f"{target.name} does not take its name: {refusal}", "Give it a shorter or plainer name.")


def _shown(each: SourceObject) -> str:
    key = each.key if len(each.key) <= _SHOWN else f"{each.key[:_SHOWN]}..."
    return repr(key)


def _words(size_bytes: int) -> str:
    for unit, length in (("GiB", GIB), ("MiB", MIB)):
        if size_bytes >= length:
            return f"{size_bytes / length:,.1f} {unit}"
    return f"{size_bytes:,} bytes"
