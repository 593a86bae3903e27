"""Told: exact amounts and how far they may be off, as days, sums and months with bands."""

from datetime import date
from decimal import Decimal

from core.costs.amounts import GRAIN, Amounts
from core.costs.expected import Expected
from core.costs.forecasted import Band, Bands, ForecastDay, ForecastMonth, ForecastSum, PartForecast
from core.costs.frame import Frame
from core.costs.past import ZERO


def told(label: str, amounts: Amounts, expected: Expected, frame: Frame) -> PartForecast:
    """One part, or the total: its amounts, with bands as wide as its own earlier forecasts were wrong."""
    days = [_with_charges(amounts, day, frame.day(day)) for day in range(frame.asked.h)]
    stays_above = expected.stays_above
    return PartForecast(
        label,
        tuple(
            ForecastDay(frame.day(n), days[n], _bands(days[n], _day(expected, n), ZERO if stays_above else None))
            for n in range(frame.horizon)
        ),
        tuple(_month(amounts, expected, month, at, frame) for at, month in enumerate(frame.months)),
        tuple(
            ForecastSum(
                count,
                sum(days[:count], ZERO),
                _bands(sum(days[:count], ZERO), _sum(expected, at, 0.0), ZERO if stays_above else None),
            )
            for at, count in enumerate(frame.sums)
        ),
        expected.earlier,
    )


def _with_charges(amounts: Amounts, ahead: int, day: date) -> Decimal:
    charges = amounts.charges.get(day)
    return amounts.days[ahead] + (charges.billed + charges.to_come if charges else ZERO)


def _month(amounts: Amounts, expected: Expected, month: date, at: int, frame: Frame) -> ForecastMonth:
    charges, to_come = amounts.charges[month], amounts.to_come[month]
    billed = amounts.billed[month] + charges.billed
    # what grows with the days is as unsure as they are
    follow = min(max(float(charges.following) / float(to_come), 0.0), 1.0) if to_come else 0.0
    halves = _sum(expected, len(frame.sums) + at, follow)
    whole = billed + to_come + charges.to_come
    return ForecastMonth(
        month, billed, to_come, charges.to_come, _bands(whole, halves, billed if expected.stays_above else None)
    )


def _day(expected: Expected, ahead: int) -> dict[int, float]:
    return {level: float(halves[ahead]) for level, halves in expected.days.items()}


def _sum(expected: Expected, at: int, follow: float) -> dict[int, float]:
    return {level: float(halves[at]) * (1 + follow) for level, halves in expected.ranges.items()}


def _bands(middle: Decimal, halves: dict[int, float], least: Decimal | None) -> Bands:
    return {level: _band(middle, Decimal(half).quantize(GRAIN), least) for level, half in halves.items()}


def _band(middle: Decimal, half: Decimal, least: Decimal | None) -> Band:
    lo = middle - half
    return Band(lo if least is None else min(max(lo, least), middle), middle + half)
