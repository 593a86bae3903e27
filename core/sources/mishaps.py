"""Mishaps: an error that nobody foresaw refuses the delivery it comes up in, and no other."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import DeliveryRefused, PhyghtError

log = logging.getLogger(__name__)


@contextmanager
def mishaps_refused(name: str) -> Iterator[None]:
    """Raise DeliveryRefused, naming the delivery, for what is no PhyghtError; the log keeps the traceback."""
    try:
        yield
    except PhyghtError:
        raise
    except Exception as error:
        log.exception("%s could not be read", name)
        raise DeliveryRefused(
            f"{name} could not be read, because of a mistake in Phyght ({type(error).__name__}).",
            "Report it, with the lines of the log that name it.",
        ) from error
