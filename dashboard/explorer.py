"""Explorer: the parts of the Explore page."""

from datetime import datetime

import streamlit as st

from core.access.roles import Permission, Role, User
from core.bootstrap import Platform
from core.explore.catalogue import TABLES, Column, columns
from core.explore.examples import EXAMPLES
from core.explore.query import MOST_CHARACTERS, Limits, QueryResult, RunningQuery, limits
from core.explore.saved import SavedQueries, SavedQuery
from dashboard import format, session, widgets

_SQL, _CHOSEN, _RESULT = "explore-sql", "query", "explore-result"
#: What stands in the result's place while there is none; the name that a query was just saved by.
_INSTEAD, _SAVED, _SAVING = "explore-instead", "explore-saved", "explore-saving"
#: The query was asked for, and has not begun.
_ASKED = "explore-asked"
_POLL_S = 0.25


def draw_editor(platform: Platform, user: User, now: datetime) -> str | None:
    """Where the query is written; returns it when it shall run."""
    _confirm_saved()
    saved = {query.name: query for query in SavedQueries(platform.database, platform.audit).all()}
    texts = {example.name: example.sql for example in EXAMPLES} | {name: query.sql for name, query in saved.items()}
    with widgets.card("editor", "Query", "One SELECT, in DuckDB's SQL. Nothing can be changed here.", "content"):
        _draw_choice(texts, saved)
        st.session_state.setdefault(_SQL, next(iter(texts.values())))
        sql = st.text_area("SQL", key=_SQL, height=230, max_chars=MOST_CHARACTERS, label_visibility="collapsed")
        with st.container(horizontal=True, vertical_alignment="center", key="explore-buttons"):
            st.button("Run", type="primary", icon=":material/play_arrow:", shortcut="Ctrl+Enter", on_click=_ask)
            _draw_saving(platform, user, sql or "", saved, now)
    return sql if st.session_state.pop(_ASKED, False) else None


def _ask() -> None:
    """Note that the query shall run: the typed text arrives by itself, and may cut off this turn of the page."""
    session.require(Permission.QUERY_WAREHOUSE)
    st.session_state[_ASKED] = True


def _confirm_saved() -> None:
    """After a query was saved: say so, close the panel, and show it as the one that is chosen."""
    if name := st.session_state.pop(_SAVED, None):
        st.session_state[_SAVING] = False
        st.session_state[_CHOSEN] = name
        st.toast(f"Saved as {format.markdown(name)}.", icon=":material/bookmark_added:")


def _draw_choice(texts: dict[str, str], saved: dict[str, SavedQuery]) -> None:
    def take() -> None:
        session.require(Permission.QUERY_WAREHOUSE)
        if st.session_state[_CHOSEN] in texts:
            st.session_state[_SQL] = texts[st.session_state[_CHOSEN]]

    def name_of(query: str) -> str:
        return f"{query} (saved by {saved[query].owner})" if query in saved else query

    linked = next((query for query in texts if name_of(query) == st.query_params.get(_CHOSEN)), None)
    if _SQL not in st.session_state and linked:  # a link to a query
        st.session_state[_SQL] = texts[linked]
    st.selectbox(
        "Start from",
        list(texts),
        index=None,
        placeholder="An example or a saved query",
        format_func=name_of,
        key=_CHOSEN,
        bind="query-params",
        on_change=take,
    )


def _draw_saving(platform: Platform, user: User, sql: str, saved: dict[str, SavedQuery], now: datetime) -> None:
    queries = SavedQueries(platform.database, platform.audit)
    panel = st.popover("Save", icon=":material/bookmark:", type="tertiary", key=_SAVING, on_change="rerun")
    with panel, widgets.explain_errors():
        name = st.text_input("Name", max_chars=80, key="explore-name")
        st.caption("Everybody who may query sees it. A name that is yours already is written over.")
        if st.button("Save the query", key="explore-save"):
            queries.save(user, name, sql, now)
            st.session_state[_SAVED] = " ".join(name.split())
            st.rerun()
    chosen = saved.get(st.session_state[_CHOSEN] or "")
    if chosen and (chosen.owner == user.name or user.role is Role.ADMIN):
        with st.popover("Delete", icon=":material/delete:", type="tertiary"), widgets.explain_errors():
            st.markdown(f"Delete **{format.markdown(chosen.name)}** for everybody? The text stays in the editor.")
            if st.button("Delete it", key="explore-delete"):
                queries.forget(user, chosen.name, now)
                st.rerun()


def run(platform: Platform, user: User, sql: str) -> None:
    """Run the query and keep its result; another click, or closing the page, stops it."""
    st.session_state.pop(_RESULT, None)
    st.session_state[_INSTEAD] = ""
    place = st.empty()
    with widgets.explain_errors():
        try:
            with place.container(horizontal=True, vertical_alignment="center"):
                st.session_state[_RESULT] = _wait(platform, user, sql)
        finally:
            place.empty()


def _wait(platform: Platform, user: User, sql: str) -> QueryResult:
    allowed = limits(platform.settings)
    state = st.empty()
    # any click ends this run, and so the query
    st.button("Cancel", icon=":material/stop:", key="explore-cancel", on_click=_note_cancelled)
    with RunningQuery(user, platform.warehouse, platform.database, sql, allowed) as query:
        while (result := query.result(_POLL_S)) is None:
            state.markdown(f"Running, {query.elapsed_s:.0f} s of at most {allowed.seconds} s")
        return result


def _note_cancelled() -> None:
    session.require(Permission.QUERY_WAREHOUSE)
    st.session_state[_INSTEAD] = "The query was cancelled."


def draw_result(platform: Platform) -> None:
    """The rows of the last query; before the first, what to expect."""
    result: QueryResult | None = st.session_state.get(_RESULT)
    if result is None:
        _draw_instead(limits(platform.settings))
        return
    rows = format.count(result.table.num_rows, "row")
    cut = ", the first of more: PHYGHT_QUERY_ROWS sets the limit" if result.truncated else ""
    with widgets.card("result", "Result", f"{rows}{cut}. {result.took_s:.1f} s.", "content"):
        st.dataframe(result.table, hide_index=True, alt="Rows of the query", key="explore-rows")
        widgets.downloads("query", result.table, Permission.QUERY_WAREHOUSE)


def _draw_instead(allowed: Limits) -> None:
    said = f"Run a query to see its rows here: at most {allowed.rows:,}, within {allowed.seconds} s."
    if instead := st.session_state.get(_INSTEAD, said):
        with widgets.card("result", "Result", instead, "content"):
            pass


def draw_catalogue(platform: Platform) -> None:
    """The tables, their columns, and what they mean."""
    listed = columns(platform.warehouse)
    with widgets.card("catalogue", "Tables", "Money is in the billing currency, days are UTC, empty means not stated."):
        for table, row in TABLES.items():
            with st.expander(f"`{table}`", expanded=table == "charges"):
                st.caption(f"{row[0].upper()}{row[1:]}.")
                _draw_columns(table, [column for column in listed if column.table == table])


def _draw_columns(table: str, listed: list[Column]) -> None:
    st.table(
        {
            "Column": [f"`{column.name}`" for column in listed],
            "Meaning and type": [_meaning(column) for column in listed],
        },
        border="horizontal",
        height=360,
        alt=f"Columns of {table}",
    )


def _meaning(column: Column) -> str:
    kind = f":small[:gray[{format.markdown(column.type)}]]"
    return f"{format.markdown(column.note)}  \n{kind}" if column.note else kind
