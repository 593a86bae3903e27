"""Classes: the storage class that each object of a video has from its first byte at the target.

After a migration every video looks new to the rules of the bucket, so they would be weeks late.
"""

from core.catalog.video import Copy, Kind
from core.settings import Settings
from core.storage.provider import StorageClass

MASTER = "master.m3u8"


def target_class(kind: Kind, packaged: bool, size_bytes: int, settings: Settings) -> StorageClass:
    """By what the object is for. The original of a video that has no renditions is what viewers watch."""
    match kind:
        case Kind.ORIGINAL if packaged:
            wanted = settings.storage_class_originals
        case Kind.ORIGINAL | Kind.RENDITION:
            wanted = settings.storage_class_renditions
        case Kind.PLAYLIST | Kind.THUMBNAIL | Kind.SUBTITLES:
            wanted = settings.storage_class_thumbnails
    return StorageClass(wanted).fit_for(size_bytes)


def is_packaged(copy: Copy) -> bool:
    """Whether viewers get renditions of it."""
    return copy.object(MASTER) is not None
