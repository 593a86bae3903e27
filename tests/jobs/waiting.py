"""Waiting: for a state to come, and not for longer than a minute."""

from collections.abc import Callable
from threading import Event

LONGEST_S = 60
LOOKS_EVERY_S = 0.05


def wait_until(state: Callable[[], object], what: str, told: Callable[[], str] = str) -> None:
    """Come back as soon as the state is there; fail when it does not come, with what was told meanwhile."""
    for _ in range(int(LONGEST_S / LOOKS_EVERY_S)):
        if state():
            return
        Event().wait(LOOKS_EVERY_S)
    raise AssertionError(f"After {LONGEST_S} s still not: {what}\n{told()}")
