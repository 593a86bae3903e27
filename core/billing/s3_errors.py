"""S3 errors: what an answer of S3, or the lack of one, means for a person."""

import re
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from core.errors import DeliveryRefused, SourceError, SourceUnreachable

_CURES = {
    "NoSuchBucket": "Check the bucket's name.",
    "InvalidBucketName": "Check the bucket's name.",
    "InvalidAccessKeyId": "Check AWS_ACCESS_KEY_ID.",
    "SignatureDoesNotMatch": "Check AWS_SECRET_ACCESS_KEY.",
    "ExpiredToken": "The temporary keys have expired: sign in to AWS again.",
    "InvalidToken": "Check AWS_SESSION_TOKEN.",
    "RequestTimeTooSkewed": "Set this machine's clock.",
    "SlowDown": "S3 is busy: run it again in a while.",
    "ServiceUnavailable": "S3 is busy: run it again in a while.",
    "InternalError": "S3 has a fault of its own: run it again in a while.",
}
_WRONG_REGION = ("PermanentRedirect", "301", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException")
_DENIED = ("AccessDenied", "AllAccessDisabled", "403")
_REPLACED = ("PreconditionFailed", "412", "NoSuchKey", "404")
_ACTIONS = {"ListObjectsV2": "s3:ListBucket", "GetObject": "s3:GetObject"}
_NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError")
_SIGNED_OUT = ("SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError", "LoginRefreshRequired")
_SILENT = ("ReadTimeoutError", "ConnectTimeoutError")
_BROKEN = ("ResponseStreamingError", "IncompleteReadError", "ConnectionClosedError")


@dataclass(frozen=True)
class Asked:
    """What S3 was asked about."""

    bucket: str
    key: str = ""  #: empty for the listing

    @property
    def place(self) -> str:
        return f"s3://{self.bucket}/{self.key}" if self.key else f"s3://{self.bucket}"


def explained(asked: Asked, error: ClientError | BotoCoreError) -> SourceError:
    """DeliveryRefused where it is about one object's state, else SourceUnreachable; never with a secret in it."""
    if isinstance(error, ClientError):
        return _answered(asked, error)
    name = type(error).__name__
    if name == "FlexibleChecksumError":
        return DeliveryRefused(f"{asked.place} does not agree with its checksum in S3.", "Run the ingestion again.")
    if name in _NO_CREDENTIALS:
        cure = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
        return SourceUnreachable(f"{asked.place} cannot be read: no AWS credentials.", cure)
    if name in _SIGNED_OUT:
        return SourceUnreachable(f"{asked.place} cannot be read: the AWS sign-in has ended.", "Run aws sso login.")
    return SourceUnreachable(f"{asked.place} cannot be read: {_silence(name)}.", "Check the network, and run it again.")


def _silence(name: str) -> str:
    if name in _SILENT:
        return "S3 does not answer in time"
    if name in _BROKEN:
        return "the connection broke"
    return "nothing answers at its address" if name == "EndpointConnectionError" else name


def _answered(asked: Asked, error: ClientError) -> SourceError:
    told = error.response.get("Error", {})
    code = str(told.get("Code", "unknown"))
    if code in _REPLACED and asked.key:
        return DeliveryRefused(f"{asked.place} was replaced or removed while it was read.", "Run the ingestion again.")
    if code == "InvalidObjectState":
        return DeliveryRefused(f"{asked.place} is archived.", "Restore it from Glacier, then run the ingestion again.")
    if code in _DENIED:
        return _denied(asked, error, str(told.get("Message", "")))
    if code in _WRONG_REGION:
        return SourceUnreachable(f"{asked.place} is in another region.", f"Set AWS_REGION to {_region(error)}.")
    return SourceUnreachable(
        f"{asked.place} cannot be read: {code}.", _CURES.get(code, "See what AWS says of that code.")
    )


def _denied(asked: Asked, error: ClientError, message: str) -> SourceUnreachable:
    said = re.search(r"not authorized to perform: ([\w-]+:\w+)", message)
    action = said[1] if said else _ACTIONS.get(error.operation_name, "s3:GetObject")
    if not action.startswith("s3:"):
        return SourceUnreachable(f"{asked.place} cannot be read: {action} is denied.", f"Allow {action} on its key.")
    resource = f"arn:aws:s3:::{asked.bucket}" + ("" if action == "s3:ListBucket" else "/*")
    return SourceUnreachable(f"{asked.place} cannot be read: {action} is denied.", f"Allow {action} on {resource}.")


def _region(error: ClientError) -> str:
    response: dict[str, dict[str, dict[str, str]]] = dict(error.response)
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(error.response.get("Error", {}).get("Region") or headers.get("x-amz-bucket-region") or "the bucket's")
