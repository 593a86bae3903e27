"""Model: what a week in each state brings, and which state comes next, as some weeks have shown."""

from dataclasses import dataclass

import numpy as np

from core.recommendations.policies.habits import NEW, SHAPE, STATES, Habits
from core.recommendations.simulator.arrays import Floats, floats

#: Object-weeks at which a state's own reads count as much as those of its kind.
_PRIOR = 50.0
#: What was before a change counts as much as so many weeks of it.
_OLD_WEEKS = 4.0


@dataclass(frozen=True)
class Model:
    """By state."""

    gets: Floats  #: GETs of an object
    bytes: Floats  #: bytes that are read of each that is stored
    read: Floats  #: the chance of any read
    follows: Floats  #: (states, states): the chance of the next week's state

    @classmethod
    def of(cls, habits: Habits, end: int, since: int = 0) -> "Model":
        """What the weeks until before `end` have shown; those before `since`, all together, as much as four of them."""
        seen = (habits.objects, habits.bytes, habits.gets, habits.read_bytes, habits.read)
        objects, kept, gets, read_bytes, read = (_summed(each, since, end) for each in seen)
        mean = kept.sum() / max(objects.sum(), 1)
        followed = _summed(habits.followed, since, end - 1)
        return cls(
            smoothed(gets, objects, _PRIOR),
            smoothed(read_bytes, kept, _PRIOR * mean),
            smoothed(read, objects, _PRIOR),
            chances(followed),
        )


def _summed(weekly: Floats, since: int, end: int) -> Floats:
    old, new = weekly[: max(0, min(since, end))], weekly[max(0, since) : max(0, end)]
    return floats(old.sum(0) * min(1.0, _OLD_WEEKS / max(len(old), 1)) + new.sum(0)) if len(old) else floats(new.sum(0))


def smoothed(amount: Floats, of: Floats, prior: float) -> Floats:
    """Amount per unit of each state; where little was seen, as in states with as many reads, or as long without one.

    Of a time without a read that nobody has been seen to reach, what is known of the longest one before it holds.
    """
    amounts, units = amount[:NEW].reshape(SHAPE), of[:NEW].reshape(SHAPE)
    rate = _by_idle(amounts.sum((1, 2)), units.sum((1, 2)), prior)[:, None, None]
    for axes in ((2,), ()):
        seen, among = amounts.sum(axes, keepdims=True), units.sum(axes, keepdims=True)
        rate = (seen + prior * rate) / (among + prior) if prior else rate
    new = _by_idle(amount[NEW:], of[NEW:], prior)
    return floats(np.append(np.broadcast_to(rate, SHAPE), new))


def _by_idle(amounts: Floats, units: Floats, prior: float) -> Floats:
    before = amounts.sum() / max(units.sum(), 1e-9)
    rates = np.empty(len(amounts))
    for step, (seen, among) in enumerate(zip(amounts, units, strict=True)):
        rates[step] = before = (seen + prior * before) / (among + prior) if prior else before
    return rates


def chances(followed: Floats) -> Floats:
    """What was never seen is taken to last."""
    with_itself = followed + 1e-6 * np.eye(STATES)
    return with_itself / with_itself.sum(1, keepdims=True)
