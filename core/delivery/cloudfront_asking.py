"""CloudFront asking: one way to ask CloudFront's interface, and what its refusals mean for a person."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.errors import ObjectChanged, RulesRefused, StorageBusy, StorageDenied, StorageError, StorageUnreachable
from core.settings import Settings

_BUSY = ("TooManyInvalidationsInProgress", "Throttling", "ThrottlingException", "ServiceUnavailable")
_DENIED = ("AccessDenied", "AccessDeniedException", "InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken")
_CHANGED = ("PreconditionFailed", "InvalidIfMatchVersion")
_ALLOW = {
    "CreateInvalidation": "cloudfront:CreateInvalidation",
    "GetDistributionConfig": "cloudfront:GetDistributionConfig",
    "UpdateDistribution": "cloudfront:UpdateDistribution",
}


def cloudfront_client(settings: Settings) -> Any:
    """Of the account that the settings name."""
    from botocore.config import Config

    from core.storage.s3_client import aws_client  # here: boto3 takes time to import

    config = Config(retries={"mode": "standard", "max_attempts": 3}, connect_timeout=10, read_timeout=30)
    return aws_client("cloudfront", settings, "us-east-1", config)


@contextmanager
def asking(id: str) -> Iterator[None]:
    """Raise what goes wrong within the block as a StorageError about that distribution."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        raise _explained(id, error.operation_name, error.response["Error"]) from error
    except BotoCoreError as error:
        raise StorageUnreachable(
            f"CloudFront cannot be reached ({type(error).__name__}).", "Check the network, and go on."
        ) from error


def _explained(id: str, operation: str, told: dict[str, str]) -> StorageError:
    code = told["Code"]
    if code in _BUSY:
        return StorageBusy(f"CloudFront is busy ({code}).", "It is tried again.")
    if code in _DENIED:
        cure = f"Allow {_ALLOW.get(operation, operation)} on the distribution."
        return StorageDenied(f"{_what(operation, id)} is not allowed ({code}).", cure)
    if code in _CHANGED:
        return ObjectChanged(f"The distribution {id} was changed at this moment.", "Look at it again.")
    if code == "NoSuchDistribution":
        return StorageUnreachable(f"There is no distribution {id}.", "Correct CLOUDFRONT_DISTRIBUTION_ID.")
    if operation == "UpdateDistribution":
        said = told.get("Message") or code
        return RulesRefused(f"CloudFront does not take that configuration: {said}", "Correct it.")
    return StorageUnreachable(f"CloudFront refuses {operation} ({code}).", "See what AWS says of that code.")


def _what(operation: str, id: str) -> str:
    does = {
        "CreateInvalidation": "To invalidate the caches of",
        "GetDistributionConfig": "To read the configuration of",
        "UpdateDistribution": "To change the configuration of",
    }
    return f"{does.get(operation, f'{operation} of')} {id}"
