"""S3 errors: what an answer of S3, or the lack of one, means for a person."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from core.errors import (
    KeyRefused,
    ObjectArchived,
    ObjectChanged,
    ObjectCorrupt,
    ObjectNotFound,
    ObjectTooLarge,
    StorageBusy,
    StorageDenied,
    StorageError,
    StorageUnreachable,
    UploadNotFound,
)

#: How each answer and silence of S3 is taken; what is not here is StorageUnreachable.
_KINDS: dict[type[StorageError], tuple[str, ...]] = {
    ObjectNotFound: ("NoSuchKey", "404"),
    UploadNotFound: ("NoSuchUpload",),
    ObjectChanged: ("PreconditionFailed", "412"),
    ObjectArchived: ("InvalidObjectState",),
    ObjectTooLarge: ("EntityTooLarge",),
    KeyRefused: ("KeyTooLongError", "InvalidURI"),
    ObjectCorrupt: (
        "BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody",
        "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "FlexibleChecksumError",
    ),
    StorageBusy: ("SlowDown", "503", "429", "ServiceUnavailable", "RequestTimeout", "ConditionalRequestConflict"),
    StorageDenied: (
        "AccessDenied", "AllAccessDisabled", "403", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken",
        "InvalidToken", "RequestTimeTooSkewed", "NoCredentialsError", "PartialCredentialsError",
        "CredentialRetrievalError", "SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError",
        "LoginRefreshRequired", "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded",
        "InsufficientStorage", "507",
    ),
}  # fmt: skip
_KIND_OF = {code: kind for kind, codes in _KINDS.items() for code in codes}
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
    "503": "S3 is busy: run it again in a while.",
    "InternalError": "S3 has a fault of its own: run it again in a while.",
    "500": "S3 has a fault of its own: run it again in a while.",
}
#: Not AWS's own: other servers that speak S3 have an end.
_FULL = ("QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientStorage", "507")
_WRONG_REGION = ("PermanentRedirect", "301", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException")
_DENIED = ("AccessDenied", "AllAccessDisabled", "403")
_ACTIONS = {
    "ListObjectsV2": "s3:ListBucket",
    "HeadBucket": "s3:ListBucket",
    "PutObject": "s3:PutObject",
    "CopyObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "UploadPartCopy": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
    "RestoreObject": "s3:RestoreObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "ListParts": "s3:ListMultipartUploadParts",
    "ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
    "GetObjectTagging": "s3:GetObjectTagging",
    "PutObjectTagging": "s3:PutObjectTagging",
    "DeleteObjectTagging": "s3:DeleteObjectTagging",
}
#: What only those need who have versions removed, or objects replicated.
_ACTIONS_ON_VERSIONS = {
    "ListObjectVersions": "s3:ListBucketVersions",
    "GetBucketVersioning": "s3:GetBucketVersioning",
    "GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "PutBucketVersioning": "s3:PutBucketVersioning",
    "GetBucketReplication": "s3:GetReplicationConfiguration",
    "PutBucketReplication": "s3:PutReplicationConfiguration",
    "DeleteBucketReplication": "s3:PutReplicationConfiguration",
}
_OF_THE_BUCKET = {
    action
    for action in (*_ACTIONS.values(), *_ACTIONS_ON_VERSIONS.values())
    if action.startswith(("s3:ListBucket", "s3:GetBucket", "s3:PutBucket")) or "Configuration" in action
}
_NO_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError")
_SIGNED_OUT = ("SSOTokenLoadError", "UnauthorizedSSOTokenError", "TokenRetrievalError", "LoginRefreshRequired")
_SILENCES = {
    "ReadTimeoutError": "S3 does not answer in time",
    "ConnectTimeoutError": "S3 does not answer in time",
    "ResponseStreamingError": "the connection broke",
    "IncompleteReadError": "the connection broke",
    "ConnectionClosedError": "the connection broke",
    "EndpointConnectionError": "nothing answers at its address",
}
_PLAIN = {
    ObjectNotFound: ("There is nothing at {place}.", "Check the key."),
    UploadNotFound: ("There is no such unfinished upload to {place}.", "Begin it again."),
    ObjectChanged: ("{place} was replaced or removed meanwhile.", "Look at it again."),
    ObjectArchived: ("{place} is archived.", "Restore it from Glacier first."),
    ObjectTooLarge: ("{place} would be larger than S3 takes.", "Send a smaller file."),
    KeyRefused: ("S3 does not take the key of {place}.", "Choose another key."),
    ObjectCorrupt: ("{place} does not agree with its checksum or its parts ({detail}).", "Send it again."),
}


@dataclass(frozen=True)
class Asked:
    """What S3 was asked about."""

    bucket: str
    key: str = ""  #: empty where it is about the bucket

    @property
    def place(self) -> str:
        return f"s3://{self.bucket}/{self.key}" if self.key else f"s3://{self.bucket}"


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong; never with a secret in it."""

    kind: type[StorageError]
    code: str  #: S3's own, or the name of botocore's exception
    detail: str  #: continues "it cannot be read: "
    cure: str


def diagnose(asked: Asked, error: ClientError | BotoCoreError) -> Diagnosis:
    """What an error of S3 or of the way to it means."""
    return _answered(asked, error) if isinstance(error, ClientError) else _unanswered(error)


def explained(asked: Asked, error: ClientError | BotoCoreError) -> StorageError:
    """The error as a person may meet it."""
    found = diagnose(asked, error)
    if found.kind in _PLAIN:
        sentence, cure = _PLAIN[found.kind]
        return found.kind(sentence.format(place=asked.place, detail=found.detail), cure)
    return found.kind(f"{asked.place} cannot be used: {found.detail}.", found.cure)


@contextmanager
def asking(asked: Asked) -> Iterator[None]:
    """Raise what goes wrong within the block as a StorageError."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise explained(asked, error) from error


def _unanswered(error: BotoCoreError) -> Diagnosis:
    name = type(error).__name__
    kind = _KIND_OF.get(name, StorageUnreachable)
    if name in _NO_CREDENTIALS:
        cure = "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE."
        return Diagnosis(kind, name, "no AWS credentials", cure)
    if name in _SIGNED_OUT:
        return Diagnosis(kind, name, "the AWS sign-in has ended", "Run aws sso login.")
    return Diagnosis(kind, name, _SILENCES.get(name, name), "Check the network, and run it again.")


def _answered(asked: Asked, error: ClientError) -> Diagnosis:
    told = error.response.get("Error", {})
    code = str(told.get("Code", "unknown"))
    kind = _KIND_OF.get(code, StorageUnreachable)
    if code in _DENIED:
        return _denied(asked, error, str(told.get("Message", "")))
    if code in _WRONG_REGION:
        return Diagnosis(kind, code, "it is in another region", f"Set AWS_REGION to {_region(error)}.")
    if code in _FULL:
        return Diagnosis(kind, code, f"it is full ({code})", "Free some space there, or raise its quota.")
    if kind is ObjectNotFound and not asked.key:
        return Diagnosis(StorageUnreachable, code, "there is no such bucket", "Check the bucket's name.")
    return Diagnosis(kind, code, code, _CURES.get(code, "See what AWS says of that code."))


def _denied(asked: Asked, error: ClientError, message: str) -> Diagnosis:
    said = re.search(r"not authorized to perform: ([\w-]+:\w+)", message)
    named = _ACTIONS | _ACTIONS_ON_VERSIONS
    action = said[1] if said else named.get(error.operation_name, "s3:GetObject")
    resource = "its key" if not action.startswith("s3:") else f"arn:aws:s3:::{asked.bucket}"
    if action.startswith("s3:") and action not in _OF_THE_BUCKET:
        resource += "/*"
    return Diagnosis(StorageDenied, "AccessDenied", f"{action} is denied", f"Allow {action} on {resource}.")


def _region(error: ClientError) -> str:
    response: dict[str, dict[str, dict[str, str]]] = dict(error.response)
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(error.response.get("Error", {}).get("Region") or headers.get("x-amz-bucket-region") or "the bucket's")
