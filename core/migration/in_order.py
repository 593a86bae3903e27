"""In order: the SHA-256 of a whole whose pieces arrive at once."""

import hashlib
from threading import Condition


class InOrder:
    """Takes each piece in its turn; whoever comes early waits for those before.

    Where a piece is not seen, that of an earlier process say, the whole's is not known, and nobody waits.
    """

    def __init__(self, known: bool) -> None:
        self._hash = hashlib.sha256()
        self._next = 1
        self._known = known
        self._turn = Condition()

    def add(self, number: int, content: bytes | bytearray | memoryview) -> None:
        """A piece, by its number from 1; it may be added again."""
        with self._turn:
            self._turn.wait_for(lambda: not self._known or self._next >= number)
            if not self._known or self._next > number:
                return
        self._hash.update(content)  # nobody else's turn has come
        with self._turn:
            self._next += 1
            self._turn.notify_all()

    def give_up(self) -> None:
        """A piece does not come."""
        with self._turn:
            self._known = False
            self._turn.notify_all()

    def hexdigest(self) -> str | None:
        """None where it is not known."""
        return self._hash.hexdigest() if self._known else None
