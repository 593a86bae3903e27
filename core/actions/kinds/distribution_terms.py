"""Distribution terms: what a setting of a distribution may be set to, and how its values are said."""

from collections.abc import Mapping
from typing import Any

from core.actions.action import Action
from core.delivery.distribution_settings import Config, Setting, origin_groups, origins, target
from core.errors import ActionRefused

NAMES = {
    Setting.PRICE_CLASS: "the price class",
    Setting.ORIGIN_SHIELD: "Origin Shield",
    Setting.DEFAULT_TTL: "the default TTL",
    Setting.COMPRESS: "compression",
    Setting.ORIGIN_GROUP: "the second origin",
}
_PRICE_CLASSES = {
    "PriceClass_100": "edges in North America, Europe and Israel (PriceClass_100)",
    "PriceClass_200": "all edges but those of South America, Australia and New Zealand (PriceClass_200)",
    "PriceClass_All": "all edges (PriceClass_All)",
}
#: Where AWS has shields.
_SHIELDS = (
    "us-east-1", "us-east-2", "us-west-2", "ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-southeast-1",
    "ap-southeast-2", "eu-central-1", "eu-west-1", "eu-west-2", "sa-east-1", "me-central-1",
)  # fmt: skip
#: The answers after which a second origin may be asked.
_CODES = (403, 404, 416, 429, 500, 502, 503, 504)
_USUAL_CODES = (500, 502, 503, 504)
_LONGEST_TTL = 365 * 24 * 3600
_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


def wanted(action: Action, config: Config) -> tuple[Setting, Any]:
    """The setting that the terms name, and what it is to be. Raises ActionRefused where that cannot be."""
    names = list(action.terms)
    if len(names) != 1 or names[0] not in list(Setting):
        raise ActionRefused("Exactly one setting is changed at a time.", f"Name one of {', '.join(Setting)}.")
    setting, value = Setting(names[0]), action.terms[names[0]]
    return setting, _CHECKS[setting](value, config)


def in_words(setting: Setting, value: Any) -> str:
    """A value, as a preview says it."""
    match setting:
        case Setting.PRICE_CLASS:
            return _PRICE_CLASSES.get(value, str(value))
        case Setting.ORIGIN_SHIELD:
            return f"in {value}" if value else "off"
        case Setting.DEFAULT_TTL:
            return "left to a cache policy" if value is None else f"{value:,} seconds"
        case Setting.COMPRESS:
            return "on" if value else "off"
        case Setting.ORIGIN_GROUP:
            return _group_in_words(value)


def _group_in_words(value: Mapping[str, Any] | None) -> str:
    if not value:
        return "none"
    return f"{value['secondary']}, where {value['primary']} answers {', '.join(map(str, value['codes']))}"


def _price_class(value: Any, config: Config) -> str:
    if value not in list(_PRICE_CLASSES):
        raise ActionRefused(f"There is no price class {value!r}.", f"Choose one of {', '.join(_PRICE_CLASSES)}.")
    return value


def _shield(value: Any, config: Config) -> str:
    if value != "" and value not in _SHIELDS:
        raise ActionRefused(f"There is no Origin Shield in {value!r}.", f"Choose one of {', '.join(_SHIELDS)}.")
    return value


def _ttl(value: Any, config: Config) -> int:
    behaviour = config["DefaultCacheBehavior"]
    if "CachePolicyId" in behaviour:
        raise ActionRefused(
            "A cache policy says how long objects are kept.", "Change the policy, which other distributions may use."
        )
    least, most = behaviour.get("MinTTL", 0), behaviour.get("MaxTTL", _LONGEST_TTL)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ActionRefused(f"The default TTL cannot be {value!r}.", f"Give seconds from {least:,} to {most:,}.")
    return value


def _compress(value: Any, config: Config) -> bool:
    if not isinstance(value, bool):
        raise ActionRefused(f"Compression cannot be {value!r}.", "Give true or false.")
    return value


def _group(value: Any, config: Config) -> dict[str, Any] | None:
    if value is None:
        return None
    told: Mapping[str, Any] = value if isinstance(value, dict) else {}
    primary, secondary, codes = told.get("primary"), told.get("secondary"), told.get("codes", list(_USUAL_CODES))
    there = sorted(origins(config))
    if primary not in there or secondary not in there or primary == secondary:
        raise ActionRefused(
            "Two origins of the distribution are needed.", f"Name two of {', '.join(there)} as their ids."
        )
    if not isinstance(codes, list) or not codes or not all(each in _CODES for each in codes):
        raise ActionRefused(
            "These answers cannot lead to the second origin.", f"Choose of {', '.join(map(str, _CODES))}."
        )
    _require_group_possible(config, str(primary))
    return {"primary": primary, "secondary": secondary, "codes": sorted(set(codes))}


def _require_group_possible(config: Config, primary: str) -> None:
    methods = set(config["DefaultCacheBehavior"].get("AllowedMethods", {}).get("Items", ()))
    if others := sorted(methods - _SAFE_METHODS):
        raise ActionRefused(
            f"The distribution also takes {', '.join(others)}, which no origin group may.", "Allow GET and HEAD only."
        )
    groups = {each.id for each in origin_groups(config)}
    if target(config) in groups:
        raise ActionRefused(f"The distribution asks the group {target(config)} already.", "Nothing is to be done.")
    if target(config) != primary:
        raise ActionRefused(f"The distribution asks {target(config)} first.", f"Name {target(config)} as primary.")


_CHECKS = {
    Setting.PRICE_CLASS: _price_class,
    Setting.ORIGIN_SHIELD: _shield,
    Setting.DEFAULT_TTL: _ttl,
    Setting.COMPRESS: _compress,
    Setting.ORIGIN_GROUP: _group,
}
