"""Errors of telling people what needs them."""

from core.errors.base import PhyghtError


class AlertError(PhyghtError):
    """Nobody can be told, or it cannot be said of what."""


class AlertNotFound(AlertError):
    """There is no such alert, rule or channel."""


class AlertRefused(AlertError):
    """It cannot be acknowledged any more."""


class RuleRefused(AlertError):
    """A rule cannot be as it is asked for."""


class ChannelRefused(AlertError):
    """A channel cannot be as it is asked for."""
