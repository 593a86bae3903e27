"""Reconciled: a forecast by titles that comes to what the forecast by services does, day by day.

What titles cost is known for as long as it is measured, what services cost for as long as there are bills: so the sum
of all days to come is theirs, and titles tell only how it is divided.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.costs.expected import Expected
from core.costs.forecast import Outlook
from core.forecasting.level import Array


def reconciled(titles: Outlook, services: Outlook) -> Outlook:
    """The titles' outlook with the services' total; as it is where either has too little history."""
    if not titles.total or not services.total:
        return titles
    wanted, found = _sum(services.expected), _sum(titles.expected)
    times = np.divide(wanted, found, out=np.ones_like(wanted), where=(wanted > 0) & (found > 0))
    expected = {label: _times(each, times) for label, each in titles.expected.items()}
    return replace(titles, expected=expected, total=services.total, known=services.known)


def _sum(expected: Mapping[str, Expected]) -> Array:
    return np.sum([each.mean for each in expected.values()], axis=0)


def _times(expected: Expected, times: Array) -> Expected:
    """Days that are billed stay as they are."""
    coming = np.where(np.arange(len(times)) < expected.billed_days, 1.0, times)
    return replace(expected, mean=expected.mean * coming)
