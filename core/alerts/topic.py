"""Topic: a message to AWS SNS."""

import re
from typing import Any

from core.alerts.channel import Message, Undelivered
from core.settings import Settings

_TOPIC = re.compile(r"sns://(arn:aws[a-z-]*:sns:([a-z0-9-]+):(\d{12}):([A-Za-z0-9_-]{1,256}(?:\.fifo)?))")
#: SNS takes a subject of that many ASCII characters.
_SUBJECT = 99


def is_topic(address: str) -> bool:
    """Whether it is like sns://arn:aws:sns:eu-central-1:123456789012:alerts."""
    return _TOPIC.fullmatch(address) is not None


def topic_shown(address: str) -> str:
    """AWS SNS, and which topic where."""
    found = _parts(address)
    return f"AWS SNS, topic {found[4]} in {found[2]}"


def send_to_topic(address: str, message: Message, settings: Settings) -> None:
    """Publish it. Raises Undelivered."""
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    from core.errors import StorageUnreachable
    from core.storage.s3_client import aws_client  # here: boto3 takes time to import

    found = _parts(address)
    config = Config(retries={"mode": "standard", "max_attempts": 1}, connect_timeout=10, read_timeout=15)
    try:
        aws_client("sns", settings, found[2], config).publish(**_published(found, message))
    except ClientError as error:
        raise Undelivered(f"AWS SNS answered {error.response['Error'].get('Code', 'with an error')}.") from None
    except StorageUnreachable as error:
        raise Undelivered(error.message) from None
    except BotoCoreError as error:
        raise Undelivered(f"AWS SNS could not be reached ({type(error).__name__}).") from None


def _published(found: re.Match[str], message: Message) -> dict[str, Any]:
    subject = "".join(each if " " <= each <= "~" else "?" for each in message.title)[:_SUBJECT]
    attributes = {"id": message.id, "kind": str(message.kind), "severity": message.severity}
    once = {"MessageGroupId": "alerts", "MessageDeduplicationId": message.id} if found[1].endswith(".fifo") else {}
    return {
        "TopicArn": found[1],
        "Subject": subject,
        "Message": message.body,
        "MessageAttributes": {k: {"DataType": "String", "StringValue": v} for k, v in attributes.items()},
        **once,
    }


def _parts(address: str) -> re.Match[str]:
    found = _TOPIC.fullmatch(address)
    assert found, "asked for what is no topic"
    return found
