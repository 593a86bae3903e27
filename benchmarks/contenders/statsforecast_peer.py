"""statsforecast: its models, given the same files; runs in the environment that has it."""

from typing import Any

import pandas as pd
from statsforecast import StatsForecast  # pyright: ignore[reportMissingImports]
from statsforecast.models import MSTL, AutoETS, SeasonalNaive  # pyright: ignore[reportMissingImports]

_WEEK = 7
_MODELS = {
    "SeasonalNaive": lambda: SeasonalNaive(_WEEK, alias="m"),
    "AutoETS": lambda: AutoETS(season_length=_WEEK, damped=True, alias="m"),
    "MSTL": lambda: MSTL(season_length=_WEEK, trend_forecaster=AutoETS(model="ZZN"), alias="m"),
}


def forecasts(files: list[str], h: int, levels: list[int], model: str) -> list[dict[str, Any]]:
    """Contender: the next h days of all series of each file, by name; it has no intervals of sums."""
    return [_told(file, h, levels, model) for file in files]


def _told(file: str, h: int, levels: list[int], model: str) -> dict[str, Any]:
    days = pd.read_csv(file, parse_dates=["ds"])
    days["y"] = days.groupby("unique_id")["y"].transform(_filled)
    found = StatsForecast(models=[_MODELS[model]()], freq="D", n_jobs=1).forecast(df=days, h=h, level=levels)
    names = {"m": "mean"} | {f"m-{end}-{level}": f"{end}-{level}" for level in levels for end in ("lo", "hi")}
    return {
        str(name): {told: rows[column].tolist() for column, told in names.items()}
        for name, rows in found.groupby("unique_id")
    }


def _filled(values: pd.Series) -> pd.Series:
    """Days that are not known are like those a week before, as these models need every day."""
    for _ in range(len(values) // _WEEK):
        values = values.fillna(values.shift(_WEEK))
    return values.bfill()
