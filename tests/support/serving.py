"""Serving: a server of this machine that answers while a test goes on."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import BaseServer


@contextmanager
def serving(server: BaseServer, state: object) -> Iterator[None]:
    """It answers in a thread of its own; its handlers find the state as `server.state`."""
    with server:
        server.state = state  # pyright: ignore[reportAttributeAccessIssue]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join()
