"""Action preview: the whole truth about a change to the cloud, and the button that has it done."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from html import escape

import streamlit as st

from core.access.roles import Permission
from core.actions.action import NO_PROMISE, Action, Preview, Promise
from core.bootstrap import Platform
from dashboard import action_words as words
from dashboard import asking, format, session, widgets
from dashboard.format import markdown

_MOST_ITEMS = 200
_CONFIRMED = "action-confirmed"


def draw(platform: Platform, action: Action, promise: Promise = NO_PROMISE, label: str = "Apply") -> None:
    """In a dialog: what it would do as the cloud is now; pressed, exactly that is done, or nothing."""
    user = session.require(Permission.CHANGE_CLOUD)
    asking.rerun_if_done()
    with widgets.explain_errors():
        with st.spinner("Looking at what is there"):
            preview = platform.actions.preview(user, action, datetime.now(UTC))
        draw_preview(preview, promise)
        draw_answer(platform, preview, promise, label)


def draw_answer(platform: Platform, preview: Preview, promise: Promise = NO_PROMISE, label: str = "Apply") -> None:
    """At a dialog's end: the buttons, before them what has to be written where most of a bucket would go; and, in view
    of who has just pressed one, why it was refused.
    """
    asking.tell_refusal()
    if preview.confirm is None:
        asking.draw_buttons(label, lambda: apply(platform, preview, promise))
        return
    name = markdown(preview.confirm.name)
    st.error(f"**{markdown(preview.confirm.why)}**", icon=":material/delete_forever:")
    with st.form("confirm", border=False):
        st.text_input(f"To confirm it, write the bucket's name: **{name}**", key=_CONFIRMED, autocomplete="off")
        confirmed = partial(st.session_state.get, _CONFIRMED, "")
        asking.draw_buttons(label, lambda: apply(platform, preview, promise, confirmed()), in_form=True)


def apply(platform: Platform, preview: Preview, promise: Promise = NO_PROMISE, confirmed: str = "") -> str:
    """From a callback; says what has begun. What was confirmed is what was promised, where that has a figure."""
    user = session.require(Permission.CHANGE_CLOUD)
    told = promise if preview.saving_usd is None else replace(promise, monthly_usd=preview.saving_usd)
    platform.actions.apply(user, preview, datetime.now(UTC), told, confirmed)
    return f"It has begun: {preview.summary}"


def draw_preview(preview: Preview, promise: Promise = NO_PROMISE) -> None:
    """What, how much, for what money, and whether it comes back."""
    st.markdown(f"**{markdown(preview.summary)}**")
    _draw_money(preview, promise)
    draw_warnings(preview)
    draw_differences(preview)
    _draw_items(preview)
    icon = "undo" if preview.undo.possible else "lock"
    colour = "gray" if preview.undo.possible else "red"
    st.markdown(f":{colour}[:material/{icon}:] {words.undo(preview.undo, ahead=True)}")


def draw_warnings(preview: Preview) -> None:
    """All that somebody should know before, in one block."""
    if len(preview.warnings) == 1:
        st.warning(markdown(preview.warnings[0]), icon=":material/warning:")
    elif preview.warnings:
        st.warning("\n".join(f"* {markdown(each)}" for each in preview.warnings), icon=":material/warning:")


def _draw_money(preview: Preview, promise: Promise) -> None:
    """Where the action cannot tell what it saves, what the recommendation has found out stands there."""
    label, amount = words.saving(promise.monthly_usd if preview.saving_usd is None else preview.saving_usd)
    once = words.once(preview.one_off_usd, preview.one_off_more_usd)
    count, what = _changes(preview)
    draw_figures(
        (label, amount, "a month"),
        ("Costs", once, "once"),
        ("Changes", f"{count:,}", what),
    )


def _changes(preview: Preview) -> tuple[int, str]:
    """How many of what: the objects that a recommendation counts, where it is about objects."""
    counted = preview.extent
    count, what = (counted.objects, "object") if preview.counted and counted.objects else (len(preview.items), "thing")
    size = f", {format.size(counted.size_bytes)}" if counted.size_bytes else ""
    return count, f"{what if count == 1 else f'{what}s'}{size}"


def draw_figures(*figures: tuple[str, str, str]) -> None:
    """Beside each other: what each is, how much, and what it is of. (Tiles are made for pages.)"""
    told = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(amount)}</dd><dd class='of'>{escape(of)}</dd></div>"
        for label, amount, of in figures
    )
    st.html(f'<dl class="figures">{told}</dl>')


def draw_differences(preview: Preview) -> None:
    """Each line of a configuration that changes, as it is and as it will be."""
    if preview.differences:
        widgets.plain_table(
            {
                "What": [each.what for each in preview.differences],
                "Now": [each.before or "nothing" for each in preview.differences],
                "Then": [each.after or "nothing" for each in preview.differences],
            },
            "What is changed in the configuration",
        )


def _draw_items(preview: Preview) -> None:
    if len(preview.items) < 2 or not preview.size_bytes:
        return
    first = preview.items[:_MOST_ITEMS]
    title = f"The {format.count(len(preview.items), 'thing')} that it changes"
    with st.expander(title, icon=":material/list:"):
        widgets.plain_table(
            {"Name": [each.key for each in first], "Size": [format.size(each.size_bytes) for each in first]}, title
        )
        if len(preview.items) > len(first):
            st.caption(f"The first {len(first):,} of {len(preview.items):,}.")
