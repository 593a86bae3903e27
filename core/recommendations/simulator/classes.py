"""Classes: what S3 does to objects of each storage class, apart from any price."""

from types import MappingProxyType

from core.billing.class_rules import RULES
from core.recommendations.simulator.arrays import Bools, Floats, Ints, floats, ints
from core.storage.provider import StorageClass
from core.storage.waterfall import SMALLEST_MOVED_BYTES, WATERFALL

#: A class's number in schedules is its place in the waterfall.
NUMBER = MappingProxyType({storage_class: number for number, storage_class in enumerate(WATERFALL)})
STANDARD, INFREQUENT = NUMBER[StorageClass.STANDARD], NUMBER[StorageClass.STANDARD_IA]
TIERING, INSTANT = NUMBER[StorageClass.INTELLIGENT_TIERING], NUMBER[StorageClass.GLACIER_IR]
ARCHIVES = (NUMBER[StorageClass.GLACIER], NUMBER[StorageClass.DEEP_ARCHIVE])

#: Smaller objects are billed as so large by IA and GIR, not tiered, and not moved by lifecycle rules.
SMALLEST_BYTES = SMALLEST_MOVED_BYTES
#: Days without a read after which Intelligent-Tiering moves an object to its next tier.
TO_INFREQUENT_DAYS, TO_ARCHIVE_INSTANT_DAYS = 30, 90
LEAST_DAYS = ints([RULES[each].least_days for each in WATERFALL])
_LEAST_BYTES = ints([RULES[each].least_bytes for each in WATERFALL])
_ADDED_BYTES = ints([RULES[each].added_bytes for each in WATERFALL])

#: (from, to) that a lifecycle rule may do: downwards, but never out of ONEZONE_IA into GIR, as S3 has it.
MAY_FALL = {
    (a, b) for a in range(len(WATERFALL)) for b in range(a + 1, len(WATERFALL))
} - {(NUMBER[StorageClass.ONEZONE_IA], INSTANT)}  # fmt: skip


def billed_bytes(size: Ints, number: Ints | int) -> Floats:
    """Bytes that each object is billed as at its class's own price."""
    least, added = _LEAST_BYTES[number], _ADDED_BYTES[number]
    return floats((size * 1.0).clip(least) + added)


def tiered(size: Ints) -> Bools:
    """Which objects Intelligent-Tiering monitors and moves."""
    return size >= SMALLEST_BYTES
