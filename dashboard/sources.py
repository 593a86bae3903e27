"""Sources: the parts of the Settings page about where bills come from."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.access.roles import Permission, User
from core.billing.reports import IngestionRun
from core.billing.runs import ingestion_runs
from core.bootstrap import Platform
from core.costs.freshness import Freshness, freshness
from core.sources.rest import Measurements
from dashboard import format, narrow_table, session, widgets
from dashboard.format import markdown
from dashboard.ingestion import Running, ingestions
from dashboard.narrow_table import Cell
from dashboard.numbers import Number

_LOOKED_BACK = 100
_OUTCOMES = {
    "done": ":green[:material/check_circle:] Read",
    "refused": ":red[:material/error:] Something was refused",
    "failed": ":red[:material/error:] Failed",
    "running": ":blue[:material/sync:] Under way, or cut off",
}


def draw_sources(platform: Platform, user: User, now: datetime) -> None:
    """Each source with its last run; those read by hand as well."""
    last: dict[str, IngestionRun] = {}
    for run in ingestion_runs(platform.database, _LOOKED_BACK):
        last.setdefault(run.source, run)
    for number, address in enumerate(platform.sources):
        _draw_source(platform, user, f"source-{number}", address, last.pop(address, None), now)
    if not platform.sources:
        with widgets.card("no-sources", "No sources", "Nothing is read by itself."):
            st.markdown(
                "Put `PHYGHT_BILLING_SOURCES=s3://bucket/prefix` into `.env` and start again. "
                "The README says how to create the export and which permissions it needs."
            )
    for number, (address, run) in enumerate(last.items()):
        with widgets.card(f"by-hand-{number}", markdown(format.export(address)), "Read by hand"):
            _draw_run(run, now, f"by-hand-{number}")


def _draw_source(
    platform: Platform, user: User, name: str, address: str, run: IngestionRun | None, now: datetime
) -> None:
    every = widgets.ingest_interval(platform)
    with widgets.card(name, markdown(format.export(address)), f"{markdown(address)}, read every {every}"):
        if run:
            _draw_run(run, now, name)
        else:
            st.markdown("Not read yet.")
        if user.may(Permission.INGEST):
            _draw_ingest_now(platform, name, address)


def _draw_run(run: IngestionRun, now: datetime, name: str) -> None:
    st.markdown(f"{_OUTCOMES[run.outcome]}, {widgets.when(run.started_at, now)}. {_counted(run)}")
    if run.error:
        st.markdown(markdown(run.error))
    if run.left_alone:
        st.caption(markdown(f"{run.left_alone}."))
    if run.measured:
        _draw_measured(run.measured)
    if run.deliveries:
        refused = any(each.outcome == "refused" for each in run.deliveries)
        with st.expander(f"Deliveries ({len(run.deliveries)})", expanded=refused):
            table = _deliveries(run)
            st.dataframe(
                table,
                hide_index=True,
                key=f"deliveries of {name}",
                column_config={"Total": st.column_config.TextColumn(alignment="right")},
                alt="What became of each delivery",
            )
            rows = pa.Table.from_pandas(table, preserve_index=False)
            widgets.downloads(f"deliveries-{name}", rows, Permission.SEE_SETTINGS)


def _draw_measured(measured: Measurements) -> None:
    counts = {"loaded": measured.loaded, "unchanged": measured.unchanged}
    said = [", ".join(f"{number:,} {outcome}" for outcome, number in counts.items() if number) or "none"]
    if measured.refused:
        what = "day or file" if measured.refused == 1 else "days or files"
        said.append(f"{measured.refused:,} {what} refused")
    if measured.files:
        bad = f", {measured.bad_lines:,} of them bad" if measured.bad_lines else ""
        said.append(f"{format.count(measured.files, 'file')} with {format.count(measured.lines, 'line')}{bad}")
    st.markdown(f"Measured days: {'; '.join(said)}.")
    for said in (*measured.remarks, *measured.reasons):
        st.caption(markdown(said))


def _counted(run: IngestionRun) -> str:
    counts = Counter(str(each.outcome) for each in run.deliveries)
    return f"{', '.join(f'{number} {outcome}' for outcome, number in counts.items())}." if counts else ""


def _deliveries(run: IngestionRun) -> pd.DataFrame:
    ordered = sorted(run.deliveries, key=lambda each: (each.outcome != "refused", str(each.period)), reverse=False)
    return pd.DataFrame(
        {
            "Outcome": [str(each.outcome) for each in ordered],
            "Month": [f"{each.period:%b %Y}" if each.period else "" for each in ordered],
            "Export": [format.export(each.export) for each in ordered],
            "Kind": [each.kind or "" for each in ordered],
            "Total": [
                format.cents(each.total, each.currency or "") if each.total is not None else "" for each in ordered
            ],
            "Rows": [each.rows for each in ordered],
            "Complete": ["yes" if each.complete else "not verified" for each in ordered],
            "Remark": [each.reason for each in ordered],
        }
    )


def _draw_ingest_now(platform: Platform, name: str, address: str) -> None:
    running = ingestions().of(address)
    under_way = bool(running and not running.ended)  # as the page is drawn; `running` itself goes on

    @st.fragment(run_every=1 if under_way else None)
    def watch() -> None:
        session.require(Permission.INGEST)
        if running and not running.ended:
            _draw_progress(running)
        elif under_way:
            st.rerun()  # it has just ended: show the new outcome

    if running and running.error:
        st.error(markdown(running.error), icon=":material/error:")
    st.button(
        "Ingest now",
        key=f"ingest {name}",
        icon=":material/sync:",
        disabled=under_way,
        on_click=_ingest_now,
        args=(platform, address),
    )
    watch()


def _ingest_now(platform: Platform, address: str) -> None:
    user = session.require(Permission.INGEST)  # a click runs before the page, and its sender may be signed out by now
    ingestions().start(platform, user, address, lambda: datetime.now(UTC))


def _draw_progress(running: Running) -> None:
    if running.progress is None:
        st.progress(0.0, "Looking for new deliveries")
        return
    left = running.seconds_left
    eta = "" if left is None else f", about {format.count(max(round(left), 1), 'second')} left"
    doing = markdown(format.export(running.progress.doing))
    st.progress(min(running.share, 1.0), f"Reading {doing}{eta}. Runs on the server; you may leave this page.")


def draw_freshness(platform: Platform, now: datetime) -> None:
    """How far the newest bill of each export goes."""
    fresh = freshness(platform.warehouse)
    if not fresh:
        return
    with widgets.card("freshness", "How far the bills go", "The newest month of each export; times are UTC"):
        with widgets.wide("freshness"):
            _draw_wide_freshness(fresh, now)
        with widgets.narrow("freshness"):
            narrow_table.draw(["Provider", "Usage until"], [_fresh_cells(each, now) for each in fresh])
        widgets.how_made(Number.DATA_AGE, "What this means")


def _draw_wide_freshness(fresh: Sequence[Freshness], now: datetime) -> None:
    widgets.plain_table(
        {
            "Provider": [each.provider for each in fresh],
            "Usage until": [_usage_until(each) for each in fresh],
            "State": [_state(each) for each in fresh],
            "Export": [format.export(each.export) for each in fresh],
            "Month": [f"{each.billing_period_start:%b %Y}" for each in fresh],
            "Delivered": [widgets.when(each.delivered_at, now) for each in fresh],
        },
        alt="How far the newest bill of each export goes",
    )


def _fresh_cells(each: Freshness, now: datetime) -> list[Cell]:
    month = f"{each.billing_period_start:%B %Y}"
    delivered = f"delivered {format.ago(each.delivered_at, now)}"
    return [
        Cell(each.provider, f"{format.export(each.export)}, {month}"),
        Cell(_usage_until(each), f"{_state(each)}, {delivered}"),
    ]


def _usage_until(each: Freshness) -> str:
    return format.dated_instant(each.usage_until) if each.usage_until else "none"


def _state(each: Freshness) -> str:
    vouched = "complete" if each.complete else "completeness not verified"
    return f"{'estimated' if each.estimated else 'invoiced'}, {vouched}"
