"""Performance figures: the panels over time of each section."""

from collections.abc import Callable, Sequence
from datetime import datetime

import plotly.graph_objects as go

from core.costs.period import Period
from core.performance.delivery import TARGET_HIT_RATIO, By, Line
from core.performance.experience import TARGET_STARTUP_MS, Experience, ExperienceAnswer
from dashboard import format, theme
from dashboard.performance_panels import Curve, Panel, Step, days_of, figure, hours_of
from dashboard.scales import Unit


def delivery_panels(period: Period, grain: By, found: Sequence[Line], until: datetime | None, timed: bool) -> go.Figure:
    """Hit ratio, waiting, errors and amounts of each hour or day."""
    steps = (hours_of if grain is By.HOUR else days_of)(period, until)
    known = {line.label: line for line in found}
    lines = [known.get(_label(step)) for step in steps.starts]

    def curve(name: str, value: Callable[[Line], float | None], text: Callable[[float], str], hue: str) -> Curve:
        values = [value(line) if line else None for line in lines]
        return Curve(name, values, ["–" if found is None else f"{name} {text(found)}" for found in values], hue)

    def amounts(name: str, value: Callable[[Line], float | None], text: Callable[[float], str], hue: str) -> Curve:
        drawn = curve(name, value, text, hue)
        return Curve(name, drawn.values, drawn.texts, hue, columns=True)

    panels = [
        Panel(
            f"Cache hit ratio, {_key('requests', theme.BLUE)} and {_key('bytes', theme.SKY)}",
            [
                curve("by requests", lambda line: line.hit_ratio, format.rate, theme.BLUE),
                curve("by bytes", lambda line: line.byte_hit_ratio, format.rate, theme.SKY),
            ],
            Unit.SHARE,
            TARGET_HIT_RATIO,
            f"wanted: {format.share(TARGET_HIT_RATIO)}",
            from_zero=False,
        ),
        Panel(
            f"Errors, share of requests, {_key('4xx', theme.GOLD)} and {_key('5xx', theme.ORANGE)}",
            [
                curve("4xx", lambda line: line.rate_4xx, format.rate, theme.GOLD),
                curve("5xx", lambda line: line.rate_5xx, format.rate, theme.ORANGE),
            ],
            Unit.SHARE,
        ),
        Panel("Requests", [amounts("requests", lambda line: line.requests, format.compact, theme.BLUE)], Unit.COUNT),
        Panel("Bytes sent", [amounts("sent", lambda line: line.bytes, format.size, theme.VIOLET)], Unit.BYTES),
    ]
    if timed:
        panels.insert(1, _waiting(curve))
    return figure(steps, panels)


def _waiting(curve: Callable[..., Curve]) -> Panel:
    keys = f"{_key('p50', theme.SKY)}, {_key('p95', theme.VIOLET)} and {_key('p99', theme.PINK)}"
    return Panel(
        f"Time to first byte, {keys}",
        [
            curve("p50", lambda line: line.ttfb_ms and line.ttfb_ms.p50, format.milliseconds, theme.SKY),
            curve("p95", lambda line: line.ttfb_ms and line.ttfb_ms.p95, format.milliseconds, theme.VIOLET),
            curve("p99", lambda line: line.ttfb_ms and line.ttfb_ms.p99, format.milliseconds, theme.PINK),
        ],
        Unit.MILLISECONDS,
    )


def _label(step: Step) -> str:
    return f"{step:%Y-%m-%dT%H:%M:%SZ}" if isinstance(step, datetime) else step.isoformat()


def experience_panels(answer: ExperienceAnswer, until: datetime | None) -> go.Figure:
    """Start-up and standing still of each day, with what they are to come down to."""
    steps = days_of(answer.period, until)
    days = {each.label: each for each in answer.lines}
    lines = [days.get(_label(step)) for step in steps.starts]

    def curve(name: str, value: Callable[[Experience], float | None], text: Callable[[float], str], hue: str) -> Curve:
        values = [value(line) if line else None for line in lines]
        return Curve(name, values, ["–" if found is None else f"{name} {text(found)}" for found in values], hue)

    startup = [
        curve("start-up p50", lambda line: line.startup_p50_ms, format.milliseconds, theme.SKY),
        curve("start-up p95", lambda line: line.startup_p95_ms, format.milliseconds, theme.VIOLET),
    ]
    return figure(
        steps,
        [
            Panel(
                f"Start-up, {_key('p50', theme.SKY)} and {_key('p95', theme.VIOLET)}", startup, Unit.MILLISECONDS,
                float(TARGET_STARTUP_MS), "wanted: below 1 s",
            ),
            Panel(
                "Rebuffering, share of watching",
                [curve("rebuffering", lambda line: line.rebuffering, format.rate, theme.ORANGE)],
                Unit.SHARE, answer.rebuffering_target, f"wanted: {format.rate(answer.rebuffering_target)}",
            ),
            Panel(
                f"Of exact sessions, {_key('left before start', theme.GOLD)} and {_key('failed', theme.PINK)}",
                [
                    curve("left before start", lambda line: line.ebvs, format.rate, theme.GOLD),
                    curve("failed", lambda line: line.failures, format.rate, theme.PINK),
                ],
                Unit.SHARE,
            ),
        ],
    )  # fmt: skip


def _key(name: str, hue: str) -> str:
    """The name of a line, in its colour, as no line can be named at its end on a phone."""
    return f'<span style="color:{hue}">■</span> {name}'
