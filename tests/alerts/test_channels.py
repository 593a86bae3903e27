"""Channels: their addresses are secrets, which nothing tells."""

import logging
from collections.abc import Iterator

import pytest

from core.alerts.channels import Channels
from core.alerts.sealing import Sealing
from core.errors import AlertNotFound, ChannelRefused, PermissionDenied
from tests.alerts.conftest import ADA, NOON, OLGA, VIC, Installation, minutes
from tests.support.databases import everything
from tests.support.webhook import webhook

SECRET = "pa55word-that-no-message-may-show"


class _Listening(logging.Handler):
    """Where a program's log goes, as long as it is."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logged() -> Iterator[list[str]]:
    root, listening = logging.getLogger(), _Listening()
    level = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(listening)
    yield listening.lines
    root.removeHandler(listening)
    root.setLevel(level)


@pytest.mark.parametrize(
    ("address", "shown", "digest"),
    [
        (f"mailtos://ops:{SECRET}@mail.example.com?to=a@example.com", "E-Mail by mail.example.com", True),
        (f"jsons://hooks.example.com/{SECRET}", "JSON by hooks.example.com", False),
        (f"json://{SECRET}", "JSON", False),
        (f"json://{SECRET}:8080/in", "JSON", False),
        ("json://localhost:8080/in", "JSON by localhost", False),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/", "Slack", False),
        ("sns://arn:aws:sns:eu-central-1:123456789012:alerts", "AWS SNS, topic alerts in eu-central-1", False),
    ],
)
def test_what_is_seen_of_an_address(home: Installation, address, shown, digest):
    channel = home.channels.add(ADA, "ops", address, NOON)

    assert (channel.shown, channel.digest) == (shown, digest)
    assert home.channels.all(VIC) == (channel,)


def test_an_address_is_in_no_file_no_log_no_error_and_no_audit_line(either_home: Installation, logged: list[str]):
    home = either_home
    home.rule()
    with webhook() as gone:
        address = f"json://user:{SECRET}@127.0.0.1:{gone.port}/{SECRET}"
        home.channels.add(ADA, "hook", address, NOON)
        home.evaluate(minutes(0), whole="0.08")
        home.send(minutes(0))
        assert len(gone.posted) == 1
    problem = home.channels.send_test(ADA, "hook", minutes(1))
    with pytest.raises(ChannelRefused) as refused:
        home.channels.add(ADA, "other", f"nonsense://{SECRET}", minutes(2))

    assert problem == "It could not be reached."
    assert SECRET not in str(refused.value) + repr(home.channels.all(ADA)) + repr(home.audit.latest(ADA))
    assert SECRET not in "".join(logged)
    assert SECRET.encode() not in everything(home.database)


def test_another_key_opens_no_address_and_says_what_to_do(home: Installation):
    home.channels.add(ADA, "hook", "json://127.0.0.1:9/", NOON)
    elsewhere = Channels(home.database, home.audit, Sealing(b"o" * 32), home.settings)

    assert elsewhere.send_test(ADA, "hook", NOON) == (
        "The channel's address was sealed with another secret.key. "
        "Copy that file to the PHYGHT_HOME of every machine, or add the channel anew."
    )


@pytest.mark.parametrize(
    "address",
    ["", "x", "http://[", "dbus://", "syslog://", "gnome://", "sns://AKIA/secret/us-east-1/topic", "mailto://", "://"],
)
def test_what_is_no_address_is_refused(home: Installation, address):
    with pytest.raises(ChannelRefused, match=r"Give an address as apprise writes it"):
        home.channels.add(ADA, "ops", address, NOON)

    assert home.channels.all(VIC) == ()


def test_a_name_is_taken_once(home: Installation):
    home.channels.add(ADA, "ops", "json://127.0.0.1:9/", NOON)

    with pytest.raises(ChannelRefused, match="There is a channel 'ops' already"):
        home.channels.add(ADA, " ops ", "json://127.0.0.1:9/", NOON)
    with pytest.raises(ChannelRefused, match="needs a name"):
        home.channels.add(ADA, " ", "json://127.0.0.1:9/", NOON)
    home.channels.remove(ADA, "ops", NOON)
    with pytest.raises(AlertNotFound):
        home.channels.remove(ADA, "ops", NOON)


def test_only_an_administrator_says_where_messages_go(home: Installation):
    with pytest.raises(PermissionDenied):
        home.channels.add(OLGA, "ops", "json://127.0.0.1:9/", NOON)
    home.channels.add(ADA, "ops", "json://127.0.0.1:9/", NOON)
    with pytest.raises(PermissionDenied):
        home.channels.send_test(OLGA, "ops", NOON)
    with pytest.raises(PermissionDenied):
        home.channels.remove(VIC, "ops", NOON)
