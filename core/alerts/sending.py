"""Sending: what is due goes out, each channel by itself, so that a slow one holds up no other."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock, Thread
from time import monotonic

from core.alerts.carriers import hand_over
from core.alerts.channel import SENT_WITHIN, Message, Undelivered
from core.alerts.outbox import Outbox, Outgoing
from core.alerts.sealing import Sealing
from core.errors import PhyghtError
from core.settings import Settings

log = logging.getLogger(__name__)
_TOO_SLOW = "It took longer than {:.0f} s."


def send_one(
    sealing: Sealing, settings: Settings, channel_id: str, sealed: str, message: Message, within_s: float | None = None
) -> str:
    """Hand one message over now; what is wrong with that, or nothing. It takes no longer than SENT_WITHIN."""
    said: list[tuple[bool, str]] = []
    limit = SENT_WITHIN.total_seconds() if within_s is None else within_s
    worker = Thread(target=lambda: said.append(_attempt(sealing, settings, channel_id, sealed, message)), daemon=True)
    worker.start()
    worker.join(limit)
    return said[0][1] if said else _TOO_SLOW.format(limit)


class Sender:
    """Sends what is due, in this process; what it has not done when it ends is done by the next one."""

    def __init__(
        self,
        outbox: Outbox,
        sealing: Sealing,
        settings: Settings,
        clock: Callable[[], datetime],
        within_s: float = SENT_WITHIN.total_seconds(),
    ) -> None:
        self._outbox, self._sealing, self._settings, self._clock = outbox, sealing, settings, clock
        self._within_s = within_s  #: how long each channel may take
        self._lock = Lock()
        self._under_way: dict[str, Outgoing] = {}  #: by channel

    def run(self) -> None:
        """Send to every channel at once. It takes no longer than one may, whatever becomes of the others."""
        channels = self._outbox.sweep(self._clock())
        threads = [Thread(target=self._serve, args=(each,), daemon=True) for each in channels]
        ends_at = monotonic() + self._within_s
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(ends_at - monotonic(), 0))
        self._put_off(channels)

    def _serve(self, channel_id: str) -> None:
        """One message after another, until there is none, or one fails: the others would fail as well."""
        ends_at = monotonic() + self._within_s
        try:
            while monotonic() < ends_at and (outgoing := self._outbox.claim(channel_id, self._clock())):
                if not self._send(outgoing):
                    return
        except PhyghtError as error:
            log.error("messages for the channel %s wait: %s", channel_id, error)

    def _send(self, outgoing: Outgoing) -> bool:
        with self._lock:
            self._under_way[outgoing.channel_id] = outgoing
        done, problem = _attempt(self._sealing, self._settings, outgoing.channel_id, outgoing.address, outgoing.message)
        with self._lock:
            self._under_way.pop(outgoing.channel_id, None)
        if done:
            self._outbox.sent(outgoing, self._clock(), problem)
        else:
            self._outbox.failed(outgoing, problem, self._clock())
        return done

    def _put_off(self, channels: Sequence[str]) -> None:
        """What takes too long is tried again later."""
        with self._lock:
            late = [self._under_way[each] for each in channels if each in self._under_way]
        for outgoing in late:
            self._outbox.failed(outgoing, _TOO_SLOW.format(self._within_s), self._clock())


def _attempt(sealing: Sealing, settings: Settings, channel_id: str, sealed: str, message: Message) -> tuple[bool, str]:
    """Whether it was handed over, and what is wrong, if anything; never a word of the address."""
    try:
        return True, hand_over(sealing.open(sealed, channel_id), message, settings)
    except (Undelivered, PhyghtError) as error:
        return False, str(error)
    except Exception as error:  # noqa: BLE001 - its words may hold the address, so the log has none of them
        log.error("a message could not be handed over: %s", type(error).__name__)
        return False, f"It ended unexpectedly ({type(error).__name__})."
