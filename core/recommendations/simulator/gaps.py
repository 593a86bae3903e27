"""Gaps: days in which nothing at all was read, though otherwise something is: perhaps nobody measured."""

import numpy as np

from core.recommendations.simulator.arrays import Ints

#: As many days without a read are none.
_USUAL_DAYS = 7
#: And a gap is as much longer than nearly all times between days with reads.
_TIMES, _NEARLY_ALL = 3, 0.95


def longest_gap(days: Ints) -> tuple[int, int] | None:
    """First day without a read, and the next one with one, of the longest gap; days of reads in any order."""
    read = np.unique(days)
    if len(read) < 2:
        return None
    between = np.diff(read)
    longest = int(between.argmax())
    usual = max(_USUAL_DAYS, _TIMES * float(np.quantile(between, _NEARLY_ALL)))
    return (int(read[longest]) + 1, int(read[longest + 1])) if between[longest] > usual else None
