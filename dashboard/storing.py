"""Storing: how each place that videos lie in is doing, on Settings and in a line on the Overview."""

from collections.abc import Iterable
from datetime import datetime

import streamlit as st

from core.bootstrap import Platform
from core.storage.breaker import Condition, State
from core.storage.local import LocalProvider
from core.storage.provider import StorageProvider
from dashboard import format, widgets
from dashboard.format import markdown
from dashboard.numbers import Number

_WELL, _WARNING = ":green[:material/check_circle:]", ":orange[:material/warning:]"
_FAILING, _UNKNOWN = ":red[:material/error:]", ":gray[:material/help:]"


def conditions(platform: Platform) -> list[Condition]:
    """Of every provider that is configured; what is failing first."""
    found = [platform.health.condition(each.name) for each in platform.providers.all]
    return sorted(found, key=lambda each: each.well)


def draw_providers(platform: Platform, now: datetime) -> None:
    """Each provider: where it is, whether it is well, how fast it answers, and its last error with the cure."""
    subtitle = "Where videos lie. The worker asks each every 5 minutes; no new videos go to one that fails."
    with widgets.card("providers", "Storage providers", subtitle, height="content"):
        asked = st.button("Ask them now", icon=":material/refresh:", key="providers-ask")
        for provider in platform.providers.all:
            condition = platform.health.condition(provider.name)
            if asked or condition.since is None:
                with st.spinner(f"Asking {markdown(format.provider(provider.name))}", show_time=True):
                    condition = platform.health.probe(provider)
            _draw_provider(provider, condition, now)
        widgets.how_made(Number.LATENCY, "What the latency is")


def _draw_provider(provider: StorageProvider, condition: Condition, now: datetime) -> None:
    state = _state(condition, now)
    name = markdown(format.provider(provider.name))
    lines = [f"{_mark(condition)} **{name}**: {state}  \n:gray[{_place(provider)}]"]
    if condition.error and condition.failed_at:
        last = "" if not condition.well else f"Last error, {widgets.when(condition.failed_at, now)}: "
        cure = f" **{markdown(condition.advice)}**" if condition.advice else ""
        lines.append(f"{last}{markdown(condition.error)}{cure}")
    st.markdown("  \n".join(lines))


def _mark(condition: Condition) -> str:
    if condition.since is None:
        return _UNKNOWN
    if condition.well:
        return _WELL
    return _WARNING if condition.state is State.CLOSED else _FAILING


def _state(condition: Condition, now: datetime) -> str:
    """In words; never by its colour alone."""
    match condition.state:
        case State.CLOSED if condition.since is None:
            return "not asked yet."
        case State.CLOSED if condition.well:
            return f"well{_latency(condition)}. Asked {widgets.when(condition.succeeded_at, now)}."
        case State.CLOSED:
            return f"failed {format.count(condition.failures, 'time')} in a row; at the third, no new videos go there."
        case State.OPEN:
            retry = format.plain_instant(condition.retry_at, now.date()) if condition.retry_at else "soon"
            return f"fails since {widgets.when(condition.since, now)}. No new videos go there until {retry}."
        case State.HALF_OPEN:
            return "failed, and is being tried again just now."


def _latency(condition: Condition) -> str:
    return "" if condition.latency_ms is None else f", answered in {condition.latency_ms:,.0f} ms"


def _place(provider: StorageProvider) -> str:
    if isinstance(provider, LocalProvider):
        stands_for = provider.name.removeprefix("demo-")
        return "A folder of this machine" + (
            "" if stands_for == provider.name else f", in the place of {format.provider(stands_for)}"
        )
    kind = "Supabase" if provider.name == "supabase" else "S3"
    region = f" in {markdown(provider.region)}" if provider.region else ""
    residency = f", for data of {markdown(provider.residency)}" if provider.residency else ""
    return f"{kind} bucket {markdown(provider.bucket)}{region}{residency}"


def line(conditions: Iterable[Condition]) -> str:
    """All providers in a few words, as Markdown."""
    return f"Storage: {'; '.join(map(_brief, conditions))}."


def _brief(condition: Condition) -> str:
    name = markdown(format.provider(condition.provider))
    if condition.since is None:
        return f"{name} not asked yet"
    if condition.well:
        return f"{name} is well{_latency(condition)}"
    return f":red[{name} fails]"
