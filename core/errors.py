"""Errors: everything that can go wrong and that a person may meet.

PhyghtError                     message names the thing, advice names the next step
├── SettingsError               an environment variable has a wrong value
├── WrongArguments              a command is asked for what cannot be
├── DatabaseError               the database cannot be opened, read or written
├── WarehouseError              a segment of the warehouse is missing or damaged
├── DiskFull                    no space left for what has to be written
├── AccessError
│   ├── SignInRequired          nobody is signed in
│   ├── PermissionDenied        the user's role does not allow it
│   ├── SignInFailed            wrong name or password
│   ├── TooManyAttempts         too many wrong passwords in a short time
│   ├── PasswordRefused         a new password is not good enough
│   └── AccountRefused          no such account, or it may not be changed so
├── SourceError                 a place that bills come from
│   ├── SourceUnreachable       no such folder or bucket, no permission, no network
│   ├── NoExportFound           the place is there, and holds no export
│   └── DeliveryRefused         an export is there, and cannot be trusted
├── CostsError
│   ├── NoBillingData           no bill covers the period
│   ├── MixedCurrencies         the charges are in several currencies
│   ├── UnknownCurrency         no bill is in it
│   └── UnknownDimension        nothing is kept by that name
├── StorageError                a place that objects lie in
│   ├── StorageUnreachable      no network, no such bucket, or the provider is not well
│   ├── StorageDenied           the key is wrong or limited, or may not do this
│   ├── StorageBusy             the provider asks to come back later
│   ├── ObjectNotFound          nothing is at that key
│   ├── ObjectExists            something is at that key already
│   ├── ObjectChanged           it is not the object that it was
│   ├── ObjectCorrupt           its bytes do not agree with their checksum
│   ├── ObjectArchived          it has to be restored before it can be read
│   ├── ObjectTooLarge          the provider takes no object of that size
│   ├── KeyRefused              the provider takes no such key
│   ├── UploadNotFound          there is no such unfinished upload
│   └── RulesRefused            the provider takes no such lifecycle rules
├── CatalogError
│   ├── VideoNotFound           no video by that name or link
│   ├── NothingServed           the video has no copy that viewers could get
│   └── PlaylistRefused         a playlist that cannot be handed on to a player
├── UploadError
│   ├── UploadRefused           the file or a part of it cannot be taken, and why
│   │   ├── ContentRefused      it is not a video, by its first bytes
│   │   └── SizeRefused         it is empty, too large, or more than there is room for
│   ├── ResidencyRefused        no provider may hold it
│   ├── PartsMissing            it cannot become a video before the rest of it has arrived
│   └── UploadEnded             it is a video already, or was called off, or has failed
├── MediaError
│   ├── NotAVideo               the file cannot be read as a video
│   ├── Incomplete              the file ends before the video does
│   ├── PackagingFailed         the encoder came to nothing
│   └── PackagingRefused        it cannot be begun or stopped now
├── QueryRefused                the SQL is not allowed, or not correct
└── QueryStopped                the SQL took too long or too much
"""


class PhyghtError(Exception):
    """An error that is shown to a person: one sentence, and the next step."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class SettingsError(PhyghtError):
    """An environment variable has a wrong value."""


class WrongArguments(PhyghtError):
    """A command is asked for what cannot be."""


class DatabaseError(PhyghtError):
    """The database cannot be opened, read or written."""


class WarehouseError(PhyghtError):
    """A segment of the warehouse is missing or damaged."""


class DiskFull(PhyghtError):
    """No space is left for what has to be written."""


class AccessError(PhyghtError):
    """Somebody may not do what they tried."""


class SignInRequired(AccessError):
    """Nobody is signed in."""


class PermissionDenied(AccessError):
    """The user's role does not allow it."""


class SignInFailed(AccessError):
    """The name or the password is wrong."""


class TooManyAttempts(AccessError):
    """Too many wrong passwords in a short time."""

    def __init__(self, message: str, advice: str, retry_after_s: int) -> None:
        super().__init__(message, advice)
        self.retry_after_s = retry_after_s


class PasswordRefused(AccessError):
    """A new password is not good enough."""


class AccountRefused(AccessError):
    """There is no such account, or it may not be made or changed like this."""


class SourceError(PhyghtError):
    """A place that bills come from is at fault."""


class SourceUnreachable(SourceError):
    """No such folder or bucket, no permission, or no network."""


class NoExportFound(SourceError):
    """The place is there, and holds no export."""


class DeliveryRefused(SourceError):
    """An export is there, and its delivery cannot be trusted."""


class CostsError(PhyghtError):
    """A question about money has no answer."""


class NoBillingData(CostsError):
    """No bill covers the period."""


class MixedCurrencies(CostsError):
    """The charges are in several currencies, which do not add up."""


class UnknownCurrency(CostsError):
    """No bill is in that currency."""


class UnknownDimension(CostsError):
    """Nothing is kept by that name."""


class StorageError(PhyghtError):
    """A place that objects lie in is at fault."""


class StorageUnreachable(StorageError):
    """No network, no such bucket, or the provider is not well."""


class StorageDenied(StorageError):
    """The key is wrong or limited, or may not do this."""


class StorageBusy(StorageError):
    """The provider asks to come back later."""


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


class UploadError(PhyghtError):
    """A file cannot be brought in."""


class UploadRefused(UploadError):
    """The file or a part of it cannot be taken, and why."""


class ContentRefused(UploadRefused):
    """It is not a video, by its first bytes."""


class SizeRefused(UploadRefused):
    """It is empty, too large, or more than there is room for."""


class ResidencyRefused(UploadError):
    """No provider may hold it."""


class PartsMissing(UploadError):
    """It cannot become a video before the rest of it has arrived."""

    def __init__(self, message: str, advice: str, missing: tuple[int, ...]) -> None:
        super().__init__(message, advice)
        self.missing = missing


class UploadEnded(UploadError):
    """It is a video already, or was called off, or has failed."""


class MediaError(PhyghtError):
    """A video cannot be made ready to be watched."""


class NotAVideo(MediaError):
    """The file cannot be read as a video."""


class Incomplete(MediaError):
    """The file ends before the video does."""


class PackagingFailed(MediaError):
    """The encoder came to nothing."""


class PackagingRefused(MediaError):
    """The packaging of a video cannot be begun or stopped now."""


class QueryRefused(PhyghtError):
    """The SQL is not allowed, or not correct."""


class QueryStopped(PhyghtError):
    """The SQL took too long or too much memory."""
