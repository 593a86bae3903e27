"""Limits: a disk that is full, and a user who may not read everything, for as long as a block runs."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

_NOBODY = 65534


@contextmanager
def largest_file(size_bytes: int) -> Iterator[None]:
    """No file may grow beyond a size: a write that would fails, as it does where the disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def without_privileges() -> Iterator[None]:
    """This process as one that has to keep to permissions, also where the tests run as root."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)
