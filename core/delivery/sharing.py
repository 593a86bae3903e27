"""Sharing: a link with which anybody may watch a private video until it expires."""

from datetime import datetime, timedelta

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.catalog.video import Video
from core.delivery.seal import Purpose, Seal

#: How long a link may last, and what it is called.
LASTS = {"a day": timedelta(1), "a week": timedelta(7), "30 days": timedelta(30)}


def share(audit: AuditLog, seal: Seal, user: User, video: Video, lasts: str, now: datetime) -> str:
    """The path of a link that lasts one of LASTS. Raises PermissionDenied."""
    subject = f"{video.title} ({video.id})"
    with audit.change(user, Permission.SHARE, "share video", subject, now, f"for {lasts}"):
        return f"/v/{video.slug}?{seal.query(Purpose.WATCH, video.slug, now + LASTS[lasts])}"
