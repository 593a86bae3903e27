"""Strict CloudFront: moto's distributions, behind what moto leaves out.

A configuration has an etag that changes with it, is taken only for the one that it was made of, names origins that are
there, and is answered as it was given.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3
import pytest

from tests.support.strict_aws import StrictAws, strict_aws
from tests.support.strict_s3 import answer_of, moto_app, request_of

_CONFIG = re.compile(r"/2020-05-31/distribution/(\w+)/config$")


@dataclass
class StrictCloudFront:
    """The service, with what it was given last of each distribution."""

    aws: StrictAws
    kept: dict[str, tuple[int, bytes]] = field(default_factory=dict[str, tuple[int, bytes]])
    meanwhile: Any = None  #: done once, right before the next configuration is taken

    @property
    def client(self) -> Any:
        return boto3.client("cloudfront", "us-east-1")  # the endpoint and the key are in the environment

    def create(self, *origins: str, **besides: Any) -> str:
        """A distribution that asks the first of these origins, buckets by their names; its id."""
        items = [
            {"Id": name, "DomainName": f"{name}.s3.us-east-1.amazonaws.com", "OriginPath": "",
             "CustomHeaders": {"Quantity": 0}, "S3OriginConfig": {"OriginAccessIdentity": ""}}
            for name in origins
        ]  # fmt: skip
        behaviour = {
            "TargetOriginId": origins[0], "ViewerProtocolPolicy": "allow-all", "MinTTL": 0, "DefaultTTL": 86400,
            "MaxTTL": 31536000, "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
            "AllowedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]},
        }  # fmt: skip
        config = {
            "CallerReference": "a test", "Comment": "videos", "Enabled": True, "PriceClass": "PriceClass_All",
            "Origins": {"Quantity": len(items), "Items": items}, "DefaultCacheBehavior": behaviour, **besides,
        }  # fmt: skip
        id = self.client.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
        self.update(id, config | {"OriginGroups": {"Quantity": 0}})
        self.aws.log.clear()
        return id

    def config(self, id: str) -> Any:
        return self.client.get_distribution_config(Id=id)["DistributionConfig"]

    def update(self, id: str, config: Any) -> None:
        """By somebody else, in the console."""
        etag = self.client.get_distribution_config(Id=id)["ETag"]
        self.client.update_distribution(Id=id, IfMatch=etag, DistributionConfig=config)

    def answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = request_of(environ)
        found = _CONFIG.search(request.path)
        if found and request.method == "PUT":
            return self._put(found[1], request.body, request.headers.get("if-match", ""), environ, start_response)
        if found and found[1] in self.kept:
            version, body = self.kept[found[1]]
            start_response("200 OK", [("Content-Type", "text/xml"), ("ETag", f"E{version}")])
            return [body]
        answer = answer_of(moto_app(), environ, request.body, request.query)
        headers = {name: "E0" if name.lower() == "etag" else value for name, value in answer.headers.items()}
        start_response(answer.status, list(headers.items()))
        return [answer.body]

    def _put(self, id: str, body: bytes, etag: str, environ: Any, start_response: Any) -> Iterable[bytes]:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            meanwhile()
        version, _ = self.kept.get(id, (0, b""))
        if etag != f"E{version}":
            return _refuse(412, "PreconditionFailed", "The If-Match version is not current.", start_response)
        if wrong := _wrong(body.decode()):
            return _refuse(400, "InvalidArgument", wrong, start_response)
        self.kept[id] = (version + 1, body)
        start_response("200 OK", [("Content-Type", "text/xml"), ("ETag", f"E{version + 1}")])
        return [b"<Distribution/>"]


def _wrong(config: str) -> str:
    """What CloudFront says of a configuration that it does not take."""
    ids = re.findall(r"<Origin><Id>([^<]+)", config) + re.findall(r"<OriginGroup><Id>([^<]+)", config)
    asked = re.findall(r"<(?:TargetOriginId|OriginId)>([^<]+)", config)
    if unknown := [each for each in asked if each not in ids]:
        return f"The origin {unknown[0]} does not exist."
    if "<PriceClass>" in config and not re.search(r"<PriceClass>PriceClass_(100|200|All)<", config):
        return "The price class does not exist."
    return ""


def _refuse(status: int, code: str, message: str, start_response: Any) -> Iterable[bytes]:
    start_response(f"{status} Refused", [("Content-Type", "text/xml")])
    return [f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>".encode()]


@contextmanager
def strict_cloudfront(patch: pytest.MonkeyPatch) -> Iterator[StrictCloudFront]:
    """Settings and boto3 find it."""
    with strict_aws(patch, cloudfront="us-east-1") as aws:
        service = StrictCloudFront(aws)
        aws.proceed = service.answer
        yield service
