"""Report: the figures as a table for people, and as docs/benchmarks.md."""

from collections.abc import Iterable
from pathlib import Path

from benchmarks.figures import Figure, Section

_HEAD = """# Benchmarks

Measured by `make bench` (`python -m benchmarks`), which writes this page. Ratios are between contenders that ran in
turn on the same machine in the same run, in CPU seconds unless said otherwise: they carry over to another machine,
seconds do not. The bills are generated (`python -m benchmarks.generate`): one month of CUR 2.0 with hourly rows, 105
columns, as snappy Parquet.
"""


def as_text(section: Section) -> str:
    """The section as lines for a terminal."""
    lines = [f"\n{section.title}"]
    width = max(len(figure.what) for figure in section.figures)
    for figure in section.figures:
        goal = f"  {figure.goal}: {figure.verdict.strip('*')}" if figure.goal else ""
        lines.append(f"  {figure.what:<{width}}  {figure.value:>14}  ({figure.evidence}){goal}")
    return "\n".join(lines)


def write_page(page: Path, sections: Iterable[Section]) -> None:
    """Write all sections as docs/benchmarks.md, the missed goals first."""
    shown = list(sections)
    page.parent.mkdir(exist_ok=True)
    page.write_text("\n".join([_HEAD, _summary(shown), *(_as_markdown(section) for section in shown)]))


def _summary(sections: list[Section]) -> str:
    goals = [figure for section in sections for figure in section.figures if figure.met is not None]
    missed = [f"* {figure.what}: {figure.value}, goal {figure.goal}" for figure in goals if not figure.met]
    if not missed:
        return f"All {len(goals)} goals are met.\n"
    return "\n".join([f"{len(goals) - len(missed)} of {len(goals)} goals are met. Missed:", "", *missed, ""])


def _as_markdown(section: Section) -> str:
    rows = [_row(figure) for figure in section.figures]
    return "\n".join(
        [
            f"## {section.title}",
            "",
            section.method,
            "",
            f"{section.measured_at}, `{section.command}`, {section.machine}.",
            "",
            "| what | measured | goal | | from |",
            "| --- | ---: | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _row(figure: Figure) -> str:
    return f"| {figure.what} | {figure.value} | {figure.goal} | {figure.verdict} | {figure.evidence} |"
