"""Known: what bills cannot know of yet, put into what is expected by them."""

from collections.abc import Container, Sequence
from datetime import date, timedelta

import numpy as np

from core.costs.dimensions import Filter
from core.costs.forecasted import KnownChange
from core.forecasting.level import WEEK, Array


def with_known(mean: Array, first: date, changes: Sequence[KnownChange], billed_days: int = 0) -> Array:
    """What is expected of the days from `first` on, changed; of the first `billed_days` nothing is, as they are billed.

    Where a change is under way, days are held at the first week that is forecast, as the trend that bills show is the
    change itself.
    """
    if not changes:
        return mean
    coming = mean[billed_days:]
    if any(each.under_way for each in changes) and len(coming):
        coming = np.resize(coming[:WEEK], len(coming))
    days = [first + timedelta(billed_days + ahead) for ahead in range(len(coming))]
    for change in changes:
        shares = np.array([change.share_on(day) for day in days])
        coming = coming * (1 + shares * (change.factor - 1)) + shares * float(change.daily)
    return np.concatenate([mean[:billed_days], coming])


def unknown_to(changes: Sequence[KnownChange], by: str, labels: Container[str], until: date) -> tuple[KnownChange, ...]:
    """Those that the bills do not know until a day: what multiplies a label's days counts where there is that label,
    and was not there before.
    """
    return tuple(
        each for each in changes if each.factor == 1 or (each.from_day >= until and each.at.get(by, "") in labels)
    )


def on_charges(changes: Sequence[KnownChange], filters: Sequence[Filter]) -> tuple[KnownChange, ...]:
    """Those that change what some filters let through."""
    return tuple(each for each in changes if all(each.at.get(only.dimension) == only.value for only in filters))
