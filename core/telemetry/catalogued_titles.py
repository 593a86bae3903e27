"""Catalogued titles: which video a player means by its name, how long it is, and which rungs of which rates it has."""

from typing import Any

import duckdb
import pyarrow as pa

from core.database import Database, named_queries

_queries: Any = named_queries(__file__, "catalogued_titles.sql")


def register_titles(ask: duckdb.DuckDBPyConnection, database: Database) -> None:
    """Make the tables `titles` (cid, video, duration_ms) and `ladder` (video, rung, kbps) of what the catalog knows.

    Once for all that is asked on a connection, which lives as long as an ingestion.
    """
    if ask.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'ladder' AND temporary").fetchall():
        return
    with database.reading() as connection:
        videos = [(row["id"], row["slug"], row["duration_s"]) for row in _queries.lasting(connection)]
        rungs = [(row["video_id"], row["name"], row["bandwidth"]) for row in _queries.ladder(connection)]
    lengths = {video: None if seconds is None else round(seconds * 1000) for video, _, seconds in videos}
    names = {video: video for video in lengths} | {slug: video for video, slug, _ in videos}
    _make(
        ask,
        "titles",
        pa.table(
            {
                "cid": pa.array(names.keys(), pa.string()),
                "video": pa.array(names.values(), pa.string()),
                "duration_ms": pa.array([lengths[video] for video in names.values()], pa.int64()),
            }
        ),
    )
    _make(
        ask,
        "ladder",
        pa.table(
            {
                "video": pa.array([video for video, _, _ in rungs], pa.string()),
                "rung": pa.array([name for _, name, _ in rungs], pa.string()),
                "kbps": pa.array([bandwidth / 1000 for _, _, bandwidth in rungs], pa.float64()),
            }
        ),
    )


def _make(ask: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    ask.register("given", table)
    ask.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM given")
    ask.unregister("given")
