"""Class rules: what S3 bills in each storage class besides an object's own bytes and days, apart from any price."""

from dataclasses import dataclass
from types import MappingProxyType

from core.storage.provider import SMALLEST_BILLED_BYTES, StorageClass
from core.units import KIB

#: What an archived object adds: its index at the archive's price, its name at Standard's.
ARCHIVED_INDEX_BYTES, ARCHIVED_NAME_BYTES = 32 * KIB, 8 * KIB
#: Days from an object's creation before which no lifecycle rule moves it to an IA class.
LIFECYCLE_IA_DAYS = 30
#: Days that a restored copy of an archived object can be read.
RESTORED_DAYS = 7


@dataclass(frozen=True)
class ClassRules:
    """What holds in one class."""

    least_days: int  #: an object that leaves earlier is billed for the rest
    least_bytes: int  #: a smaller object is billed as so large
    added_bytes: int = 0  #: to each object, at the class's own price

    def billed_bytes(self, size_bytes: int) -> int:
        """What an object is billed as at the class's own price."""
        return max(size_bytes, self.least_bytes) + self.added_bytes


_FREE, _IA = ClassRules(0, 0), ClassRules(30, SMALLEST_BILLED_BYTES)
RULES = MappingProxyType(
    {
        StorageClass.STANDARD: _FREE,
        StorageClass.STANDARD_IA: _IA,
        StorageClass.INTELLIGENT_TIERING: _FREE,
        StorageClass.ONEZONE_IA: _IA,
        StorageClass.GLACIER_IR: ClassRules(90, SMALLEST_BILLED_BYTES),
        StorageClass.GLACIER: ClassRules(90, 0, ARCHIVED_INDEX_BYTES),
        StorageClass.DEEP_ARCHIVE: ClassRules(180, 0, ARCHIVED_INDEX_BYTES),
    }
)
