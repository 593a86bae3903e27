"""Handles: what actions work with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.access.audit import AuditLog
from core.actions.action import Kind
from core.actions.handler import Handler
from core.database import Database
from core.errors import ActionRefused


@dataclass(frozen=True)
class Handles:
    """Of one installation."""

    database: Database
    audit: AuditLog
    clock: Callable[[], datetime]
    handlers: Mapping[Kind, Handler]

    def handler(self, kind: Kind) -> Handler:
        """Raises ActionRefused where this installation cannot do such a thing."""
        if kind not in self.handlers:
            raise ActionRefused(f"Nothing here can {kind}.", "Connect the provider that it is to be done at.")
        return self.handlers[kind]
