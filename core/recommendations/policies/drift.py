"""Drift: whether what lies where reads cost extra is read more than the model expects."""

import numpy as np

from core.recommendations.policies.fits import Fit
from core.recommendations.policies.habits import Habits
from core.recommendations.policies.places import ENTERED
from core.recommendations.simulator.arrays import Bools
from core.recommendations.simulator.classes import INFREQUENT, INSTANT, STANDARD

#: The last weeks that are looked at.
_WEEKS = 4
#: Reads beyond what is expected, as a multiple, from which on the model is wrong.
_MOST = 1.5
#: And how far beyond, in deviations of as many reads by chance, as a few reads more are none.
_DEVIATIONS = 2.0


def drifted(habits: Habits, fit: Fit, week: int) -> bool:
    """Whether cold objects were read more in the weeks before than the model expects: by bytes, or by GETs."""
    last, cold = slice(max(0, week - _WEEKS), week), _cold(fit)
    objects, kept = (each[last].sum(0)[cold] for each in (habits.objects, habits.bytes))
    gets, read_bytes, read = (each[last].sum(0)[cold].sum() for each in (habits.gets, habits.read_bytes, habits.read))
    certain = 1 - _DEVIATIONS / np.sqrt(read) if read else 0.0
    least = min(1 / _MOST, certain)
    expected, expected_gets = (kept * fit.model.bytes[cold]).sum(), (objects * fit.model.gets[cold]).sum()
    return bool(read_bytes * least > expected or gets * least > expected_gets)


def _cold(fit: Fit) -> Bools:
    """States in which objects of the usual size are moved to where reads cost extra."""
    return np.isin(fit.table[fit.usual, :, ENTERED[STANDARD]], (INFREQUENT, INSTANT))
