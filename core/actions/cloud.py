"""Cloud: what handlers work with, and what they ask of an action's terms."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.actions.action import Action
from core.actions.money import Money, money_of
from core.billing.storage_prices import StoragePrices
from core.database import Connection, Database
from core.delivery.invalidating import BEHIND, Caches
from core.errors import ActionRefused
from core.storage.local import LocalProvider
from core.storage.provider import StorageProvider
from core.storage.providers import Providers

#: Has a video packaged anew, if and only if the transaction is kept.
Package = Callable[[Connection, str], None]


@dataclass(frozen=True)
class Cloud:
    """The places of one installation, what is known of them, and what they cost."""

    providers: Providers
    database: Database
    prices: StoragePrices
    clock: Callable[[], datetime]
    caches: Caches | None = None  #: in front of the bucket `s3`; None: no distribution is configured
    package: Package | None = None  #: has a video packaged anew; None: nobody here does that
    encodes_here: bool = True  #: on this machine, which costs nothing more
    locks: Path | None = None  #: where all workers wait for each other; None: there is one

    def place(self, action: Action) -> StorageProvider:
        """Where it is to be done. Raises StorageUnreachable where that is configured no more."""
        return self.providers.named(action.place)

    def caches_of(self, action: Action) -> Caches | None:
        """What stands in front of an action's place: of a folder, whatever that is called, only what is told."""
        if self.caches is None or action.place != BEHIND:
            return None
        return self.caches if self.caches.is_told == isinstance(self.place(action), LocalProvider) else None

    def money(self, action: Action) -> Money:
        """What is billed there."""
        return money_of(self.prices, self.place(action))


def require_terms(action: Action, *names: str) -> None:
    """Raises ActionRefused for a term that the kind does not know: unheeded, it would change more than was meant."""
    if unknown := sorted(set(action.terms) - set(names)):
        raise ActionRefused(f"{unknown[0]!r} is no term of {action.kind}.", f"Terms are {', '.join(sorted(names))}.")


def text_term(action: Action, name: str, usual: str = "") -> str:
    """A term that is text. Raises ActionRefused."""
    found = action.terms.get(name, usual)
    if not isinstance(found, str):
        raise ActionRefused(f"{name} is no text.", "Give it as text.")
    return found


def number_term(action: Action, name: str, usual: int, least: int = 0) -> int:
    """A term that is a whole number, of at least so much. Raises ActionRefused."""
    found = action.terms.get(name, usual)
    if not isinstance(found, int) or isinstance(found, bool) or found < least:
        raise ActionRefused(f"{name} cannot be {found!r}.", f"Give a whole number of {least} or more.")
    return found


def list_term(action: Action, name: str) -> tuple[str, ...]:
    """A term that is a list of texts; empty where it is not given. Raises ActionRefused."""
    found = action.terms.get(name, ())
    if not isinstance(found, list | tuple) or not all(isinstance(each, str) for each in found):
        raise ActionRefused(f"{name} is no list of texts.", "Give it as a list.")
    return tuple(found)
