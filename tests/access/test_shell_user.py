"""The shell's user: whoever the operating system says runs the command."""

import os
import pwd

from core.access.access import shell_user
from core.access.roles import Role, User, Via

STRANGER = 54_321  # a number no account on this machine has


def test_the_owner_of_the_home_folder_is_an_administrator(tmp_path):
    os.chown(tmp_path, os.getuid(), -1)

    assert shell_user(tmp_path) == User(pwd.getpwuid(os.getuid()).pw_name, Role.ADMIN, Via.SHELL)


def test_anybody_else_may_only_look(tmp_path):
    assert shell_user(tmp_path, STRANGER) == User("uid 54321", Role.VIEWER, Via.SHELL)


def test_root_is_always_an_administrator(tmp_path):
    assert shell_user(tmp_path, 0).role is Role.ADMIN


def test_whoever_makes_the_home_folder_owns_it(tmp_path):
    assert shell_user(tmp_path / "not there yet", STRANGER).role is Role.ADMIN
