"""Waterfall: the order in which S3's lifecycle moves objects between storage classes, and which it leaves alone."""

from core.storage.provider import StorageClass
from core.units import KIB

#: Rules move objects this way and never back.
WATERFALL = (
    StorageClass.STANDARD,
    StorageClass.STANDARD_IA,
    StorageClass.INTELLIGENT_TIERING,
    StorageClass.ONEZONE_IA,
    StorageClass.GLACIER_IR,
    StorageClass.GLACIER,
    StorageClass.DEEP_ARCHIVE,
)
#: Rules do not move what is smaller.
SMALLEST_MOVED_BYTES = 128 * KIB
