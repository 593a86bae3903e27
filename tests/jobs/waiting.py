"""Waiting: for a state to come, and not for ever."""

from collections.abc import Callable
from threading import Event

LONGEST_S = 60
LOOKS_EVERY_S = 0.05


def wait_until(
    state: Callable[[], object], what: str, told: Callable[[], str] = str, longest_s: int = LONGEST_S
) -> None:
    """Come back as soon as the state is there; fail when it does not come, with what was told meanwhile."""
    for _ in range(int(longest_s / LOOKS_EVERY_S)):
        if state():
            return
        Event().wait(LOOKS_EVERY_S)
    raise AssertionError(f"After {longest_s} s still not: {what}\n{told()}")
