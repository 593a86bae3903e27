"""Dimensions: what charges can be told apart by, and the names that people give them."""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import UnknownDimension


class Metric(StrEnum):
    """Which of the three costs of a charge is counted."""

    BILLED = "billed"  #: as invoiced
    EFFECTIVE = "effective"  #: up-front commitments spread over what they cover
    LIST = "list"  #: at public prices, before any discount


class Dimension(StrEnum):
    """What charges can be told apart by; `tag:<key>` comes beside these."""

    PROVIDER = "provider"
    SERVICE = "service"
    USAGE_FAMILY = "usage_family"
    USAGE_TYPE = "usage_type"
    RESOURCE = "resource"
    STORAGE_CLASS = "storage_class"
    REGION = "region"
    CHARGE_CATEGORY = "charge_category"
    ACCOUNT = "account"


#: What a charge without a value for the dimension is counted under.
NOT_STATED = "not stated"
TAG = "tag:"

_ALIASES = {"bucket": Dimension.RESOURCE, "category": Dimension.CHARGE_CATEGORY, "family": Dimension.USAGE_FAMILY}


@dataclass(frozen=True)
class Filter:
    """Only charges with this value of a dimension."""

    dimension: str  #: a Dimension, or tag:<key>
    value: str | None  #: None: only charges that state none


def dimension_named(name: str) -> str:
    """The dimension that a person means: "Storage class" and "storage-class" are storage_class.

    Raises UnknownDimension, which lists what there is.
    """
    if name.strip().lower().startswith(TAG) and len(name.strip()) > len(TAG):
        return TAG + name.strip()[len(TAG) :]
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    if plain in _ALIASES:
        return _ALIASES[plain]
    if plain not in tuple(Dimension):
        raise UnknownDimension(f"There is no dimension {name!r}.", f"Choose one of {', '.join(Dimension)}, tag:<key>.")
    return Dimension(plain)
