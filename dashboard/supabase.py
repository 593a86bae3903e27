"""Supabase: what is not known of a measured project, said where its figures stand."""

from datetime import date
from pathlib import Path

import streamlit as st

from core.billing.supabase_measure import is_measured, unsized_objects
from core.bootstrap import Platform
from core.costs.attention import EgressUnknown, unknown_egress
from core.costs.breakdown import break_down
from core.costs.dimensions import Dimension
from dashboard import format
from dashboard.format import markdown
from dashboard.view import View

_PROVIDER = "Supabase"


def measured_home(platform: Platform) -> Path | None:
    """The home of the measurements; None where no project is measured."""
    return platform.home if is_measured(platform.settings) and not platform.demo else None


def egress_words(missing: EgressUnknown) -> tuple[str, str]:
    """What is missing, and the cure, as Markdown."""
    what = (
        f"Supabase's egress is known until {format.day(missing.until)} only; later days count as nothing."
        if missing.until
        else "Supabase's egress is not measured, and counts as nothing."
    )
    return what, f"Copy it from the usage page of its dashboard into {markdown(str(missing.file))}, a line a day."


def draw_egress_note(platform: Platform, view: View, today: date) -> None:
    """Where Supabase is among the costs that are shown: that its egress is missing from them."""
    home = measured_home(platform)
    missing = unknown_egress(home, today) if home else None
    if missing and _PROVIDER in _providers(platform, view):
        st.caption(f":material/info: {' '.join(egress_words(missing))}")


def _providers(platform: Platform, view: View) -> set[str]:
    costs = break_down(platform.warehouse, view.period, Dimension.PROVIDER, view.metric, view.filters, view.currency)
    return {line.label for line in costs.lines}


def draw_unsized_note(platform: Platform) -> None:
    """Beside the stored bytes: how many objects are not in them."""
    unsized = unsized_objects(platform.database) if measured_home(platform) else 0
    if unsized:
        verb = "has" if unsized == 1 else "have"
        st.caption(f":material/info: {format.count(unsized, 'object')} at Supabase {verb} no known size: 0 bytes here.")
