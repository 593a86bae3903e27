"""Distribution settings: what of a distribution's configuration can be changed here, read and written as values.

A configuration is as CloudFront's interface has it; what is written leaves all else as it is.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Config = Mapping[str, Any]
#: The origin group that is ours.
GROUP = "phyght-failover"


class Setting(StrEnum):
    """By the name of the action's term."""

    PRICE_CLASS = "price_class"
    ORIGIN_SHIELD = "origin_shield"
    DEFAULT_TTL = "default_ttl"
    COMPRESS = "compress"
    ORIGIN_GROUP = "origin_group"


@dataclass(frozen=True)
class OriginGroup:
    """Two origins, of which the second answers where the first one fails."""

    id: str
    primary: str  #: origins, by their ids
    secondary: str
    codes: tuple[int, ...]  #: answers of the first one after which the second is asked


def origins(config: Config) -> dict[str, Config]:
    """By their ids."""
    return {each["Id"]: each for each in config["Origins"].get("Items", ())}


def target(config: Config) -> str:
    """The id of the origin, or the origin group, that is asked unless a path has a rule of its own."""
    return config["DefaultCacheBehavior"]["TargetOriginId"]


def first_origin(config: Config) -> str:
    """The id of the origin that is asked first."""
    group = next((each for each in origin_groups(config) if each.id == target(config)), None)
    return group.primary if group else target(config)


def origin_groups(config: Config) -> tuple[OriginGroup, ...]:
    """All that there are."""
    found = config.get("OriginGroups", {}).get("Items", ())
    return tuple(_group(each) for each in found)


def read(config: Config, setting: Setting, about: str = "") -> Any:
    """The value that a setting has, in values that JSON has; `about`: the origin that is meant, where one is."""
    behaviour = config["DefaultCacheBehavior"]
    match setting:
        case Setting.PRICE_CLASS:
            return config.get("PriceClass", "PriceClass_All")
        case Setting.ORIGIN_SHIELD:
            shield = origins(config).get(about, {}).get("OriginShield", {})
            return shield.get("OriginShieldRegion", "") if shield.get("Enabled") else ""
        case Setting.DEFAULT_TTL:
            return behaviour.get("DefaultTTL")
        case Setting.COMPRESS:
            return bool(behaviour.get("Compress", False))
        case Setting.ORIGIN_GROUP:
            return _read_group(config)


def written(config: Config, setting: Setting, value: Any, about: str = "") -> dict[str, Any]:
    """A configuration with another value."""
    changed = deepcopy(dict(config))
    behaviour = changed["DefaultCacheBehavior"]
    match setting:
        case Setting.PRICE_CLASS:
            changed["PriceClass"] = value
        case Setting.ORIGIN_SHIELD:
            shield = {"Enabled": True, "OriginShieldRegion": value} if value else {"Enabled": False}
            origins(changed)[about]["OriginShield"] = shield  # type: ignore[index]
        case Setting.DEFAULT_TTL:
            behaviour.update({"DefaultTTL": value} if value is not None else {})
        case Setting.COMPRESS:
            behaviour["Compress"] = value
        case Setting.ORIGIN_GROUP:
            _write_group(changed, value)
    return changed


def _group(told: Config) -> OriginGroup:
    members = [each["OriginId"] for each in told["Members"]["Items"]]
    return OriginGroup(told["Id"], members[0], members[-1], tuple(told["FailoverCriteria"]["StatusCodes"]["Items"]))


def _read_group(config: Config) -> dict[str, Any] | None:
    """Ours, where it is in use."""
    found = next((each for each in origin_groups(config) if each.id == GROUP == target(config)), None)
    return found and {"primary": found.primary, "secondary": found.secondary, "codes": list(found.codes)}


def _write_group(changed: dict[str, Any], value: dict[str, Any] | None) -> None:
    """Put ours into use; None: ask its first origin alone again, and remove it."""
    first = first_origin(changed)
    others = [each for each in changed.get("OriginGroups", {}).get("Items", ()) if each["Id"] != GROUP]
    mine = [_told_group(value)] if value else []
    groups = [*others, *mine]
    changed["OriginGroups"] = {"Quantity": len(groups), **({"Items": groups} if groups else {})}
    changed["DefaultCacheBehavior"]["TargetOriginId"] = GROUP if value else first


def _told_group(value: dict[str, Any]) -> dict[str, Any]:
    codes, members = value["codes"], [{"OriginId": value["primary"]}, {"OriginId": value["secondary"]}]
    return {
        "Id": GROUP,
        "FailoverCriteria": {"StatusCodes": {"Quantity": len(codes), "Items": list(codes)}},
        "Members": {"Quantity": 2, "Items": members},
    }
