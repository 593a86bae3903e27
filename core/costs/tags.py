"""Tags: which of the bills' keys a person means by the name of a tag."""

import re
from collections import defaultdict
from collections.abc import Iterable

from core.billing.columns import snake_case
from core.errors import UnknownDimension

#: What AWS writes before the key of a tag that people made; it depends on the kind of export.
_MADE_BY_PEOPLE = re.compile(r"(?:resourceTags/)?(?:user[:_])?(?=.)")


def keys_meant(asked: str, keys: Iterable[tuple[str, bool]]) -> tuple[str, ...]:
    """The keys that a tag's name stands for, one for each way that bills write it; empty where there is none.

    Beside each key is whether it is on a charge of AWS, which turns `CostCenter` into `user_cost_center`. Of keys
    that are written in one way, the one that is spelled as it is asked for is meant, else the one that differs in
    case or punctuation only.

    Raises UnknownDimension where several do.
    """
    meant: list[str] = []
    unclear: list[str] = []
    for name, named in _writings(asked, keys):
        closest = _closest(name, named)
        (meant if len(closest) == 1 else unclear).extend(closest)
    if unclear and asked not in meant:
        raise UnknownDimension(f"Several tags are called {asked!r}.", f"Ask for one of {', '.join(sorted(unclear))}.")
    return tuple(sorted(meant))


def _writings(asked: str, keys: Iterable[tuple[str, bool]]) -> list[tuple[str, dict[str, str]]]:
    """For each way to write keys: what is asked for, without what it writes before them, and its keys by the same."""
    writings: dict[str, dict[str, str]] = defaultdict(dict)
    for key, is_aws in keys:
        before = _before(key) if is_aws else ""
        writings[before][key.removeprefix(before)] = key
    return [(asked.removeprefix(_before(asked)) if before else asked, named) for before, named in writings.items()]


def _before(key: str) -> str:
    found = _MADE_BY_PEOPLE.match(key)
    return found[0] if found else ""


def _closest(name: str, keys: dict[str, str]) -> list[str]:
    if name in keys:
        return [keys[name]]
    return [key for other, key in keys.items() if _folded(other) & _folded(name)]


def _folded(name: str) -> set[str]:
    return {name.lower().replace(":", "_"), snake_case(name)}
