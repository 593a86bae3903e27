"""Setting types: what the text of an environment variable has to be, and what is said where it is not."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().resolve()
    except RuntimeError as error:
        raise ValueError("should not start with ~ and a user this machine does not know") from error


def _folder(path: Path) -> Path:
    if path.exists() and not path.is_dir():
        raise ValueError("should be a folder, and it is a file")
    return path


def _file(path: Path) -> Path:
    if not path.is_file():
        raise ValueError("should be a file, and there is none by that name")
    return path


def _web_address(text: str) -> str:
    address = urlsplit(text)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise ValueError("should be an address like https://example.com")
    if address.username or address.password:
        raise ValueError("should not hold a name or a password; there are variables for those")
    return text.rstrip("/")


def _postgres(url: SecretStr) -> SecretStr:
    try:
        address = urlsplit(url.get_secret_value())
        right = address.scheme in ("postgresql", "postgres") and bool(address.hostname or "host=" in address.query)
        right = right and (address.port or 0) >= 0
    except ValueError:  # its words would repeat a part of the password
        right = False
    if not right:
        raise ValueError("should be like postgresql://user:password@host:5432/name, with %2F for a / in the password")
    return url


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _source(text: str) -> str:
    if text.startswith("s3://"):
        if not text.removeprefix("s3://").split("/")[0]:
            raise ValueError("should name a bucket after s3://")
        return text
    if "://" in text:
        raise ValueError("should be folders or s3://bucket/prefix")
    return str(_absolute(Path(text)))


def _residencies(each: tuple[str, ...]) -> tuple[str, ...]:
    for text in each:
        if not re.fullmatch(r"[A-Z]{2,8}=[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]@[a-z0-9-]+", text):
            raise ValueError("should be like EU=bucket@eu-central-1")
    if len({text.partition("=")[0] for text in each}) < len(each):
        raise ValueError("should name one bucket for each residency")
    return each


#: Absolute, and `~` is whoever runs it.
Folder = Annotated[Path, AfterValidator(_absolute), AfterValidator(_folder)]
File = Annotated[Path, AfterValidator(_absolute), AfterValidator(_file)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
PostgresAddress = Annotated[SecretStr, AfterValidator(_postgres)]
Source = Annotated[str, AfterValidator(_source)]
#: Written with commas between them.
Sources = Annotated[tuple[Source, ...], NoDecode, BeforeValidator(_split)]
ResidencyBuckets = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split), AfterValidator(_residencies)]
