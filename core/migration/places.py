"""Places: what a plan has to know of the providers that it goes from and to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from core.errors import KeyRefused
from core.settings import Settings, SupabasePlan
from core.storage.keys import check_key
from core.storage.provider import Multipart, StorageProvider, Tiered
from core.units import MIB, TIB

#: S3 takes no larger object, whatever its parts would add up to.
_LARGEST_IN_PARTS = 5 * TIB
#: Supabase's free plan takes no larger file.
_LARGEST_FREE = 50 * MIB


@runtime_checkable
class Choosy(Protocol):
    """A provider that takes fewer keys than others, and objects up to a size of its own."""

    @property
    def largest_bytes(self) -> int | None: ...

    def require_key(self, key: str) -> None: ...


@dataclass(frozen=True)
class Place:
    """A provider, as far as a plan looks at it."""

    name: str
    region: str = ""
    residency: str = ""
    has_classes: bool = False  #: objects may lie in other storage classes than STANDARD
    largest_bytes: int | None = None  #: of an object; None: no limit is known
    require_key: Callable[[str], None] = check_key  #: raises KeyRefused

    def refusal(self, key: str) -> str:
        """Why no object may lie at that key; empty where one may."""
        try:
            self.require_key(key)
        except KeyRefused as error:
            return error.message
        return ""


def place_of(provider: StorageProvider, settings: Settings) -> Place:
    """What a provider is to a plan. Raises StorageError where it has to be asked, and does not answer."""
    limits = [_LARGEST_FREE] if provider.name == "supabase" and settings.supabase_plan is SupabasePlan.FREE else []
    require_key = check_key
    if isinstance(provider, Multipart):
        limits.append(min(provider.part_limits.largest_bytes * provider.part_limits.most, _LARGEST_IN_PARTS))
    if isinstance(provider, Choosy):
        require_key = provider.require_key
        limits += [provider.largest_bytes] if provider.largest_bytes else []
    return Place(
        provider.name, provider.region, provider.residency, isinstance(provider, Tiered), min(limits, default=None),
        require_key,
    )  # fmt: skip
