"""Carriers: what hands a message over: apprise, and AWS SNS; and what may be told of an address."""

import logging
import re
import threading
from typing import Any

from core.alerts.channel import Kind, Message, Undelivered
from core.alerts.topic import is_topic, send_to_topic, topic_shown
from core.errors import ChannelRefused
from core.settings import Settings

#: What apprise would show on the screen, or write into the log, of the machine that sends.
_LOCAL = frozenset(["dbus", "kde", "qt", "glib", "gio", "gnome", "macosx", "windows", "syslog", "blink1"])
_ADVICE = "Give an address as apprise writes it, like mailtos://user:password@example.com or slack://..., or sns://ARN."
#: Whose host may be seen; of the others all may be a secret.
_HOSTED = frozenset(["mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms"])
#: No redirect leads elsewhere; nothing is kept on disk; and it is we who see to it that nothing takes too long.
_ASSET: dict[str, Any] = {
    "app_id": "Phyght",
    "app_desc": "Phyght Cloud Storage",
    "app_url": "",
    "storage_mode": "memory",
    "http_redirects": False,
    "service_timeout": 0,
}
_STATUS = re.compile(r"error=(\d{3})\b")


def shown(address: str) -> str:
    """What may be seen of an address. Raises ChannelRefused where it is none, without repeating it."""
    if is_topic(address):
        return topic_shown(address)
    server = _server(address)
    host = str(getattr(server, "smtp_host", "") or server.host or "") if _scheme(address) in _HOSTED else ""
    return f"{server.service_name} by {host}" if _is_host(host) else str(server.service_name)


def _is_host(text: str) -> bool:
    """Whether it is a host's name or number; a single word may be a secret that was put into its place."""
    return text == "localhost" or "." in text or ":" in text


def is_mail(address: str) -> bool:
    """Whether messages to it are mails, which may be long."""
    return _scheme(address) in ("mailto", "mailtos")


def hand_over(address: str, message: Message, settings: Settings) -> str:
    """Send a message; what was not as it should be, though it was taken. Raises Undelivered.

    Handed over twice, it can be known as one by its id.
    """
    if is_topic(address):
        send_to_topic(address, message, settings)
        return ""
    server = _server(address)
    if is_mail(address):
        from core.alerts.mail import send_mail

        return send_mail(server, message)
    _notify(server, message)
    return ""


def _scheme(address: str) -> str:
    return address.partition("://")[0].lower()


def _server(address: str) -> Any:
    """The service of apprise's that an address names."""
    import apprise  # here: it takes a fifth of a second to import

    logging.getLogger("apprise").propagate = False  # both may tell of addresses, to whoever listens closely
    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
    if _scheme(address) in {*_LOCAL, "sns"}:
        raise ChannelRefused("No message can be sent to that address from a server.", _ADVICE)
    asset = apprise.AppriseAsset(**_ASSET)
    server = apprise.Apprise.instantiate(address, asset=asset)
    if server is None:
        raise ChannelRefused("That is no address that a message can be sent to.", _ADVICE)
    return server


def _notify(server: Any, message: Message) -> None:
    import apprise

    _mark(server, message)
    services: Any = apprise.Apprise(asset=server.asset)
    services.add(server)
    with _Heard() as heard:
        told = {"title": message.title, "body": message.body, "body_format": "text"}
        done = services.notify(**told, notify_type=_type_of(message))
    if not done:
        raise Undelivered(heard.reason)


def _mark(server: Any, message: Message) -> None:
    """Put its id where a program looks for it; of a service for people it stands at the end of the text."""
    if isinstance(getattr(server, "headers", None), dict):
        server.headers |= {"Idempotency-Key": message.id}
    if isinstance(getattr(server, "payload_extras", None), dict):
        server.payload_extras |= {"id": message.id, "kind": str(message.kind), "severity": message.severity}


def _type_of(message: Message) -> str:
    if message.kind is Kind.RESOLVED:
        return "success"
    return {"critical": "failure", "warning": "warning"}.get(message.severity, "info")


class _Heard(logging.Handler):
    """What apprise says in this thread, of which only a reason without any address is told."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self._thread, self._said = threading.get_ident(), list[str]()

    def __enter__(self) -> "_Heard":
        logger = logging.getLogger("apprise")
        logger.setLevel(logging.DEBUG)
        logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("apprise").removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self._said.append(record.getMessage())

    @property
    def reason(self) -> str:
        said = "\n".join(self._said)
        if status := _STATUS.search(said):
            return f"It answered {status[1]}."
        if "timed out" in said.lower():
            return "It did not answer in time."
        return "It could not be reached." if "onnection" in said else "It took no message."
