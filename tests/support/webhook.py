"""Webhook: a real HTTP server of this machine, which keeps what is posted, and answers as a test wants."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.serving import serving


@dataclass
class Webhook:
    """What has arrived, and how it answers."""

    port: int = 0
    statuses: list[int] = field(default_factory=list[int])  #: of the next answers; 200 after those
    posted: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    before_answer: Callable[[], object] = lambda: None
    location: str = ""  #: where answers lead

    @property
    def address(self) -> str:
        """As apprise writes it; the path is a secret."""
        return f"json://127.0.0.1:{self.port}/hooks/s3cr3t-path"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        state: Webhook = self.server.state  # pyright: ignore[reportAttributeAccessIssue]
        state.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        state.headers.append(dict(self.headers))
        state.before_answer()
        self.send_response(state.statuses.pop(0) if state.statuses else 200)
        if state.location:
            self.send_header("Location", state.location)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is printed."""


class _Server(ThreadingHTTPServer):
    daemon_threads, block_on_close = True, False


@contextmanager
def webhook(port: int = 0) -> Iterator[Webhook]:
    """A server that takes every message; on the port, or any that is free."""
    server = _Server(("127.0.0.1", port), _Handler)
    state = Webhook(server.server_address[1])
    with serving(server, state):
        yield state
