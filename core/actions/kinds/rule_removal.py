"""Rule removal: rules that in time remove most of a bucket, which somebody has to confirm by its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.actions.action import Confirmation
from core.catalog.recorded import recorded_at
from core.catalog.video import Kind
from core.database import Database
from core.storage.lifecycle import LifecycleRule
from core.storage.provider import StorageProvider
from core.units import number_of


@dataclass
class _Counted:
    """Objects of a bucket: all, and those that a rule is about, of whatever age."""

    every: int = 0
    gone: int = 0

    def take(self, is_gone: bool) -> None:
        self.every, self.gone = self.every + 1, self.gone + is_gone

    @property
    def is_much(self) -> bool:
        return 2 * self.gone > self.every

    def words(self, what: str) -> str:
        return f"{self.gone:,} of {number_of(self.every, what)}"


def confirmation(database: Database, provider: StorageProvider, rules: Iterable[LifecycleRule]) -> Confirmation | None:
    """Asked for where these rules remove more than half of the objects that lie there, or of the originals, once each
    is old enough, or whatever comes to lie there. None otherwise. Raises StorageError.
    """
    removing = [each for each in rules if each.enabled and each.expire_after_days is not None]
    if not removing:
        return None
    objects, originals = _counted(database, provider, removing)
    if not (objects.is_much or originals.is_much or any(map(_is_unfiltered, removing))):
        return None
    told = objects.words("object") + (f" and {originals.words('original')}" if originals.gone else "")
    whole = "whatever comes to lie there" if not objects.every else f"{told} that lie there, once each is old enough"
    return Confirmation(provider.bucket, f"It removes most of {provider.bucket} for good: {whole}.")


def _counted(
    database: Database, provider: StorageProvider, removing: Sequence[LifecycleRule]
) -> tuple[_Counted, _Counted]:
    """Tags are not listed: all objects count as if they carried those that a rule asks for."""
    with database.reading() as connection:
        known = recorded_at(connection, provider.name)
    objects, originals = _Counted(), _Counted()
    for each in provider.list():
        is_gone = any(rule.is_about(each.key, each.size_bytes, rule.tags) for rule in removing)
        objects.take(is_gone)
        if each.key in known and known[each.key].kind is Kind.ORIGINAL:
            originals.take(is_gone)
    return objects, originals


def _is_unfiltered(rule: LifecycleRule) -> bool:
    """Whether it is about every object there will ever be."""
    sizes = (rule.larger_than_bytes, rule.smaller_than_bytes)
    return not rule.prefix and not rule.tags and sizes == (None, None)
