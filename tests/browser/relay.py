"""Relay: a proxy in front of the app, which says so in a header of every connection's first request."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread


@contextmanager
def relay(port: int, header: str) -> Iterator[int]:
    """The port of a proxy to a port of this machine. Each request has a connection of its own, web sockets too."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        Thread(target=_serve, args=(listening, port, header.encode()), daemon=True).start()
        yield listening.getsockname()[1]


def _serve(listening: socket.socket, port: int, header: bytes) -> None:
    with suppress(OSError):  # it is closed at the end
        while True:
            client, _ = listening.accept()
            Thread(target=_pass_on, args=(client, port, header), daemon=True).start()


def _pass_on(client: socket.socket, port: int, header: bytes) -> None:
    with suppress(OSError), client, socket.create_connection(("127.0.0.1", port)) as server:
        head = b""
        while b"\r\n\r\n" not in head:
            if not (more := client.recv(65_536)):
                return
            head += more
        first, _, rest = head.partition(b"\r\n")
        close = b"" if b"upgrade: websocket" in rest.lower() else b"Connection: close\r\n"
        kept = b"\r\n".join(
            line for line in rest.split(b"\r\n") if not (close and line.lower().startswith(b"connection:"))
        )
        server.sendall(first + b"\r\n" + header + b"\r\n" + close + kept)
        back = Thread(target=_copy, args=(server, client), daemon=True)
        back.start()
        _copy(client, server)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(65_536):
            target.sendall(content)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
