"""Contents: whether a file of facts can be read, and comes to what its bills do."""

from decimal import Decimal
from pathlib import Path

import duckdb

from core.sql import literal

_VIEWS = Path(__file__).with_name("warehouse.sql").read_text()

_MEASURES = ("billed_cost", "effective_cost", "list_cost", "consumed_quantity")
_SUMS = ", ".join(f"sum({name})" for name in _MEASURES)

#: Rows and billed cost by currency.
Totals = dict[str, tuple[int, Decimal]]


class Contents:
    """Looks into files of facts, for those that were written before there were checksums."""

    def __init__(self) -> None:
        # one of its own: what it reads of a damaged file may leave a DuckDB unusable
        self._duck = duckdb.connect(config={"threads": 1})
        self._duck.execute(_VIEWS)

    def are(self, file: Path, view: str, totals: Totals) -> bool:
        """Whether every value can be read, the columns are those of the view, and the sums those of the bills."""
        try:
            return self._columns(file) == self._columns(view) and self._totals(file) == totals
        except duckdb.Error:
            return False

    def _columns(self, of: Path | str) -> list[tuple[str, str]]:
        relation = _relation(of) if isinstance(of, Path) else f"empty_{of}"
        return sorted((name, type_) for name, type_, *_ in self._duck.execute(f"DESCRIBE FROM {relation}").fetchall())

    def _totals(self, file: Path) -> Totals:
        rows = self._duck.execute(
            f"SELECT coalesce(billing_currency, ''), sum(row_count)::BIGINT, {_SUMS}, bit_xor(hash(charge)) "
            f"FROM {_relation(file)} charge GROUP BY 1"
        ).fetchall()  # the hash is of no use but that every value is read for it
        return {currency: (count, total) for currency, count, total, *_ in rows}

    def agree(self, monthly: Path, daily: Path, resource: Path) -> bool:
        """Whether three files of facts say the same of the same charges."""
        days = "charge_period_start"
        by_resource = self._fingerprint(monthly, days) == self._fingerprint(resource, days)
        return by_resource and self._fingerprint(daily) == self._fingerprint(resource, "resource_id", "tags")

    def _fingerprint(self, file: Path, *without: str) -> tuple[int, int]:
        """Of the file's charges, added up over some of its columns."""
        columns = ", ".join([*without, *_MEASURES, "row_count"])
        row = self._duck.execute(f"""
            SELECT count(*), bit_xor(hash(charge)) FROM (
                SELECT * EXCLUDE ({columns}), sum(row_count), {_SUMS} FROM {_relation(file)} GROUP BY ALL
            ) charge
        """).fetchone()
        return row or (0, 0)


def _relation(file: Path) -> str:
    return f"read_parquet({literal(file)})"
