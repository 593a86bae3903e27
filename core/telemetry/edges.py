"""Edges: where an edge location of CloudFront lies, and in which price region, by the three letters of an airport."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb

from core.sql import literal

_CODE = re.compile(r"[A-Z]{3}")
#: Codes that are no airport's, or another one's than CloudFront means: country, latitude, longitude.
OVERRIDES: dict[str, tuple[str, float, float]] = {
    "BER": ("DE", 52.3667, 13.5033),
    "TXL": ("DE", 52.5597, 13.2877),
    "ICN": ("KR", 37.4602, 126.4407),
    "NUQ": ("US", 37.4161, -122.0494),
}
#: Countries by CloudFront's price regions, as bills call those.
_COUNTRIES = {
    "US": "US MX",
    "CA": "CA",
    "EU": "AD AL AT BA BE BG BY CH CY CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IL IM IS IT JE LI LT LU LV MC MD ME "
    "MK MT NL NO PL PT RO RS RU SE SI SK SM TR UA VA XK",
    "JP": "JP",
    "AU": "AU NZ",
    "AP": "BD BN HK ID KH KR LA LK MM MN MO MV MY NP PH PK SG TH TW VN CN",
    "IN": "IN",
    "SA": "AR BO BR CL CO CR DO EC GF GT GY HN JM NI PA PE PY SR SV TT UY VE",
    "ME": "AE BH IQ JO KW LB OM QA SA YE",
    "ZA": "AO BW CD CI CM DZ EG ET GH KE LY MA MG MU MW MZ NA NG RE RW SN TN TZ UG ZA ZM ZW",
}  # fmt: skip
PRICE_REGIONS = {country: region for region, named in _COUNTRIES.items() for country in named.split()}


@dataclass(frozen=True)
class Edge:
    """Where an edge lies."""

    code: str  #: of the nearest airport; empty: unknown
    country: str  #: ISO 3166 alpha-2; empty: unknown
    price_region: str  #: as in the bill: US, EU, AP, ...; empty: unknown
    latitude: float | None = None
    longitude: float | None = None


UNKNOWN = Edge("", "", "")


def places(codes: Iterable[str]) -> dict[str, Edge]:
    """Where edges lie, by the first three letters of their names; those that no airport has are UNKNOWN."""
    wanted = {code for code in codes if _CODE.fullmatch(code)}
    airports = _airports() if wanted - OVERRIDES.keys() else {}
    found = {code: place for code in sorted(wanted) if (place := OVERRIDES.get(code) or airports.get(code))}
    return {
        code: Edge(code, country, PRICE_REGIONS.get(country, ""), latitude, longitude)
        for code, (country, latitude, longitude) in found.items()
    }


@cache
def _airports() -> dict[str, tuple[str, float, float]]:
    """All of them that have a code, read once."""
    with duckdb.connect(config={"threads": 1}) as duck:
        rows = duck.execute(
            f"SELECT iata, country, lat, lon FROM read_csv({literal(_file())}, all_varchar = false) WHERE iata <> ''"
        ).fetchall()
    return {code: (country, latitude, longitude) for code, country, latitude, longitude in rows}


def _file() -> Path:
    """Of airportsdata, whose own reader makes dictionaries of 28,000 airports."""
    spec = find_spec("airportsdata")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("airports.csv")
