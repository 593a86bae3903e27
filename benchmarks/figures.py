"""Figures: what a benchmark found, kept as JSON so that one can be measured again without the others."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured figure, beside the goal it was given."""

    what: str
    value: str
    evidence: str  #: the two numbers of the ratio, or what was compared
    goal: str = ""  #: empty where the figure only informs
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """The word for the table."""
        return "" if self.met is None else "met" if self.met else "**missed**"


def at_most(what: str, value: float, most: float, unit: str, evidence: str) -> Figure:
    """A figure whose goal is not to be greater."""
    return Figure(what, f"{value:.4g} {unit}", evidence, f"at most {most:g} {unit}", value <= most)


def at_least(what: str, value: float, least: float, unit: str, evidence: str) -> Figure:
    """A figure whose goal is not to be less."""
    return Figure(what, f"{value:.4g} {unit}".strip(), evidence, f"at least {least:g} {unit}".strip(), value >= least)


def within(what: str, value: float, least: float, most: float, unit: str, evidence: str) -> Figure:
    """A figure whose goal is to be neither less nor more."""
    return Figure(what, f"{value:.4g} {unit}", evidence, f"{least:g} to {most:g} {unit}", least <= value <= most)


@dataclass(frozen=True)
class Section:
    """The figures of one benchmark, and how they came about."""

    title: str
    method: str
    figures: tuple[Figure, ...]
    measured_at: str = ""
    command: str = ""
    machine: str = ""


def keep(folder: Path, name: str, section: Section) -> None:
    """Remember a benchmark's figures; those from before are forgotten."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(asdict(section), indent=2))


def kept(folder: Path, name: str) -> Section | None:
    """The figures of a benchmark; None where it was never run."""
    file = folder / f"{name}.json"
    return _section(json.loads(file.read_text())) if file.exists() else None


def _section(told: dict[str, Any]) -> Section:
    figures = tuple(Figure(**figure) for figure in told.pop("figures"))
    return Section(figures=figures, **told)
