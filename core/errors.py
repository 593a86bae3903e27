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


class QueryRefused(PhyghtError):
    """The SQL is not allowed, or not correct."""


class QueryStopped(PhyghtError):
    """The SQL took too long or too much memory."""
