"""Arrays: the two kinds of columns that all of the simulator is made of."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def ints(values: object) -> Ints:
    """Whole numbers as a column."""
    return np.asarray(values, dtype=np.int64)


def floats(values: object) -> Floats:
    """Amounts as a column."""
    return np.asarray(values, dtype=np.float64)
