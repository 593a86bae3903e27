"""SigV4: whether a request to S3 is signed as AWS demands, by AWS's description and not by its library."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

#: How far a request's clock may be from the server's.
SKEW = timedelta(minutes=15)
UNSIGNED, TRAILER = "UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
_ALGORITHM = "AWS4-HMAC-SHA256"


class Refused(Exception):
    """S3 answers with an error."""

    def __init__(self, status: int, code: str, message: str, **fields: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.fields = status, code, message, fields


@dataclass(frozen=True)
class Key:
    """An access key of the account."""

    secret: str
    token: str | None = None  #: of a temporary key


@dataclass(frozen=True)
class Request:
    """One request, as it came over the wire."""

    method: str
    path: str  #: still encoded
    query: str  #: still encoded
    headers: Mapping[str, str]  #: names in lower case
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        """The query, decoded."""
        pairs = (pair.partition("=") for pair in self.query.split("&") if pair)
        return {unquote(name): unquote(value) for name, _, value in pairs}

    @property
    def object_key(self) -> str:
        """The object's key, decoded; empty where the request is about the bucket."""
        return unquote(self.path).lstrip("/").partition("/")[2]


@dataclass(frozen=True)
class _Claim:
    """What a signature says of itself."""

    key_id: str
    scope: list[str]  #: date, region, service, "aws4_request"
    stamped: str  #: 20261122T200000Z
    signed: list[str]  #: names of headers
    signature: str
    payload: str  #: the body's SHA-256, or a word for "not signed"
    token: str | None


def check_signature(request: Request, keys: Mapping[str, Key], region: str, now: datetime, service: str = "s3") -> None:
    """Raise Refused, with S3's own code, when the request is not signed by one of the keys, for here and now."""
    presigned = "X-Amz-Algorithm" in request.parameters
    claim = _from_query(request, now) if presigned else _from_header(request, now)
    if service != "s3":  # the others do not say what they have signed of the body
        claim = replace(claim, payload=hashlib.sha256(request.body).hexdigest())
    key = keys.get(claim.key_id)
    if key is None:
        raise Refused(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
    if claim.token != key.token:
        raise Refused(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    _check_scope(claim, region, service)
    _check_signed_headers(request, claim)
    if not hmac.compare_digest(_signature(request, claim, key), claim.signature):
        raise Refused(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")


def _from_header(request: Request, now: datetime) -> _Claim:
    found = re.fullmatch(
        rf"{_ALGORITHM} Credential=(\S+), ?SignedHeaders=(\S+), ?Signature=([0-9a-f]{{64}})",
        request.headers.get("authorization", ""),
    )
    if not found:
        raise Refused(403, "AccessDenied", "Access Denied.")
    key_id, *scope = found[1].split("/")
    stamped = request.headers.get("x-amz-date", "")
    if abs(_instant(stamped) - now) > SKEW:
        raise Refused(403, "RequestTimeTooSkewed", "The difference between the request time and ours is too large.")
    payload, token = request.headers.get("x-amz-content-sha256", ""), request.headers.get("x-amz-security-token")
    return _Claim(key_id, scope, stamped, found[2].split(";"), found[3], payload, token)


def _from_query(request: Request, now: datetime) -> _Claim:
    told = request.parameters
    absent = {"X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"} - told.keys()
    if absent or told["X-Amz-Algorithm"] != _ALGORITHM or not 1 <= int(told["X-Amz-Expires"]) <= 604_800:
        raise Refused(400, "AuthorizationQueryParametersError", "The presigned URL is not complete.")
    begins = _instant(told["X-Amz-Date"])
    if not begins - SKEW <= now < begins + timedelta(seconds=int(told["X-Amz-Expires"])):
        raise Refused(403, "AccessDenied", "Request has expired")
    key_id, *scope = told["X-Amz-Credential"].split("/")
    payload = request.headers.get("x-amz-content-sha256", UNSIGNED)
    signed, signature = told["X-Amz-SignedHeaders"].split(";"), told["X-Amz-Signature"]
    return _Claim(key_id, scope, told["X-Amz-Date"], signed, signature, payload, told.get("X-Amz-Security-Token"))


def _instant(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header") from error


def _check_scope(claim: _Claim, region: str, service: str) -> None:
    if claim.scope[1:] != [region, service, "aws4_request"]:
        message = f"The authorization header is malformed; the region is wrong; expecting '{region}'"
        raise Refused(400, "AuthorizationHeaderMalformed", message, Region=region)
    if claim.scope[0] != claim.stamped[:8]:
        raise Refused(403, "SignatureDoesNotMatch", "The credential's date is not the request's.")


def _check_signed_headers(request: Request, claim: _Claim) -> None:
    needed = {"host"} | {name for name in request.headers if name.startswith("x-amz-")}
    if unsigned := needed - set(claim.signed):
        raise Refused(403, "AccessDenied", f"Headers that were not signed: {', '.join(sorted(unsigned))}")


def _signature(request: Request, claim: _Claim, key: Key) -> str:
    signing_key = f"AWS4{key.secret}".encode()
    for part in claim.scope:
        signing_key = _hmac(signing_key, part)
    digest = hashlib.sha256(_canonical(request, claim).encode()).hexdigest()
    return _hmac(signing_key, "\n".join([_ALGORITHM, claim.stamped, "/".join(claim.scope), digest])).hex()


def _canonical(request: Request, claim: _Claim) -> str:
    query = sorted((quote(k, safe="-_.~"), quote(v, safe="-_.~")) for k, v in request.parameters.items())
    headers = [f"{name}:{' '.join(request.headers.get(name, '').split())}" for name in claim.signed]
    return "\n".join([
        request.method,
        request.path,
        "&".join(f"{name}={value}" for name, value in query if name != "X-Amz-Signature"),
        *headers,
        "",
        ";".join(claim.signed),
        claim.payload,
    ])  # fmt: skip


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
