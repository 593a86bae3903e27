"""Errors of changes to what lies in the cloud, and of what recommends them."""

from core.errors.base import PhyghtError


class ActionError(PhyghtError):
    """Something cannot be changed, or taken back."""


class ActionNotFound(ActionError):
    """There is no such action."""


class ActionRefused(ActionError):
    """It cannot be previewed, applied, gone on with or undone now."""


class StateChanged(ActionError):
    """The cloud is not as it was when the preview was made."""


class CannotReturn(ActionError):
    """What an action has changed cannot be as it was before."""


class RecommendationError(PhyghtError):
    """Something about a way to spend less."""


class RecommendationNotFound(RecommendationError):
    """There is no such recommendation, or it was not dismissed."""


class RecommendationRefused(RecommendationError):
    """It cannot be dismissed so."""
