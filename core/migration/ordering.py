"""Ordering: which videos of a plan are moved first."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from core.migration.candidates import Candidate
from core.migration.options import Order
from core.migration.planned import PlannedVideo

_LARGEST = float("inf")
_Looked = tuple[Candidate, PlannedVideo, Decimal]


def order_of(order: Order, views: Mapping[str, int] | None) -> Callable[[_Looked], tuple[object, ...]]:
    """What videos are sorted by; of equals the oldest come first.

    While nothing is known of views, that of the most watched is the order of the coldest: by age.
    """

    def watched(video: Candidate) -> int:
        return (views or {}).get(video.video_id, 0)

    def key(looked: _Looked) -> tuple[object, ...]:
        video, planned, _ = looked
        match Order.COLDEST if views is None and order is Order.MOST_WATCHED_LAST else order:
            case Order.CHEAPEST:
                first = _cheapest(planned)
            case Order.LARGEST:
                first = (-planned.size_bytes,)
            case Order.COLDEST:
                first = (watched(video),)
            case Order.MOST_WATCHED_LAST:
                first = watched(video), *_cheapest(planned)
        return *first, video.created_at, video.video_id

    return key


def _cheapest(planned: PlannedVideo) -> tuple[float, Decimal]:
    return -_saved_for_a_dollar(planned), -planned.monthly_saving_usd


def _saved_for_a_dollar(video: PlannedVideo) -> float:
    saving = video.monthly_saving_usd
    if video.one_off_usd:
        return float(saving / video.one_off_usd)
    return _LARGEST if saving > 0 else float(saving)
