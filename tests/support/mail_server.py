"""Mail server: a real SMTP server of this machine, which keeps what it is given, and fails where a test asks for it."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from tests.support.serving import serving


@dataclass
class MailServer:
    """What has arrived, and how it answers."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list[EmailMessage])
    recipients: list[list[str]] = field(default_factory=list[list[str]])
    answers: dict[str, str] = field(default_factory=dict[str, str])  #: instead of the usual one, by command
    unknown: set[str] = field(default_factory=set[str])  #: recipients that it does not take

    def address(self, query: str = "") -> str:
        """Of a mailbox there, as apprise writes it."""
        return f"mailto://127.0.0.1:{self.port}?from=phyght@example.com&to=ops@example.com{query}"


class _Session(socketserver.StreamRequestHandler):
    """One conversation."""

    def handle(self) -> None:
        state: MailServer = self.server.state  # pyright: ignore[reportAttributeAccessIssue]
        self._say("220 ready")
        to: list[str] = []
        while line := self.rfile.readline():
            command = line.split(b":")[0].split()[0].decode().upper() if line.split() else ""
            if command in state.answers:
                self._say(state.answers[command])
            elif command == "RCPT":
                recipient = line.decode().split("<")[1].split(">")[0]
                known = recipient not in state.unknown
                to += [recipient] if known else []
                self._say("250 ok" if known else "550 no such mailbox")
            elif command == "DATA":
                self._say("354 go on")
                state.recipients.append(to)
                state.mails.append(self._mail())
                self._say("250 taken")
            elif command == "QUIT":
                return self._say("221 bye")
            else:
                self._say("250 ok")
        return None

    def _mail(self) -> EmailMessage:
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        found = message_from_bytes(b"".join(lines), policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    def _say(self, answer: str) -> None:
        self.wfile.write(f"{answer}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address, daemon_threads, block_on_close = True, True, False


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    """A server that takes every mail; on the port, or any that is free."""
    server = _Server(("127.0.0.1", port), _Session)
    state = MailServer(server.server_address[1])
    with serving(server, state):
        yield state
