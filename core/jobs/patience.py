"""Patience: what the database fails to do is done again, because a network comes back."""

import logging
from collections.abc import Callable
from threading import Event

from core.errors import DatabaseError

#: How long to wait before what failed for the database's sake is done again.
WAITS_S = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)

log = logging.getLogger(__name__)


def patiently(do: Callable[[], object]) -> None:
    """Do what is safe to repeat; again, up to a minute long, where it fails with a DatabaseError."""
    for pause_s in WAITS_S:
        try:
            do()
            return
        except DatabaseError as error:
            log.warning("%s", error)
            Event().wait(pause_s)
    do()
