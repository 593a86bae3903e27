"""Steps: a question that is answered by several selects, each of which may read those before it by their names."""

from collections.abc import Mapping

import duckdb
import pyarrow as pa


def take_steps(
    duck: duckdb.DuckDBPyConnection, selects: Mapping[str, str], parameters: Mapping[str, object]
) -> pa.Table:
    """The last of the selects, all of them asked of one state of the views.

    A statement of so many parts is planned in a second; its parts, one by one, in a tenth of that.
    """
    *made, (_, last) = selects.items()
    with duck.cursor() as own:  # for its temporary tables go with it
        own.execute("BEGIN")
        try:
            for name, select in made:
                own.execute(f"CREATE TEMP TABLE {name} AS {select}", _named(select, parameters))
            return own.sql(last, params=_named(last, parameters)).to_arrow_table()
        finally:
            own.execute("ROLLBACK")


def _named(select: str, parameters: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in parameters.items() if f"${name}" in select}
