"""Errors of bringing videos in, making them ready, and moving them."""

from core.errors.base import PhyghtError


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


class MigrationError(PhyghtError):
    """Videos cannot be moved."""


class MigrationNotFound(MigrationError):
    """There is no such plan or migration, or the video is no part of it."""


class MigrationRefused(MigrationError):
    """A migration cannot be planned, begun, stopped or taken back now."""


class NotMovable(MigrationError):
    """A video cannot be moved, however often it is tried."""


class PlatformUnreachable(MigrationError):
    """The platform's own table of videos cannot be read or changed now."""
