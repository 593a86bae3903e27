"""Places: where an object lies, as decisions see it: its class and for how many weeks, as far as that matters."""

from core.recommendations.simulator.arrays import ints
from core.recommendations.simulator.classes import INFREQUENT, INSTANT, STANDARD, TIERING

_WEEKS = {STANDARD: 1, INFREQUENT: 6, TIERING: 14, INSTANT: 14}
PLACES = tuple((number, weeks) for number, most in _WEEKS.items() for weeks in range(most))
CLASS_OF = ints([number for number, _ in PLACES])
ENTERED = {number: PLACES.index((number, 0)) for number in _WEEKS}
#: The place of an object that stayed for another week.
STAYED = ints([PLACES.index((number, min(weeks + 1, _WEEKS[number] - 1))) for number, weeks in PLACES])
#: What is said instead of a class.
STAY = -1
