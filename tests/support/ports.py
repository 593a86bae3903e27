"""Ports: one that nobody has, and that nobody is given before the test's own process takes it."""

import errno
import os
import socket
from itertools import count

#: Below what the system itself gives to connections, which hundreds of other tests open at the same time.
_FIRST, _MANY = 18_000, 12_000
_turn = count()


def free_port() -> int:
    """A port of this machine on which nothing listens."""
    for _ in range(_MANY):
        port = _FIRST + (os.getpid() * 37 + next(_turn)) % _MANY
        if _is_free(port):
            return port
    raise AssertionError("No port is free.")


def _is_free(port: int) -> bool:
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
        return True
