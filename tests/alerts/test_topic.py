"""Topic: messages to AWS SNS, signed, and known as one by their id."""

from collections.abc import Iterator

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from core.settings import load_settings
from tests.alerts.conftest import ADA, NOON, Installation, minutes
from tests.support.aws import aws_descriptions
from tests.support.strict_aws import StrictAws, strict_aws

__all__ = ["aws_descriptions"]
REGION = "eu-central-1"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[StrictAws]:
    with strict_aws(monkeypatch, sns=REGION) as aws:
        yield aws


@pytest.fixture
def told(home: Installation, aws: StrictAws) -> Installation:
    """An installation that sends to a topic."""
    home.settings = load_settings()
    topic = sns_backends[DEFAULT_ACCOUNT_ID][REGION].create_topic("alerts")
    home.channels._settings = home.settings
    home.channels.add(ADA, "topic", f"sns://{topic.arn}", NOON)
    return home


def sent() -> list[tuple]:
    topic = next(iter(sns_backends[DEFAULT_ACCOUNT_ID][REGION].topics.values()))
    return topic.sent_notifications


def test_an_alert_reaches_a_topic(told: Installation):
    told.rule("Viele Fehler: größer")
    told.evaluate(minutes(0), whole="0.08")
    told.send(minutes(0))

    ((_, body, subject, attributes, _),) = sent()
    assert subject == "Warning: Viele Fehler: gr??er"
    assert body.startswith("Viele Fehler: größer\nNow 8 %, above 5 %.")
    assert attributes["kind"]["Value"] == "firing"
    assert body.endswith(f"Message {attributes['id']['Value']}")


def test_what_aws_refuses_is_said_and_tried_again(told: Installation, aws: StrictAws):
    aws.refused = "AuthorizationError"

    assert told.channels.send_test(ADA, "topic", NOON) == "AWS SNS answered AuthorizationError."
    aws.refused = ""
    assert told.channels.send_test(ADA, "topic", NOON) == ""
    assert len(sent()) == 1
