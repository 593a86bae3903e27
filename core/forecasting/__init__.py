"""Forecasts of daily series, and the days that were not as expected; what the numbers count does not matter here."""
