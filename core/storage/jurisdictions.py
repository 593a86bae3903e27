"""Jurisdictions: which regions of AWS lie in one, for places that promise nothing themselves."""

import re

from core.settings import IN_EU

_REGIONS = {"EU": IN_EU, "US": r"us-(east|west)-\d+|us-gov-(east|west)-\d+"}


def lies_in(region: str, jurisdiction: str) -> bool:
    """Whether a region of AWS lies there; False too where nobody knows the jurisdiction's regions."""
    inside = _REGIONS.get(jurisdiction.upper())
    return inside is not None and bool(re.fullmatch(inside, region))
