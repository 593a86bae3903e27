"""Round: one migration from its plan to its end, and the kills on its way."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.kills.check import faults
from benchmarks.kills.life import Life, living
from benchmarks.kills.progress import Worker, asked, inside, mark, parts_on_record, states, worker_of
from benchmarks.kills.scene import VIDEOS, Scene

#: Longest moment between a worker's being at work and its end.
_LIVES_AT_MOST_S = 4.0
_OVER_WITHIN_S = 400
_RATES = ("off", "off", "25M", "50M")
_ORDERS = ("coldest", "coldest", "largest")  #: by age is all sizes mixed


@dataclass(frozen=True)
class Kill:
    """One process that was killed."""

    kind: str
    victim: str  #: worker or app
    after_s: float  #: since the worker was seen at work
    inside: dict[str, int]  #: states of the videos that it was inside of
    parts: int  #: on record, of uploads that were not whole
    done: int  #: videos that were moved by then
    progress: bool  #: something was done since the kill before

    @property
    def landed(self) -> bool:
        """Whether it was inside the work, which had gone on since the kill before."""
        return bool(self.inside) and self.progress


@dataclass(frozen=True)
class Round:
    """What came of a migration."""

    kills: tuple[Kill, ...]
    faults: tuple[str, ...]
    seconds: float


def run(scene: Scene, most: int, chance: random.Random, say: Callable[[str], None]) -> Round:
    """Move everything, with up to so many kills that land."""
    began = time.monotonic()
    order = chance.choice(_ORDERS)
    scene.migrate("plan", "--name", "move", "--to", scene.target, "--grace", "0", "--order", order)
    scene.migrate("start", "move", "--limit-rate", chance.choice(_RATES))
    kills: list[Kill] = []
    with living(scene, chance) as life:
        before = mark(scene)
        while sum(kill.landed for kill in kills) < most and (kill := _next_kill(scene, life, before, chance)):
            kills.append(kill)
            before = mark(scene)
            say(f"{kill.victim} killed after {kill.after_s:.2f} s, inside {kill.inside}, {kill.done} done")
        scene.migrate("start", "move", "--limit-rate", "off")
        _wait_for(lambda: states(scene) == {"done": VIDEOS}, scene)
        _wait_for(lambda: not asked(scene, "select id from requests"), scene)
    return Round(tuple(kills), tuple(faults(scene)), time.monotonic() - began)


def _next_kill(scene: Scene, life: Life, before: tuple[object, ...], chance: random.Random) -> Kill | None:
    """At a random moment once a worker is at work; None where all is moved before."""
    until = time.monotonic() + _OVER_WITHIN_S
    while not (found := _at_work(scene, life)):
        if states(scene) == {"done": VIDEOS}:
            return None
        if time.monotonic() > until:
            raise RuntimeError(f"Nothing is at work: {dict(states(scene))}\n{scene.output()}")
        time.sleep(0.02)
    after_s, (process, worker) = chance.uniform(0, _LIVES_AT_MOST_S), found
    time.sleep(after_s)
    victim = life.kill(process)
    kill = Kill(
        scene.kind, victim, after_s, dict(inside(scene, worker)), parts_on_record(scene), states(scene)["done"],
        progress=mark(scene) != before,
    )  # fmt: skip
    life.begin_again()
    return kill


def _at_work(scene: Scene, life: Life) -> tuple[int, Worker] | None:
    """A process that may be killed and is inside of a video now; None where it is not."""
    process = life.worker()
    worker = worker_of(scene, process) if process else None
    return (process, worker) if process and worker and inside(scene, worker) else None


def _wait_for(state: Callable[[], bool], scene: Scene) -> None:
    until = time.monotonic() + _OVER_WITHIN_S
    while not state():
        if time.monotonic() > until:
            raise RuntimeError(f"It comes to no end: {dict(states(scene))}\n{scene.output()}")
        time.sleep(0.2)
