"""Roles: what each may do, and what is said to who may not."""

import pytest

from core.access.roles import LOWEST_ROLE, Permission, Role, User, Via
from core.errors import PermissionDenied

ALLOWED = {
    Role.VIEWER: {
        Permission.SEE_COSTS,
        Permission.SEE_PERFORMANCE,
        Permission.WATCH,
        Permission.SEE_MIGRATION,
        Permission.SEE_ALERTS,
        Permission.SEE_SAVINGS,
    },
    Role.ANALYST: {
        Permission.SEE_COSTS,
        Permission.SEE_PERFORMANCE,
        Permission.WATCH,
        Permission.SEE_MIGRATION,
        Permission.SEE_ALERTS,
        Permission.SEE_SAVINGS,
        Permission.QUERY_WAREHOUSE,
        Permission.JUDGE_DAYS,
    },
    Role.OPERATOR: {
        Permission.SEE_COSTS,
        Permission.SEE_PERFORMANCE,
        Permission.WATCH,
        Permission.SEE_MIGRATION,
        Permission.SEE_ALERTS,
        Permission.SEE_SAVINGS,
        Permission.QUERY_WAREHOUSE,
        Permission.SEE_SETTINGS,
        Permission.UPLOAD,
        Permission.SHARE,
        Permission.MIGRATE,
        Permission.INGEST,
        Permission.MANAGE_BUDGETS,
        Permission.JUDGE_DAYS,
        Permission.ACKNOWLEDGE,
        Permission.CHANGE_CLOUD,
    },
    Role.ADMIN: {
        Permission.SEE_COSTS,
        Permission.SEE_PERFORMANCE,
        Permission.WATCH,
        Permission.SEE_MIGRATION,
        Permission.SEE_ALERTS,
        Permission.SEE_SAVINGS,
        Permission.QUERY_WAREHOUSE,
        Permission.SEE_SETTINGS,
        Permission.UPLOAD,
        Permission.SHARE,
        Permission.MIGRATE,
        Permission.INGEST,
        Permission.MANAGE_BUDGETS,
        Permission.JUDGE_DAYS,
        Permission.ACKNOWLEDGE,
        Permission.CHANGE_CLOUD,
        Permission.MANAGE_UPLOADS,
        Permission.MANAGE_PEOPLE,
        Permission.SEE_AUDIT,
        Permission.MANAGE_ALERTS,
        Permission.HOLD,
    },
}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_exactly_this(role):
    user = User("somebody", role, Via.PASSWORD)

    assert {permission for permission in Permission if user.may(permission)} == ALLOWED[role]


def test_every_permission_has_a_role_that_has_it():
    assert set(LOWEST_ROLE) == set(Permission)


def test_who_may_not_is_told_what_and_whom_to_ask():
    viewer = User("vic", Role.VIEWER, Via.PASSWORD)

    with pytest.raises(PermissionDenied) as denied:
        viewer.require(Permission.QUERY_WAREHOUSE)

    assert (
        str(denied.value) == "The role viewer may not query the warehouse. Ask an administrator for the role analyst."
    )


def test_who_may_is_let_through():
    User("olga", Role.OPERATOR, Via.PASSWORD).require(Permission.INGEST)
