"""Timings: how long requests of some labels waited for the first byte, and how fast they came."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from core.performance.bins import Ints, Percentiles, in_columns, percentiles, shares_above

_Key = tuple[str, Any]  #: a measure and a label
#: What all labels together are called.
TOGETHER = ""


@dataclass(frozen=True)
class Timings:
    """Requests of labels in bins, by measure: ttfb in ms, throughput in kbit/s."""

    rows: Mapping[_Key, int]  #: of `counts`
    counts: Ints

    @cached_property
    def _percentiles(self) -> list[Percentiles | None]:
        return percentiles(self.counts)

    def of(self, measure: str, label: Any = TOGETHER) -> Percentiles | None:
        """None where nothing is known."""
        row = self.rows.get((measure, label))
        return None if row is None else self._percentiles[row]

    def slower(self, than_ms: float) -> Mapping[Any, float | None]:
        """Of each label the share of requests that waited longer for the first byte."""
        shares = shares_above(self.counts, than_ms)
        return {label: shares[row] for (measure, label), row in self.rows.items() if measure == "ttfb"}

    def together(self, labels: Collection[Any] | None = None) -> "Timings":
        """Those of all labels, or of some, added up."""
        places: dict[_Key, list[int]] = {}
        for (measure, label), row in self.rows.items():
            if labels is None or label in labels:
                places.setdefault((measure, TOGETHER), []).append(row)
        summed = [self.counts[rows].sum(axis=0) for rows in places.values()]
        return Timings({key: at for at, key in enumerate(places)}, np.array(summed) if summed else NO_TIMINGS.counts)


NO_TIMINGS = Timings({}, np.zeros((0, 2), np.int64))


def timings_in(found: pa.Table) -> Timings:
    """Those of a table with the columns measure, label, and members: the bins of each with their requests."""
    members: Any = found["members"].combine_chunks()
    bins, requests = map(np.from_dlpack, members.flatten().flatten())  # Arrow's own way imports pandas
    row = np.repeat(np.arange(len(members)), np.diff(np.from_dlpack(members.offsets)))
    counts = in_columns(row, bins.astype(np.int64), requests.astype(np.int64), len(members))
    keys = zip(found["measure"].to_pylist(), found["label"].to_pylist(), strict=True)
    return Timings({key: at for at, key in enumerate(keys)}, counts)
