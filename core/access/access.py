"""Access: the accounts of this installation, and who is signed in to them."""

import os
import pwd
from datetime import timedelta
from pathlib import Path

from core.access.accounts import Accounts
from core.access.roles import Role, User, Via
from core.access.sessions import Sessions
from core.database import Database


class Access:
    """Who may come in: the accounts, and the sessions of those who are signed in."""

    def __init__(self, database: Database, session_lifetime: timedelta) -> None:
        self.accounts = Accounts(database)
        self.sessions = Sessions(database, session_lifetime)


def shell_user(home: Path, uid: int | None = None) -> User:
    """Whoever runs a command: an administrator when the home folder is theirs, otherwise a viewer.

    A home folder that is not there yet belongs to whoever makes it.
    """
    uid = os.getuid() if uid is None else uid
    owns_home = not home.exists() or home.stat().st_uid == uid
    return User(_login_name(uid), Role.ADMIN if owns_home or uid == 0 else Role.VIEWER, Via.SHELL)


def _login_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # as in a container that runs under a number
        return f"uid {uid}"
