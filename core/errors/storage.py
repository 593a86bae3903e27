"""Errors of places that objects lie in, and of the videos that lie there."""

from core.errors.base import PhyghtError


class StorageError(PhyghtError):
    """A place that objects lie in is at fault."""


class StorageUnreachable(StorageError):
    """No network, no such bucket, or the provider is not well."""


class StorageDenied(StorageError):
    """The key is wrong or limited, or may not do this."""


class StorageBusy(StorageError):
    """The provider asks to come back later."""


class TakesHours(StorageBusy):
    """What it waits for takes hours: an archive, or viewers who are still watching."""


class ObjectNotFound(StorageError):
    """Nothing is at that key."""


class ObjectExists(StorageError):
    """Something is at that key already."""


class ObjectChanged(StorageError):
    """It is not the object that it was."""


class ObjectCorrupt(StorageError):
    """Its bytes do not agree with their checksum."""


class ObjectArchived(StorageError):
    """It has to be restored before it can be read."""


class ObjectTooLarge(StorageError):
    """The provider takes no object of that size."""


class KeyRefused(StorageError):
    """The provider takes no such key."""


class UploadNotFound(StorageError):
    """There is no such unfinished upload."""


class RulesRefused(StorageError):
    """The provider takes no such lifecycle rules, or has some that would be lost."""


class CatalogError(PhyghtError):
    """A video cannot be found or served."""


class VideoNotFound(CatalogError):
    """There is no video by that name or link."""


class NothingServed(CatalogError):
    """The video has no copy that viewers could get."""


class PlaylistRefused(CatalogError):
    """A playlist is none, or leads where it should not."""


class HoldRefused(CatalogError):
    """A legal hold cannot be placed so."""
