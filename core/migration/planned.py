"""Planned: one video of a plan."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class PlannedVideo:
    """A video of a plan."""

    video_id: str
    title: str
    objects: int
    size_bytes: int
    monthly_before_usd: Decimal  #: storage at the source
    monthly_after_usd: Decimal  #: at the target
    one_off_usd: Decimal  #: its requests, and its part of the egress by its bytes
    blocked: str = ""  #: why it cannot move; empty where it can
    advice: str = ""

    @property
    def monthly_saving_usd(self) -> Decimal:
        return self.monthly_before_usd - self.monthly_after_usd
