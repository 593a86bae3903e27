"""Spikes: what days far above or below their weeks come to, which a model of usual days leaves out of every sum."""

import numpy as np
from numpy.typing import NDArray

from core.forecasting.level import MAD, WEEK, Array, quiet

_LOOKED_AT = 26 * WEEK  #: days
_AROUND = np.array([-3, -2, -1, 1, 2, 3]) * WEEK  #: days that tell what a day is usually like
_FAR = 4.0  #: spreads
_LEAST = 3  #: spikes, from which on more of them are to be expected


def spikes_share(values: Array) -> float:
    """How much all spikes of the last half year but the largest add to all other days, as a share of these; 0 where
    there were fewer than three, as what came once or twice may not come again.
    """
    recent = values[-_LOOKED_AT:]
    usual = _usual(recent)
    excess = np.nan_to_num(recent - usual)
    spread = MAD * np.median(np.abs(excess))
    far = np.abs(excess) > _FAR * spread
    runs = _sums_of_runs(excess, far)
    base = float(np.nansum(np.where(far, usual, recent)))
    if len(runs) < _LEAST or base <= 0:
        return 0.0
    return float(np.delete(runs, np.argmax(np.abs(runs))).sum()) / base


def _usual(values: Array) -> Array:
    """The median of the same days of the weeks around each."""
    wide = np.pad(values, -_AROUND[0], constant_values=np.nan)
    with quiet():
        return np.nanmedian(wide[np.arange(len(values))[:, None] - _AROUND[0] + _AROUND], axis=1)


def _sums_of_runs(excess: Array, far: NDArray[np.bool_]) -> Array:
    """The excess of spike days that follow one another, together."""
    starts = np.flatnonzero(far & ~np.concatenate([[False], far[:-1]]))
    return np.add.reduceat(np.where(far, excess, 0.0), starts) if len(starts) else np.empty(0)
