"""Viewers: where the demo's viewers sit, what they watch on, and which edge of CloudFront's is near them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from urllib.parse import quote

#: The edge that is bad for a while, and whose viewers suffer.
BAD_EDGE, BAD_COUNTRY = "GRU", "BR"


@dataclass(frozen=True)
class Viewer:
    """One kind of viewer."""

    country: str
    edge: str  #: as logs name it
    device: str
    agent: str  #: encoded as logs have it
    rung: str
    mbps: float  #: how fast bytes come, usually


@dataclass(frozen=True)
class Crowd:
    """All kinds of viewers of one audience, and how many there are of each, summed up from kind to kind."""

    viewers: tuple[Viewer, ...]
    weights: tuple[float, ...]


#: Of each audience: country, share, how fast bytes come there in Mbit/s, and the edges near it.
_PLACES = {
    "US": (
        ("US", 94, 38, "IAD89-C1 ATL58-P3 DFW56-P2 LAX50-C4 ORD58-P6 SEA19-C2 MIA3-P5 JFK50-P7 SFO5-P1 DEN52-P3"),
        ("MX", 6, 12, "QRO51-P1 DFW56-P2"),
    ),
    "EU": (
        ("GB", 30, 32, "LHR50-P4 LHR61-P2"),
        ("DE", 19, 30, "FRA56-P7 FRA60-P1"),
        ("FR", 13, 34, "CDG50-P2"),
        ("ES", 9, 30, "MAD53-P1"),
        ("IT", 8, 20, "MXP64-P3"),
        ("NL", 7, 42, "AMS1-P4"),
        ("PL", 6, 24, "WAW51-P2"),
        ("SE", 4, 44, "ARN56-P1"),
        ("IE", 4, 28, "DUB56-P1"),
    ),
    "SA": (
        ("BR", 62, 14, "GRU3-P2 GRU3-P2 GIG52-P1"),
        ("AR", 16, 10, "EZE50-P1"),
        ("CL", 10, 16, "SCL50-P2"),
        ("CO", 8, 9, "BOG51-P1"),
        ("PE", 4, 8, "LIM50-P1"),
    ),
    "CA": (("CA", 1, 32, "YYZ50-P1 YUL62-C1 YVR50-P1"),),
    "AP": (
        ("SG", 24, 44, "SIN2-P5"),
        ("PH", 22, 8, "MNL52-P1"),
        ("KR", 18, 46, "ICN57-P3"),
        ("TH", 14, 14, "BKK50-P2"),
        ("MY", 12, 15, "KUL50-P2"),
        ("HK", 10, 40, "HKG62-P1"),
    ),
    "AU": (("AU", 86, 20, "SYD62-P2 MEL50-P1 PER50-C1"), ("NZ", 14, 26, "AKL50-C1")),
    "JP": (("JP", 1, 42, "NRT57-P4 KIX56-P1"),),
    "IN": (("IN", 1, 7, "BOM78-P2 DEL54-C3 MAA51-P1 HYD57-P1"),),
}
#: Share, agent, and how much of the line's speed comes through.
_DEVICES = {
    "phone": (0.36, 0.7, "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"),
    "desktop": (0.27, 1.0, "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0"),
    "tv": (0.25, 1.1, "Mozilla/5.0 (Web0S; SmartTV) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36"),
    "tablet": (0.07, 0.9, "Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"),
    "player": (0.05, 0.9, "ExoPlayerLib/2.19.1 (Linux;Android 14) Media3"),
}  # fmt: skip
RUNGS = ("1080p", "720p", "480p", "360p")
#: How often each rung is watched: over fast lines on big screens, there on small ones, and over slow lines.
_BIG, _SMALL, _SLOW = (0.78, 0.17, 0.04, 0.01), (0.30, 0.46, 0.18, 0.06), (0.08, 0.34, 0.36, 0.22)
_SLOW_MBPS, _SMALL_SCREENS = 11, ("phone", "tablet")


@cache
def crowd_of(audience: str) -> Crowd:
    """The viewers whom CloudFront bills under a price region."""
    kinds = list(_kinds(audience))
    return Crowd(tuple(viewer for viewer, _ in kinds), tuple(accumulate(weight for _, weight in kinds)))


def _kinds(audience: str) -> Iterator[tuple[Viewer, float]]:
    for country, share, mbps, edges in _PLACES[audience]:
        near = edges.split()
        for device, (part, through, agent) in _DEVICES.items():
            for rung, often in zip(RUNGS, _often(device, mbps), strict=True):
                for edge in near:
                    viewer = Viewer(country, edge, device, quote(agent), rung, mbps * through)
                    yield viewer, share * part * often / len(near)


def _often(device: str, mbps: float) -> tuple[float, ...]:
    if mbps <= _SLOW_MBPS:
        return _SLOW
    return _SMALL if device in _SMALL_SCREENS else _BIG
