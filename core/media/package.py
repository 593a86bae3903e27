"""Package: a file in, a folder out that any player plays; it may be cut off at any moment, and goes on from there."""

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from core.errors import PackagingFailed
from core.media.encoder import Outcome, Work, run
from core.media.found import Found, found_from_json
from core.media.ladder import Ladder, Rung, fixed_ladder
from core.media.per_title import Plan, per_title, plan_from_json
from core.media.playlist import Playlist, read_playlist, tidied
from core.media.probe import probe
from core.media.renditions import Sound, Subtitles, outputs, sounds_of, subtitles_of, timeline_of
from core.media.samples import Samples
from core.media.thumbnails import STORYBOARD_VTT, Thumbnails
from core.units import MIB

_STATE = "state.json"
#: What was left half-done by another version is not gone on with.
_VERSION = 1


class Stage(StrEnum):
    """What is being done."""

    LOOKING = "looking at the file"
    SAMPLING = "measuring samples"
    PICTURING = "making thumbnails"
    ENCODING = "encoding"


@dataclass(frozen=True)
class Progress:
    """How far the packaging is."""

    stage: Stage
    share: float  #: of the stage, 0 to 1
    eta_s: float | None = None  #: until all is encoded; None while that cannot be told


@dataclass(frozen=True)
class Order:
    """What is asked for."""

    file: Path
    ladder: Ladder = Ladder.PER_TITLE
    nice: int = 10  #: how far it stands back behind what people wait for


@dataclass(frozen=True)
class Made:
    """What an order has come to; the files are in the packager's folder."""

    found: Found
    ladder: Ladder
    plan: Plan
    rungs: tuple[tuple[Rung, Playlist], ...]  #: largest first
    sounds: tuple[tuple[Sound, Playlist], ...]  #: the default one first
    subtitles: tuple[Subtitles, ...]
    damaged: bool  #: not all of it could be decoded: what was made shows that
    errors: int  #: that the decoder met
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _State:
    """What is known so far, kept so that it is not found out twice."""

    found: Found
    plan: Plan
    forgiving: bool = False  #: the file cannot be decoded without errors
    errors: int = 0


class Packager:
    """Carries out one order in a folder of its own, which must be empty or hold what is left of the same order."""

    def __init__(
        self, order: Order, folder: Path, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> None:
        self._order, self._folder = order, folder
        self._on_progress, self._cancelled = on_progress, cancelled
        folder.mkdir(parents=True, exist_ok=True)

    def prepare(self) -> Found:
        """Find out what the file holds, and choose the rungs. Raises NotAVideo, and Incomplete."""
        if (state := self._state()) is None:
            self._clear()
            self._tell(Stage.LOOKING)
            found = probe(self._order.file)
            state = self._keep(_State(found, self._plan(found)))
        return state.found

    def picture(self) -> None:
        """Make the thumbnails."""
        if not (self._folder / STORYBOARD_VTT).exists():  # the last of them to be written
            self._tell(Stage.PICTURING)
            found = self._known().found
            Thumbnails(self._order.file, found, self._folder, self._cancelled, self._order.nice).make()

    def encode(self) -> None:
        """Make the renditions that are not there yet."""
        state = self._known()
        if not state.forgiving and not self._encode(state, strict=True).ok:
            state = self._keep(replace(state, forgiving=True))
            self._forget_renditions(state)
        if state.forgiving:
            outcome = self._encode(state, strict=False)
            if not outcome.ok:
                raise PackagingFailed(
                    f"{self._order.file.name} cannot be encoded: {outcome.reason}.",
                    "Export it again from the program that it comes from.",
                )
            self._keep(replace(state, errors=max(outcome.errors, state.errors)))

    def made(self) -> Made:
        """What has become of the order."""
        state = self._known()
        rungs = tuple((rung, self._playlist(rung.name)) for rung in state.plan.rungs)
        sounds = tuple((sound, self._playlist(sound.name)) for sound in sounds_of(state.found))
        short = self._shortfall(state, rungs)
        return Made(
            found=state.found,
            ladder=self._order.ladder,
            plan=state.plan,
            rungs=rungs,
            sounds=sounds,
            subtitles=subtitles_of(state.found),
            damaged=state.forgiving or bool(short),
            errors=state.errors,
            warnings=(*state.found.warnings, *state.plan.warnings, *_damage(state), *short),
        )

    def _plan(self, found: Found) -> Plan:
        if self._order.ladder is Ladder.FIXED:
            return Plan(fixed_ladder(found))
        self._tell(Stage.SAMPLING)
        folder = self._folder / "samples"
        folder.mkdir(exist_ok=True)
        plan = per_title(found, Samples(self._order.file, found, folder, self._cancelled, self._order.nice))
        shutil.rmtree(folder)
        return plan

    def _encode(self, state: _State, strict: bool) -> Outcome:
        found = state.found
        rungs = [rung for rung in state.plan.rungs if not self._is_done(rung.name, state)]
        sounds = [sound for sound in sounds_of(found) if not self._is_done(sound.name, state)]
        subtitles = subtitles_of(found) if rungs or sounds else []
        if not rungs and not sounds:
            return Outcome(0, state.errors, "")
        seconds = timeline_of(found).seconds
        fastest = max((rung.highest_rate for rung in rungs), default=0)
        work = Work(
            outputs(self._order.file, found, rungs, sounds, subtitles, strict),
            self._folder,
            seconds,
            round(seconds * fastest / 4) + 64 * MIB,
            self._order.nice,
            self._cancelled,
            self._timer(seconds),
        )
        return run(work, strict)

    def _timer(self, seconds: float) -> Callable[[float], None]:
        started = time.monotonic()
        self._tell(Stage.ENCODING)

        def on_done(done: float) -> None:
            share = done / seconds
            eta_s = (time.monotonic() - started) * (1 / share - 1) if share else None
            self._on_progress(Progress(Stage.ENCODING, share, eta_s))

        return on_done

    def _is_done(self, name: str, state: _State) -> bool:
        playlist, timeline = read_playlist(self._folder / f"{name}.m3u8"), timeline_of(state.found)
        if playlist is None or (self._folder / playlist.file).stat().st_size != playlist.end:
            return False
        # a strict encoder that gives up ends its files in good order, but early
        return state.forgiving or playlist.seconds > timeline.seconds - 1.5 / timeline.frame_rate

    def _shortfall(self, state: _State, rungs: Sequence[tuple[Rung, Playlist]]) -> tuple[str, ...]:
        timeline = timeline_of(state.found)
        least = min(playlist.seconds for _, playlist in rungs)
        if least > timeline.seconds - 1.5 / timeline.frame_rate:
            return ()
        return (f"Only {least:.1f} of {timeline.seconds:.1f} s could be encoded.",)

    def _playlist(self, name: str) -> Playlist:
        playlist = read_playlist(self._folder / f"{name}.m3u8")
        if playlist is None:
            raise PackagingFailed(f"{self._order.file.name} was encoded without {name}.", "Try again.")
        return tidied(playlist)

    def _forget_renditions(self, state: _State) -> None:
        for each in (*state.plan.rungs, *sounds_of(state.found)):
            (self._folder / f"{each.name}.m3u8").unlink(missing_ok=True)

    def _tell(self, stage: Stage) -> None:
        self._on_progress(Progress(stage, 0.0))

    def _known(self) -> _State:
        state = self._state()
        assert state is not None, "prepare() comes first"
        return state

    def _state(self) -> _State | None:
        """What is left of the same order; None where there is nothing."""
        file = self._folder / _STATE
        told: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        if told.get("order") != self._identity():
            return None
        return _State(found_from_json(told["found"]), plan_from_json(told["plan"]), told["forgiving"], told["errors"])

    def _keep(self, state: _State) -> _State:
        aside = self._folder / f"{_STATE}.new"
        aside.write_text(json.dumps({**asdict(state), "order": self._identity()}))
        aside.rename(self._folder / _STATE)
        return state

    def _identity(self) -> dict[str, Any]:
        stat = self._order.file.stat() if self._order.file.exists() else None
        written = (stat.st_size, stat.st_mtime_ns) if stat else (0, 0)
        return {"version": _VERSION, "ladder": self._order.ladder, "size": written[0], "at": written[1]}

    def _clear(self) -> None:
        for each in self._folder.iterdir():
            shutil.rmtree(each) if each.is_dir() else each.unlink()


def _damage(state: _State) -> tuple[str, ...]:
    if not state.forgiving:
        return ()
    what = f"{state.errors} errors while decoding it" if state.errors else "a strict decoder stops at it"
    return (f"The file is damaged: {what}.",)
