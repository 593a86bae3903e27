"""Errors of the whole installation: its settings, its database, and who may do what."""


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
