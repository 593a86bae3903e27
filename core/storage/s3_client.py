"""S3 client: one way to reach an AWS account, or another server that speaks S3."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.loaders import Loader, create_loader
from botocore.session import Session

from core.errors import StorageUnreachable
from core.settings import Settings

_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 10, 60, 5
#: At once, by one process; uploads send parts in parallel.
_CONNECTIONS = 32


def s3_client(settings: Settings, region: str = "") -> Any:
    """A boto3 S3 client for the configured account; the machine's own role where no key is set.

    Raises StorageUnreachable where the AWS settings do not fit together.
    """
    return aws_client("s3", settings, region, _config(), settings.aws_endpoint_url)


def aws_client(service: str, settings: Settings, region: str, config: Config, endpoint: str | None = None) -> Any:
    """A boto3 client of any service for the configured account; the machine's own role where no key is set.

    Raises StorageUnreachable where the AWS settings do not fit together.
    """
    core = Session()
    core.register_component("data_loader", _loader())
    secret, token = settings.aws_secret_access_key, settings.aws_session_token
    try:
        session = boto3.Session(
            botocore_session=core,
            aws_access_key_id=settings.aws_access_key_id,
            aws_secret_access_key=secret.get_secret_value() if secret else None,
            aws_session_token=token.get_secret_value() if token else None,
            profile_name=settings.aws_profile,
            region_name=region or settings.aws_region,
        )
        return session.client(service, endpoint_url=endpoint, config=config)
    except (BotoCoreError, ValueError) as error:
        raise StorageUnreachable(f"AWS cannot be used: {error}.", "Check the AWS_ variables in .env.") from error


@cache
def _loader() -> Loader:
    """The descriptions of AWS's interfaces, read once: that takes longer than all else about a client."""
    return create_loader()


def _config() -> Config:
    # checksums are our own, so that they hold across parts and restarts; what they cover is not hashed a second time
    return Config(
        signature_version="s3v4",
        retries={"mode": "standard", "max_attempts": _ATTEMPTS},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        max_pool_connections=_CONNECTIONS,
        tcp_keepalive=True,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"payload_signing_enabled": False},
    )
