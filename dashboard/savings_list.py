"""Savings list: what could cost less, most money first, each with its proof and its buttons."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

import pandas as pd
import pyarrow as pa
import streamlit as st

from core.access.roles import Permission, User
from core.actions.action import Taken
from core.bootstrap import Platform
from core.recommendations.recommend import Counted
from core.recommendations.recommendation import Recommendation, Unit
from core.recommendations.recommendations import Kept
from core.recommendations.rules import supabase as leaving
from dashboard import asking, format, session, widgets
from dashboard import savings_words as words
from dashboard.action_preview import draw_figures
from dashboard.action_words import once, standing
from dashboard.format import markdown
from dashboard.links import MIGRATION, page_link
from dashboard.migration_view import MigrationView
from dashboard.numbers import Number

#: The names of dialogs.
APPLY, DISMISS = "apply recommendation", "dismiss recommendation"
_REASON = "dismiss-reason"
#: What saves less a month has no card of its own.
_LEAST_USD = Decimal("0.01")


def draw(platform: Platform, user: User) -> None:
    """All that nobody dismissed; below them why there is not more."""
    widgets.role_hint(user, Permission.CHANGE_CLOUD, "savings", "to apply or dismiss one")
    found = platform.recommendations.kept(user)
    if found is None:
        _draw_nothing_yet()
        return
    _draw_sum(found)
    returned = dict(found.returned)
    small = [each for each in found.counted if each.recommendation.monthly_saving_usd < _LEAST_USD]
    for each in found.counted:
        if each not in small:
            _draw_one(user, each, returned.get(each.recommendation.id, ""), found.applied.get(each.recommendation.id))
    _draw_small(user, [(each.recommendation, found.applied.get(each.recommendation.id)) for each in small])
    if not found.counted:
        st.markdown(":green[:material/check_circle:] **Nothing was found that would cost less.**")
    _draw_remarks(found)
    _draw_download(found)


def _draw_nothing_yet() -> None:
    with widgets.card("savings-none", "", height="content"):
        st.markdown("**Nobody has looked yet.** The worker looks once a day; to look now, in a terminal:")
        st.code("python -m core recommendations --refresh", "shell")


def _draw_sum(found: Kept) -> None:
    now = datetime.now(UTC)
    with widgets.card("savings-sum", "", height="content"):
        draw_figures(
            ("Can be saved", format.money(found.saving_usd), "a month, and nobody notices"),
            (
                "More with a catch",
                format.money(found.with_a_catch_usd),
                "a month, where somebody has to accept something",
            ),
            ("Found", f"{len(found.counted):,}", f"ways, {_settled(found)}"),
        )
        widgets.how_made(Number.SAVED_IN_ALL)
        st.caption(
            f"At list prices, as of {widgets.when(found.computed_at, now)}. "
            "What two of them would save of the same dollar is counted once."
        )


def _settled(found: Kept) -> str:
    """Such as: 2 applied, 1 dismissed."""
    told = [f"{len(found.applied):,} applied"] if found.applied else []
    return ", ".join([*told, f"{len(found.dismissed):,} dismissed"])


def _draw_one(user: User, each: Counted, returned: str, applied: Taken | None) -> None:
    found = each.recommendation
    with widgets.card(f"saving-{found.id}", "", height="content"):
        amount, text = st.columns([1, 5], gap="medium")
        with amount:
            draw_figures(("Saves", format.money(found.monthly_saving_usd), _beside(each)))
        with text:
            st.markdown(f"**{markdown(found.title)}** :gray[{markdown(found.where)}]  \n{markdown(found.words)}")
            if returned:
                st.markdown(f":orange[:material/history:] {markdown(returned)}")
            if found.catch:
                st.markdown(f":orange[:material/warning:] {markdown(found.catch)}")
            st.markdown(words.confidence(found.evidence.confidence, found.evidence.because))
            _draw_proof(found)
            if applied:
                st.markdown(f"{standing(applied)} :gray[The next look, once a day, tells what is left to be saved.]")
            _draw_buttons(user, found, is_applied=applied is not None)


def _draw_small(user: User, small: Sequence[tuple[Recommendation, Taken | None]]) -> None:
    """What is hardly worth a look, in one line; open, with what can be done about each."""
    if not small:
        return
    title = f"{format.count(len(small), 'way')} more, each for less than a cent a month"
    with st.expander(title, icon=":material/grain:"):
        for found, applied in small:
            with st.container(key=f"saving-small-{found.id}"):
                text, answers = st.columns([5, 2], vertical_alignment="center")
                told = f"  \n{standing(applied)}" if applied else ""
                said = f"**{markdown(found.title)}** :gray[{markdown(found.where)}]  \n{markdown(found.words)}{told}"
                text.markdown(said)
                with answers:
                    _draw_buttons(user, found, applied is not None, "secondary")


def _beside(each: Counted) -> str:
    least, more = each.recommendation.one_off_usd, each.recommendation.one_off_more_usd
    said = f"a month, {once(least, more)} once" if least or more else "a month"
    if each.within:
        return f"{said}; {f'{format.money(each.usd)} of it not' if each.usd else 'all of it'} in those above"
    return said


def _draw_proof(found: Recommendation) -> None:
    proof = found.evidence
    told = [each for each in proof.lines if each.value or each.unit not in (Unit.OBJECTS, Unit.BYTES)]
    with st.expander("The proof", icon=":material/fact_check:"):
        widgets.plain_table(
            {
                "A month of": [*(each.part for each in proof.fees), "Together"],
                "Now": [format.cents(each.now_usd) for each in proof.fees] + [format.cents(_sum(found, "now_usd"))],
                "Then": [format.cents(each.then_usd) for each in proof.fees] + [format.cents(_sum(found, "then_usd"))],
            },
            "The parts of the bill as they are and as they would be",
        )
        widgets.plain_table(
            {"Of": [each.name for each in told], "": [words.value(each) for each in told]},
            "What the saving rests on",
            hide_header=True,
        )
        for each in proof.left_out:
            st.caption(f"Left out: {format.count(each.objects, 'object')}. {markdown(each.reason)}")


def _sum(found: Recommendation, name: str) -> Decimal:
    return sum((getattr(each, name) for each in found.evidence.fees), Decimal(0))


def _draw_buttons(
    user: User, found: Recommendation, is_applied: bool, weight: Literal["primary", "secondary"] = "primary"
) -> None:
    if found.by_hand:
        st.markdown(f":material/construction: {markdown(found.by_hand)}")
    if found.rule == leaving.NAME and user.may(Permission.MIGRATE):
        page_link(MIGRATION, "Plan a migration", MigrationView(plans=True).query())
    if not user.may(Permission.CHANGE_CLOUD):
        return
    with st.container(horizontal=True, key=f"saving-answers-{found.id}"):
        if found.action and not is_applied:
            st.button(
                "Look and apply", icon=":material/bolt:", type=weight, key=f"apply-{found.id}",
                on_click=asking.ask, args=(APPLY, found.id),
            )  # fmt: skip
        st.button(
            "Dismiss", icon=":material/close:", type="tertiary", key=f"dismiss-{found.id}", on_click=asking.ask,
            args=(DISMISS, found.id),
        )  # fmt: skip


def _draw_remarks(found: Kept) -> None:
    if not found.remarks:
        return
    with st.expander(f"What could not be looked at ({len(found.remarks):,})", icon=":material/help:"):
        for each in found.remarks:
            where = f" :gray[{markdown(each.place)}]" if each.place else ""
            st.markdown(f"**{markdown(format.capital(each.rule))}**{where}: {markdown(each.words)}")


def _draw_download(found: Kept) -> None:
    table = pd.DataFrame(
        [
            {
                "id": each.recommendation.id,
                "rule": each.recommendation.rule,
                "place": each.recommendation.place,
                "title": each.recommendation.title,
                "monthly_saving_usd": str(each.recommendation.monthly_saving_usd),
                "counted_usd": str(each.usd),
                "one_off_usd": str(each.recommendation.one_off_usd),
                "one_off_more_usd": str(each.recommendation.one_off_more_usd),
                "confidence": str(each.recommendation.evidence.confidence),
            }
            for each in found.counted
        ]
    )
    if len(table):
        widgets.downloads("savings", pa.Table.from_pandas(table, preserve_index=False), Permission.SEE_SAVINGS)


def draw_dismissed(platform: Platform, user: User) -> None:
    """What somebody does not want to be told, why, and the way to bring it back."""
    widgets.role_hint(user, Permission.CHANGE_CLOUD, "what was dismissed", "to bring it back")
    found = platform.recommendations.kept(user)
    if found is None or not found.dismissed:
        st.markdown("Nothing was dismissed. What is stays here, and comes back by itself when its figures change.")
        return
    for each, why in found.dismissed:
        with widgets.card(f"dismissed-{each.id}", "", height="content"):
            st.markdown(f"**{markdown(each.title)}** :gray[{markdown(each.where)}]  \n{markdown(why.reason)}")
            saving = format.money(each.monthly_saving_usd)
            st.caption(f"{saving} a month · dismissed by {markdown(why.by)}, {format.dated_instant(why.at)}")
            if user.may(Permission.CHANGE_CLOUD):
                st.button(
                    "Bring back", icon=":material/undo:", key=f"back-{each.id}", on_click=asking.attempt,
                    args=(lambda id=each.id: _bring_back(platform, id),),
                )  # fmt: skip


def _bring_back(platform: Platform, id: str) -> str:
    platform.recommendations.bring_back(session.require(Permission.CHANGE_CLOUD), id, datetime.now(UTC))
    return "It is told again."


def draw_dismissal(platform: Platform, id: str) -> None:
    """In a dialog: why somebody does not want it."""
    user = session.require(Permission.CHANGE_CLOUD)
    asking.rerun_if_done()
    asking.tell_refusal()
    with widgets.explain_errors():
        found = platform.recommendations.one(user, id)
        st.markdown(f"**{markdown(found.title)}** stays away until its figures change by more than a fifth.")
        with st.form("dismiss", border=False):
            st.text_input("Why", key=_REASON, max_chars=500, placeholder="the archive has to be at hand")
            asking.draw_buttons("Dismiss it", lambda: _dismiss(platform, id), in_form=True)


def _dismiss(platform: Platform, id: str) -> str:
    user = session.require(Permission.CHANGE_CLOUD)
    platform.recommendations.dismiss(user, id, st.session_state[_REASON], datetime.now(UTC))
    return "It is dismissed."
