"""Installation: the parts of the Settings page about connections and this machine."""

import platform as machine
from datetime import datetime
from pathlib import Path

import duckdb
import streamlit as st

from core.billing.checks import Check, check_connections
from core.billing.prices import load_prices
from core.bootstrap import Platform
from core.jobs.heartbeat import worker_seen_at
from core.settings import DemoMode, Settings
from dashboard import format, widgets
from dashboard.format import markdown

_CHECKS = "settings-checks"


def draw_connections(settings: Settings, now: datetime) -> None:
    """Each connection, whether it works, and the cure where it does not."""
    with widgets.card("connections", "Connections", "Each is tried for real: listed, read, asked."):
        if st.button("Check again", icon=":material/refresh:", key="settings-check") or _CHECKS not in st.session_state:
            with st.spinner("Trying each connection", show_time=True):
                st.session_state[_CHECKS] = (now, check_connections(settings, now.date()))
        checked_at, checks = st.session_state[_CHECKS]
        for check in checks:
            _draw_check(check)
        if not settings.connected:
            st.markdown(
                ":gray[:material/cable:] **No account is connected.** Fill in `.env` as `.env.example` shows: "
                "`PHYGHT_BILLING_SOURCES` for AWS bills, `SUPABASE_URL` for Supabase."
            )
        st.caption(f"Checked {format.instant(checked_at)}")


def _draw_check(check: Check) -> None:
    mark = ":green[:material/check_circle:]" if check.ok else ":red[:material/error:]"
    cure = f"  \n**{markdown(check.cure)}**" if check.cure else ""
    st.markdown(f"{mark} **{markdown(check.name)}**: {markdown(check.detail)}{cure}")


def draw_installation(platform: Platform, now: datetime) -> None:
    """What is installed, where it keeps its things, and whether its worker works."""
    prices = load_prices(platform.settings.phyght_price_catalog)
    seen = worker_seen_at(platform.database)
    facts = {
        "Data shown": "Demo data" if platform.demo else "Your own",
        "Demo": _DEMO[platform.settings.phyght_demo],
        "Folder": str(platform.home),
        "Database": format.size(platform.database.size_bytes()),
        "Warehouse": f"{format.size(_size(platform.warehouse.folder))}, revision {platform.warehouse.revision()}",
        "Worker": f"seen {widgets.when(seen, now)}" if seen else "not running",
        "Bills are read": f"every {widgets.ingest_interval(platform)}",
        "List prices": f"of {format.long_day(prices.compiled)}",
        "Supabase plan": str(platform.settings.supabase_plan),
        "Sessions end after": format.count(platform.settings.phyght_session_hours, "hour"),
        "Queries may take": f"{platform.settings.phyght_query_seconds} s, {platform.settings.phyght_query_rows:,} rows",
        "Versions": f"Python {machine.python_version()}, Streamlit {st.__version__}, DuckDB {duckdb.__version__}",
    }
    with widgets.card("installation", "This installation", "Set by environment variables, or the file .env"):
        widgets.plain_table(
            {"": list(facts), "Value": list(facts.values())}, alt="Facts about this installation", hide_header=True
        )


_DEMO = {
    DemoMode.AUTO: "shown while nothing real is connected or ingested",
    DemoMode.ON: "always shown",
    DemoMode.OFF: "never shown",
}


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else path.parent.glob(f"{path.name}*")
    return sum(file.stat().st_size for file in files if file.is_file())
