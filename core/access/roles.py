"""Roles: who is somebody, and the one table of what each role may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.errors import PermissionDenied


class Role(StrEnum):
    """What a person is here for; each role may do all that the roles before it may."""

    VIEWER = "viewer"
    ANALYST = "analyst"
    OPERATOR = "operator"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do all that the other may."""
        roles = tuple(Role)
        return roles.index(self) >= roles.index(other)


class Permission(StrEnum):
    """Something that not everybody may do, worded to follow "may" or "may not"."""

    SEE_COSTS = "see costs"
    JUDGE_DAYS = "judge odd days"
    SEE_PERFORMANCE = "see the performance"
    QUERY_WAREHOUSE = "query the warehouse"
    WATCH = "see the library"
    SEE_SETTINGS = "see the settings"
    UPLOAD = "upload videos"
    SHARE = "share private videos"
    SEE_MIGRATION = "see the migration"
    MIGRATE = "migrate videos"
    MANAGE_BUDGETS = "manage budgets"
    INGEST = "ingest bills"
    MANAGE_UPLOADS = "see and cancel the uploads of others"
    MANAGE_PEOPLE = "manage people"
    SEE_AUDIT = "see the audit log"
    SEE_ALERTS = "see alerts"
    ACKNOWLEDGE = "acknowledge alerts"
    MANAGE_ALERTS = "manage alerts"
    SEE_SAVINGS = "see what can be saved"
    CHANGE_CLOUD = "change what lies in the cloud"
    HOLD = "place and release legal holds"


#: The lowest role that may do it. Pages, routes and commands all ask this table, through User.
LOWEST_ROLE: Mapping[Permission, Role] = MappingProxyType(
    {
        Permission.SEE_COSTS: Role.VIEWER,
        Permission.JUDGE_DAYS: Role.ANALYST,
        Permission.SEE_PERFORMANCE: Role.VIEWER,
        Permission.QUERY_WAREHOUSE: Role.ANALYST,
        Permission.WATCH: Role.VIEWER,
        Permission.SEE_SETTINGS: Role.OPERATOR,
        Permission.UPLOAD: Role.OPERATOR,
        Permission.SHARE: Role.OPERATOR,
        Permission.SEE_MIGRATION: Role.VIEWER,
        Permission.MIGRATE: Role.OPERATOR,
        Permission.MANAGE_BUDGETS: Role.OPERATOR,
        Permission.INGEST: Role.OPERATOR,
        Permission.MANAGE_UPLOADS: Role.ADMIN,
        Permission.MANAGE_PEOPLE: Role.ADMIN,
        Permission.SEE_AUDIT: Role.ADMIN,
        Permission.SEE_ALERTS: Role.VIEWER,
        Permission.ACKNOWLEDGE: Role.OPERATOR,
        Permission.MANAGE_ALERTS: Role.ADMIN,
        Permission.SEE_SAVINGS: Role.VIEWER,
        Permission.CHANGE_CLOUD: Role.OPERATOR,
        Permission.HOLD: Role.ADMIN,
    }
)


class Via(StrEnum):
    """How somebody became known."""

    PASSWORD = "password"  #: a local account
    DEMO = "demo"  #: the visitor of a demo on their own machine
    SHELL = "shell"  #: whoever the operating system says runs the command


@dataclass(frozen=True)
class User:
    """Somebody who is known, and may do what their role allows."""

    name: str
    role: Role
    via: Via
    address: str = ""  #: where they come from; empty for a command

    def may(self, permission: Permission) -> bool:
        """Whether the user's role allows it."""
        return self.role.includes(LOWEST_ROLE[permission])

    def require(self, permission: Permission) -> None:
        """Raises PermissionDenied when the user's role does not allow it."""
        if not self.may(permission):
            raise PermissionDenied(
                f"The role {self.role} may not {permission}.",
                f"Ask an administrator for the role {LOWEST_ROLE[permission]}.",
            )
