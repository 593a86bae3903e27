"""Adoption: checksums for segments of an older version, which wrote none."""

from pathlib import Path
from typing import Any

from core.billing.segments import record
from core.contents import Contents, Totals
from core.database import Database, named_queries
from core.segments import checksums
from core.warehouse import FACTS, unrecorded_totals

_queries: Any = named_queries(__file__)


def adopt_segments(warehouse_folder: Path, database: Database) -> None:
    """Record how such segments are written, where they come to what their bills do.

    The others stay without checksums, so that the ingestion takes them for damaged and makes them again.
    """
    with database.reading() as connection:
        unrecorded = unrecorded_totals(connection)
    for path, totals in unrecorded.items():
        if _holds(warehouse_folder / path, totals):
            _adopt(warehouse_folder, path, database)


def _holds(folder: Path, totals: Totals) -> bool:
    contents = Contents()
    files = {view: folder / name for name, view in FACTS.items()}
    return all(contents.are(file, view, totals) for view, file in files.items()) and contents.agree(
        files["monthly_charges"], files["charges"], files["resource_charges"]
    )


def _adopt(warehouse_folder: Path, path: str, database: Database) -> None:
    written = checksums(warehouse_folder / path, FACTS)
    with database.transaction() as connection:
        segment = _queries.segment_in(connection, path=path)
        if segment:  # else another ingestion has replaced it
            record(connection, dict(segment), written)
