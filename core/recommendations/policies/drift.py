"""Drift: whether what lies where reads cost extra is read more than the model expects, or far more, or no more."""

import numpy as np

from core.recommendations.policies.fits import Fit
from core.recommendations.policies.habits import Habits
from core.recommendations.policies.places import ENTERED
from core.recommendations.simulator.arrays import Bools
from core.recommendations.simulator.classes import INFREQUENT, INSTANT, STANDARD

#: The last weeks that are looked at.
_WEEKS = 4
#: Reads beyond what is expected, as a multiple, from which on the model is wrong; and from which on all else is, too.
_MOST, _ALARMING = 1.5, 2.5
#: And how far beyond, in deviations of as many reads by chance, as a few reads more are none.
_DEVIATIONS, _ALARMING_DEVIATIONS = 2.0, 4.0
#: A spell of reads is over once there is half of what its model expects.
_OVER = 2.0


def drifted(habits: Habits, fit: Fit, week: int) -> bool:
    """Whether cold objects were read more in the weeks before than the model expects: by bytes, or by GETs."""
    last, cold = slice(max(0, week - _WEEKS), week), _cold(fit)
    objects, kept = (each[last].sum(0)[cold] for each in (habits.objects, habits.bytes))
    gets, read_bytes, read = (each[last].sum(0)[cold].sum() for each in (habits.gets, habits.read_bytes, habits.read))
    expected, expected_gets = (kept * fit.model.bytes[cold]).sum(), (objects * fit.model.gets[cold]).sum()
    return any(
        _is_beyond(amount, read, usual, _MOST, _DEVIATIONS)
        for amount, usual in ((read_bytes, expected), (gets, expected_gets))
    )


def warmed(habits: Habits, fit: Fit, week: int) -> bool:
    """Whether cold objects were read far more in the last week, the last two, or the last four."""
    return any(is_alarming(*_read(habits, fit, week - weeks, week)) for weeks in (1, 2, _WEEKS))


def is_alarming(read_bytes: float, readers: float, expected: float) -> bool:
    """Whether so many bytes, read on so many days of objects, are far more than was expected."""
    return _is_beyond(read_bytes, readers, expected, _ALARMING, _ALARMING_DEVIATIONS)


def warm_since(habits: Habits, fit: Fit, week: int) -> int:
    """The first of the last weeks before one, in all of which cold objects were read more than the model expects."""
    first = week - 1
    while first > max(0, week - _WEEKS) and _is_more(*_read(habits, fit, first - 1, first)):
        first -= 1
    return first


def is_over(habits: Habits, fit: Fit, week: int) -> bool:
    """Whether all objects were read less in the two weeks before than the model expects: half, and not by chance."""
    last = slice(max(0, week - 2), week)
    objects, kept = (each[last].sum(0) for each in (habits.objects, habits.bytes))
    readers, expected_readers = habits.read[last].sum(), (objects * fit.model.read).sum()
    few = readers + _DEVIATIONS * np.sqrt(expected_readers) < expected_readers
    return bool(few and habits.read_bytes[last].sum() * _OVER < (kept * fit.model.bytes).sum())


def _is_beyond(amount: float, readers: float, expected: float, most: float, deviations: float) -> bool:
    certain = 1 - deviations / np.sqrt(readers) if readers else 0.0
    return bool(amount * min(1 / most, certain) > expected)


def _is_more(read_bytes: float, readers: float, expected: float) -> bool:
    return read_bytes > _MOST * expected


def _read(habits: Habits, fit: Fit, first: int, end: int) -> tuple[float, float, float]:
    """Of cold objects: bytes that were read, objects that were in a week, and bytes that were expected."""
    weeks, cold = slice(max(0, first), end), _cold(fit)
    kept, read_bytes, read = (each[weeks, cold].sum(0) for each in (habits.bytes, habits.read_bytes, habits.read))
    return float(read_bytes.sum()), float(read.sum()), float((kept * fit.model.bytes[cold]).sum())


def _cold(fit: Fit) -> Bools:
    """States in which objects of the usual size are moved to where reads cost extra."""
    return np.isin(fit.table[fit.usual, :, ENTERED[STANDARD]], (INFREQUENT, INSTANT))
