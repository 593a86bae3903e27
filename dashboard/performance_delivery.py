"""Performance of delivery, drawn: what came from caches, how fast, how often in vain, and where."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from core.performance.delivery import By, Line
from core.performance.worst import BadEdge
from core.reconciliation.reconciled import Badge
from core.uploads.history import UploadSpeeds
from dashboard import (
    bars,
    charts,
    countries,
    format,
    measured_days,
    performance_map,
    performance_nothing,
    performance_paths,
    performance_speeds,
    reliance,
    theme,
    widgets,
)
from dashboard import performance_controls as controls
from dashboard.numbers import Number
from dashboard.performance_answers import Delivered, has_edges
from dashboard.performance_controls import Titles
from dashboard.performance_paths import Names
from dashboard.performance_tables import draw_breakdown, draw_worst_edges
from dashboard.widgets import Meaning

_NO_EDGES = "Edges of one video or rung are told apart where it is broken down by edge: choose that above."
_SOURCE = "CloudFront's logs; crawlers, scripts and health checks left out; UTC"


@dataclass(frozen=True)
class Beside:
    """What is known beside the logs."""

    uploads: UploadSpeeds | None
    badges: Sequence[Badge]  #: how far the bill agrees with the logs
    names: Names


def draw(answer: Delivered, titles: Titles, beside: Beside) -> None:
    """The figures and how far to rely on them, their course, where they are from, and what is behind them."""
    if not answer.now.total.requests:
        covered = answer.covered
        performance_nothing.draw("requests", answer.view, covered.request_days, covered.requests_until, NO_LOGS)
        return
    draw_tiles(answer)
    _draw_remarks(answer)
    if beside.badges:
        with st.container(horizontal=True, vertical_alignment="center", key="reliance"):
            reliance.draw(beside.badges)
    course, places = st.columns([1, 1])
    with course:
        _draw_course(answer)
    with places:
        _draw_map(answer)
        draw_worst_edges(answer)
        performance_speeds.draw(answer.now.total, beside.uploads, format.brief_period(answer.view.period))
    draw_breakdown(answer, titles)
    performance_paths.draw(answer, beside.names)


def finding(answer: Delivered) -> str:
    """What there is to say first."""
    total, before = answer.now.total, answer.before
    if not total.requests:
        return f"No request is known of {format.period(answer.view.period)}."
    if total.hit_ratio is None:
        return f"No request in {format.period(answer.view.period)} could have come from a cache."
    change = format.points(total.hit_ratio, before.hit_ratio if before else None)
    compared = f", {change.in_words} in {format.brief_period(answer.view.period.previous)}" if before else ""
    failed = format.rate(total.failed)
    worst = _worst_in_words(answer.worst[0]) if answer.worst else ""
    return f"**{format.rate(total.hit_ratio)}** of requests came from the cache{compared}; {failed} failed.{worst}"


def _worst_in_words(worst: BadEdge) -> str:
    edge = format.markdown(worst.line.label)
    if worst.failed and worst.failed.stands_out:
        return f" Edge **{edge}** is the worst: {format.rate(worst.failed.share)} failed there."
    return f" Edge **{edge}** is the worst: {format.rate(worst.slow and worst.slow.share)} waited long there."


NO_LOGS = """\
No log of CloudFront was read yet. Turn on its **standard logging** to a bucket (fields `time-to-first-byte`,
`x-edge-response-result-type` and `c-country` among them), and read it: `python -m core ingest s3://bucket/prefix`.
"""


def draw_tiles(answer: Delivered) -> None:
    """The figures to watch, each against the period before."""
    now, before = answer.now.total, answer.before
    against = f"vs {format.brief_period(answer.view.period.previous)}" if before else ""
    speed, waited = now.throughput_mbps, now.ttfb_ms

    def share(label: str, number: Number, of: Callable[[Line], float | None], growth: Meaning) -> None:
        value = of(now)
        change = format.points(value, of(before)) if before else None
        widgets.tile(label, format.rate(value), number, change, against, growth)

    def amount(label: str, text: str, number: Number, value: float, was: float | None, growth: Meaning) -> None:
        change = None if was is None else format.measured_change(value, was)
        widgets.tile(label, text, number, change, against, growth)

    with st.container(horizontal=True, key="tiles"):
        share("Cache hit ratio", Number.CACHE_HIT_RATIO, lambda line: line.hit_ratio, Meaning.GOOD)
        share("Hit ratio by bytes", Number.CACHE_HIT_RATIO, lambda line: line.byte_hit_ratio, Meaning.GOOD)
        share("Failed requests", Number.ERROR_RATES, lambda line: line.failed, Meaning.BAD)
        if waited:
            was = before.ttfb_ms.p95 if before and before.ttfb_ms else None
            text = format.milliseconds(waited.p95)
            amount("First byte, p95", text, Number.TIME_TO_FIRST_BYTE, waited.p95, was, Meaning.BAD)
        if speed:
            was = before.throughput_mbps.p50 if before and before.throughput_mbps else None
            text = f"{speed.p50:,.1f} Mbit/s"
            amount("Download, p50", text, Number.DELIVERY_SPEED, speed.p50, was, Meaning.GOOD)
        was = before.requests if before else None
        amount("Requests", format.compact(now.requests), Number.REQUESTS, now.requests, was, Meaning.NEITHER)
        if now.bytes is not None:
            was = before.bytes if before else None
            amount("Bytes sent", format.size(now.bytes), Number.BYTES_SENT, now.bytes, was, Meaning.NEITHER)


def _draw_remarks(answer: Delivered) -> None:
    view, covered = answer.view, answer.covered
    with st.container(horizontal=True, vertical_alignment="center", key="remarks"):
        measured_days.draw(view.period, covered.requests_in(view.period), covered.requests_in(view.period.previous))
        if answer.sampled:
            st.badge(f"From a sample: {format.rate(answer.sampled)} of requests", icon=":material/percent:")
        if answer.now.bots:
            left_out = format.count(answer.now.bots, "request")
            st.caption(f"Left out: {left_out} of crawlers, scripts and health checks", width="content")
        if not answer.now.timed:
            st.caption("Times are kept by hour and place, and by day and video, not by both at once", width="content")
        widgets.how_made(Number.CACHE_HIT_RATIO, "How the hit ratio is made")


def _draw_course(answer: Delivered) -> None:
    step = "hour" if answer.grain is By.HOUR else "day"
    about = f"Each {step} of {format.period(answer.view.period)}. {_SOURCE}. Dotted: wanted."
    with widgets.card("course", "How it went", about):
        st.plotly_chart(answer.figure, config=charts.CONFIG, key="course", alt=_course_in_words(answer, step))


def _course_in_words(answer: Delivered, step: str) -> str:
    known = [line for line in answer.steps if line.hit_ratio is not None]
    if not known:
        return f"Delivery by {step}: nothing that could come from a cache"
    low = min(known, key=lambda line: line.hit_ratio or 0)
    high = max(known, key=lambda line: line.hit_ratio or 0)
    return (
        f"Delivery by {step}: cache hit ratio lowest {format.rate(low.hit_ratio)} on {low.label}, "
        f"highest {format.rate(high.hit_ratio)} on {high.label}; below it times, errors and amounts"
    )


def _draw_map(answer: Delivered) -> None:
    view, lines = answer.view, answer.countries
    measure = f"Requests by country, {format.brief_period(view.period)}; each colour stands for a fifth of them"
    with widgets.card("map", "Where viewers are", measure):
        key = f"map {hash(view)}"

        def choose() -> None:
            if found := performance_map.chosen(st.session_state[key]):
                controls.choose(view, *found)

        st.plotly_chart(
            answer.map,
            config=performance_map.MAP_CONFIG,
            key=key,
            selection_mode="points",
            on_select=choose,
            alt=f"World map of requests: {_countries_in_words(answer)}",
        )
        performance_map.draw_legend(lines, bool(answer.edges), bool(answer.worst))
        if not has_edges(view):
            st.caption(f":material/info: {_NO_EDGES}")
        _draw_ranked(answer)


def _ranked(answer: Delivered) -> tuple[list[str], list[int]]:
    lines = answer.countries
    main, rest = lines[: charts.MOST_LABELS], lines[charts.MOST_LABELS :]
    labels, requests = [line.label for line in main], [line.requests for line in main]
    if others := sum(line.requests for line in rest):
        labels, requests = [*labels, theme.OTHER], [*requests, others]
    return labels, requests


def _countries_in_words(answer: Delivered) -> str:
    labels, requests = _ranked(answer)
    named = (f"{_name(label)} {format.compact(count)}" for label, count in zip(labels, requests, strict=True))
    return "; ".join(named)


def _name(code: str) -> str:
    return countries.name(code) or "unknown"


def _draw_ranked(answer: Delivered) -> None:
    labels, requests = _ranked(answer)
    everything = answer.now.total.requests
    figure = bars.bars(
        [_name(label) for label in labels],
        [Decimal(count) for count in requests],
        [f"{format.compact(count)}, {format.share(count / everything)}" for count in requests],
        [theme.GREY if label == theme.OTHER else theme.BLUE for label in labels],
        room=0.6,
    )
    figure.update_layout(height=18 + 27 * len(labels))
    key = f"countries {hash(answer.view)}"

    def choose() -> None:
        points = st.session_state[key]["selection"]["points"]
        controls.choose(answer.view, By.COUNTRY, labels[points[0]["point_index"]] if points else None)

    st.plotly_chart(
        figure,
        config=charts.CONFIG,
        key=key,
        selection_mode="points",
        on_select=choose,
        alt=f"Requests by country: {_countries_in_words(answer)}",
    )
