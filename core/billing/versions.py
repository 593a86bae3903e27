"""Versions: which files of a download others hold too, as an early bill is held by the final one beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.billing.columns import Kind
from core.billing.files import Readable
from core.billing.stage import row_print
from core.sources.workspace import Workspace, reading_errors
from core.units import MIB

#: A file is held by the others where they have so much of what no longer changes in it.
_HELD = 0.9
#: From here on nobody can tell whether files are parts of a bill, which share no charge, or versions of it.
_DOUBTFUL = 0.05
#: Of downloads that are larger, a sample is compared: the same rows of each file, as their hashes choose them.
_COMPARED_BYTES = 64 * MIB


@dataclass(frozen=True)
class Once:
    """The files of a download, so that each charge counts once."""

    readables: list[Readable]
    notes: tuple[str, ...]  #: what was left out, and what nobody can tell


def each_charge_once(readables: Sequence[Readable], modified: Sequence[float], workspace: Workspace) -> Once:
    """Leave out files whose charges the others hold; `modified` says of each when it was written, in seconds.

    Raises DeliveryRefused, naming the file, where one cannot be read.
    """
    if len(readables) < 2 or any(readable.columns.kind is Kind.SUPABASE for readable in readables):
        return Once(list(readables), ())
    ends = _write_prints(readables, workspace)
    numbers = range(len(readables))
    # of two that are one the older one goes: by what it tells of, which is surest, or by when it was written, where a
    # version in several files is only told so
    orders = (sorted(numbers, key=lambda n: (ends[n], modified[n])), sorted(numbers, key=lambda n: modified[n]))
    kept, doubtful = min((_kept(order, workspace) for order in orders), key=lambda found: len(found[1]))
    workspace.connection.execute("DROP TABLE prints")
    names = [readable.columns.file for readable in readables]
    left_out = [f"{names[n]} is left out: the files beside it hold its charges" for n in numbers if n not in kept]
    doubts = [
        f"{share:.0%} of the charges in {names[n]} are in the files beside it too, and count twice: "
        "keep one version of the bill"
        for n, share in sorted(doubtful.items())
    ]
    return Once([readables[n] for n in numbers if n in kept], (*left_out, *doubts))


def _kept(order: Sequence[int], workspace: Workspace) -> tuple[set[int], dict[int, float]]:
    """The files that others do not hold, asked one after the other; and those that others hold a good share of."""
    kept = set(order)
    for number in order:
        if _share_held(number, kept - {number}, workspace) >= _HELD:
            kept.remove(number)
    shares = {number: _share_held(number, kept - {number}, workspace) for number in kept}
    return kept, {number: share for number, share in shares.items() if share >= _DOUBTFUL}


def _write_prints(readables: Sequence[Readable], workspace: Workspace) -> list[str]:
    """The table `prints`: what tells each row of a file from others; gives the end of the last usage in each file."""
    ends: list[str] = []
    every = 1 + sum(readable.path.stat().st_size for readable in readables) // _COMPARED_BYTES
    workspace.connection.execute(
        "CREATE OR REPLACE TEMP TABLE prints (file INTEGER, print UBIGINT, begun TIMESTAMP, ended TIMESTAMP)"
    )
    for number, readable in enumerate(readables):
        with reading_errors(readable.columns.file):
            workspace.connection.execute(
                f"INSERT INTO prints SELECT DISTINCT {number}, * FROM "
                f"(SELECT {row_print(readable.columns)} FROM {readable.relation}) WHERE print % {every} = 0"
            )
        row = workspace.connection.execute(
            "SELECT coalesce(max(ended)::VARCHAR, '') FROM prints WHERE file = $1", [number]
        ).fetchone()
        ends.append(row[0] if row else "")
    return ends


def _share_held(number: int, others: set[int], workspace: Workspace) -> float:
    """How much of what no longer changes in a file others hold, 0 to 1; of all, where all of it may change.

    Its last day may be filling still, and what spans days, as tax and fees do, is charged anew each time.
    """
    row = workspace.connection.execute(
        """
        WITH own AS (
            SELECT print, coalesce(ended <= max(ended) OVER () - INTERVAL 1 DAY
                AND ended <= begun + INTERVAL 1 DAY, false) AS settled
            FROM prints WHERE file = $1
        ), looked_at AS (FROM own WHERE settled OR NOT (SELECT bool_or(settled) FROM own))
        SELECT count(*), count(*) FILTER (print IN (SELECT print FROM prints WHERE list_contains($2, file)))
        FROM looked_at
        """,
        [number, sorted(others)],
    ).fetchone()
    return row[1] / row[0] if row and row[0] else 0.0
