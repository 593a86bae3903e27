"""Versions words: what copying objects onto themselves does in a bucket that keeps versions."""

from collections.abc import Iterator

from core.errors import StorageDenied
from core.storage.abilities import Versioned
from core.storage.provider import StorageProvider


def on_copies(provider: StorageProvider, doing: str) -> Iterator[str]:
    """Warnings, where there is something to warn of; `doing` is such as: Taking it back copies."""
    if not isinstance(provider, Versioned):
        return
    try:
        keeps, locks = provider.keeps_versions(), provider.locks_versions()
    except StorageDenied as error:
        yield (
            f"Whether {provider.bucket} keeps versions may not be asked ({error.message}). If it does, each object "
            "that is copied leaves a noncurrent version, which is billed until it is removed."
        )
        return
    if keeps:
        yield (
            f"{provider.bucket} keeps versions. {doing} objects onto themselves: each copy leaves a noncurrent version "
            "in the class that it was in, which is billed until it is removed."
        )
    if keeps and locks:
        yield "Versions here can be locked: those that are cannot be removed before their lock ends, and are billed."
