"""Forecasting: what `python -m core forecast` answers, for files of daily series."""

from pathlib import Path
from typing import Any

from core.forecasting.forecast import Forecast, forecast
from core.forecasting.series import read_series


def ours(files: list[str], h: int, levels: list[int]) -> list[dict[str, Any]]:
    """Contender: the next h days of all series of each file, and their sum, by name."""
    return [_told(Path(file), h, levels) for file in files]


def _told(file: Path, h: int, levels: list[int]) -> dict[str, Any]:
    series, _ = read_series(file)
    return {each.unique_id: _answer(each, levels) for each in forecast(series, h, levels).forecasts}


def _answer(each: Forecast, levels: list[int]) -> dict[str, Any]:
    told: dict[str, Any] = {"mean": each.mean.tolist()}
    for level in levels:
        days, totals = each.days[level], each.totals[level]
        told |= {f"lo-{level}": days.lo.tolist(), f"hi-{level}": days.hi.tolist()}
        told |= {f"total-lo-{level}": float(totals.lo[-1]), f"total-hi-{level}": float(totals.hi[-1])}
    return told
