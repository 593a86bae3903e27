"""Classes: what S3 does to objects of each storage class, apart from any price."""

from dataclasses import dataclass
from types import MappingProxyType

from core.recommendations.simulator.arrays import Bools, Floats, Ints, floats, ints
from core.storage.provider import StorageClass
from core.storage.waterfall import SMALLEST_MOVED_BYTES, WATERFALL
from core.units import KIB

#: A class's number in schedules is its place in the waterfall.
NUMBER = MappingProxyType({storage_class: number for number, storage_class in enumerate(WATERFALL)})
STANDARD, INFREQUENT = NUMBER[StorageClass.STANDARD], NUMBER[StorageClass.STANDARD_IA]
TIERING, INSTANT = NUMBER[StorageClass.INTELLIGENT_TIERING], NUMBER[StorageClass.GLACIER_IR]
ARCHIVES = (NUMBER[StorageClass.GLACIER], NUMBER[StorageClass.DEEP_ARCHIVE])

#: Smaller objects are billed as so large by IA and GIR, not tiered, and not moved by lifecycle rules.
SMALLEST_BYTES = SMALLEST_MOVED_BYTES
#: What an archived object adds: its index at the archive's price, its name at Standard's.
ARCHIVED_INDEX_BYTES, ARCHIVED_NAME_BYTES = 32 * KIB, 8 * KIB
#: Days without a read after which Intelligent-Tiering moves an object to its next tier.
TO_INFREQUENT_DAYS, TO_ARCHIVE_INSTANT_DAYS = 30, 90
#: Days that a restored copy of an archived object can be read.
RESTORED_DAYS = 7
#: Days from an object's creation before which no lifecycle rule moves it to an IA class.
LIFECYCLE_IA_DAYS = 30


@dataclass(frozen=True)
class ClassRules:
    """What holds in one class."""

    least_days: int  #: an object that leaves earlier is billed for the rest
    least_bytes: int  #: a smaller object is billed as so large
    added_bytes: int = 0  #: to each object, at the class's own price


_IA, _GLACIER = ClassRules(30, SMALLEST_BYTES), ClassRules(90, 0, ARCHIVED_INDEX_BYTES)
RULES = MappingProxyType(
    {
        StorageClass.STANDARD: ClassRules(0, 0),
        StorageClass.STANDARD_IA: _IA,
        StorageClass.INTELLIGENT_TIERING: ClassRules(0, 0),
        StorageClass.ONEZONE_IA: _IA,
        StorageClass.GLACIER_IR: ClassRules(90, SMALLEST_BYTES),
        StorageClass.GLACIER: _GLACIER,
        StorageClass.DEEP_ARCHIVE: ClassRules(180, 0, ARCHIVED_INDEX_BYTES),
    }
)
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
