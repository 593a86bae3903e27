"""Reaching: a file that does not come is refused by itself, until so many in a row say that none will."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.errors import DeliveryRefused, SourceUnreachable

_MOST = 20


@dataclass
class Reaching:
    """What is fetched from a source, file by file."""

    failed: int = 0  #: files in a row that did not come

    @contextmanager
    def file(self) -> Iterator[None]:
        """Make an unreachable file a refused one. Raises DeliveryRefused, or SourceUnreachable after too many."""
        try:
            yield
        except SourceUnreachable as error:
            self.failed += 1
            if self.failed > _MOST:
                raise
            raise DeliveryRefused(error.message, error.advice) from error
        self.failed = 0
