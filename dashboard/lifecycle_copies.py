"""Lifecycle copies: which buckets are copied where and how far that is, and whether backups come back."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission, User
from core.bootstrap import Platform
from core.lifecycle.replicas import CopiedRule, Copying, Inventoried, Sampled, check_replication, copying
from core.storage.replication import ObjectState, Replicating
from dashboard import asking, format, lifecycle_drills, lifecycle_failover, session, widgets
from dashboard.format import markdown
from dashboard.numbers import Number

#: The name of a dialog.
SET_UP = "set up replication"
_STATES = {ObjectState.FAILED: "failed", ObjectState.PENDING: "waits"}


def draw(platform: Platform, user: User) -> None:
    """Backups first, as they are what copies are for."""
    widgets.role_hint(user, Permission.CHANGE_CLOUD, "copies", "to set them up or ask for a drill")
    lifecycle_drills.draw(platform, user)
    found = copying(user, platform.database, platform.warehouse, platform.governed, datetime.now(UTC))
    for each in found:
        if each.rules or each.problem:
            _draw_bucket(user, each)
    if without := [each for each in found if not (each.rules or each.problem)]:
        _draw_without(user, without)
    lifecycle_failover.draw(platform, user)


def _draw_bucket(user: User, each: Copying) -> None:
    title = f"{markdown(each.provider)} is copied" if each.rules else markdown(each.provider)
    bucket = "" if each.bucket == each.provider else markdown(each.bucket)
    with widgets.card(f"copies-{each.provider}", title, bucket, height="content"):
        if each.problem:
            st.markdown(f":red[:material/error:] {markdown(each.problem)}")
            return
        for rule in each.rules:
            st.markdown(_rule(rule))
        st.markdown(_how_far(each.sampled))
        if each.inventoried:
            st.markdown(_listed(each.inventoried))
        if each.measured:
            st.caption(_measured(each))
        with st.container(horizontal=True, vertical_alignment="center", key=f"copies-buttons-{each.provider}"):
            if user.may(Permission.CHANGE_CLOUD):
                _draw_set_up(each, "Copy elsewhere too")
                st.button(
                    "Ask again", icon=":material/refresh:", type="tertiary", key=f"copies-again-{each.provider}",
                    on_click=_again, args=(each.provider,),
                )  # fmt: skip
            widgets.how_made(Number.COPYING)


def _draw_without(user: User, buckets: Sequence[Copying]) -> None:
    subtitle = "What is written there lies there alone"
    with widgets.card("copies-none", "Not copied", subtitle, height="content"):
        for each in buckets:
            with st.container(horizontal=True, vertical_alignment="center", key=f"copies-none-{each.provider}"):
                st.markdown(format.place(each.provider, each.bucket), width="stretch")
                if user.may(Permission.CHANGE_CLOUD):
                    _draw_set_up(each, "Set up")


def _draw_set_up(each: Copying, label: str) -> None:
    st.button(
        label, icon=":material/content_copy:", key=f"copies-set-up-{each.provider}", on_click=asking.ask,
        args=(SET_UP, each.provider),
    )  # fmt: skip


def _rule(rule: CopiedRule) -> str:
    whose = "" if rule.is_ours else " :gray-badge[set elsewhere]"
    off = "" if rule.enabled else " :orange-badge[off]"
    return f"**{markdown(rule.id)}**{whose}{off}  \n{markdown(format.sentence(rule.words))}"


def _how_far(sampled: Sampled | None) -> str:
    """Of those that the rules are about; what is older than they are is told apart."""
    if sampled is None:
        return ":gray[:material/help:] The worker asks once an hour how far it is."
    about = sampled.copied + sampled.pending + sampled.failed
    if not about:
        return ":gray[:material/hourglass_empty:] Nothing of the sample was written since: only what is new is copied."
    parts = [f"{sampled.copied:,} of {format.count(about, 'object')} copied"]
    if sampled.pending:
        since = f", the oldest for {_waits(sampled)}" if sampled.oldest_pending else ""
        parts.append(f"{sampled.pending:,} wait{since}")
    if sampled.failed:
        parts.append(f"{sampled.failed:,} failed: see whether the role may write there")
    icon = "red[:material/error:]" if sampled.failed else "orange[:material/schedule:]" if sampled.pending else ""
    older = f" :gray[{sampled.not_covered:,} more were there before the rule.]" if sampled.not_covered else ""
    return f":{icon or 'green[:material/check_circle:]'} {', '.join(parts)}.{older}{_named(sampled)}"


def _listed(of: Inventoried) -> str:
    """Of all objects, as the inventory has them."""
    about = of.copied + of.pending + of.failed
    parts = [f"{of.copied:,} of {format.count(about, 'object')} copied"]
    parts += [f"{of.pending:,} wait"] if of.pending else []
    parts += [f"{of.failed:,} failed"] if of.failed else []
    older = ""
    if of.not_covered:
        size = format.size(of.not_covered_bytes)
        verb = "lies" if of.not_covered == 1 else "lie"
        older = (
            f" {of.not_covered:,} more ({size}) {verb} there alone: S3 Batch Replication copies what was there before."
        )
    day = format.day(of.day)
    return f":gray[:material/list_alt:] By the inventory of {day}: {', '.join(parts)}.{older}"


def _waits(sampled: Sampled) -> str:
    assert sampled.oldest_pending is not None
    return format.length((sampled.checked_at - sampled.oldest_pending).total_seconds())


def _named(sampled: Sampled) -> str:
    return "".join(f"  \n:gray[{_STATES[ObjectState(state)]}:] {markdown(key)}" for key, state in sampled.named)


def _measured(each: Copying) -> str:
    told = each.measured
    assert told is not None
    parts = []
    if told.lag_s is not None:
        parts.append(f"{format.length(told.lag_s)} behind")
    if told.pending is not None:
        size = f", {format.size(told.pending_bytes)}" if told.pending_bytes is not None else ""
        parts.append(f"{format.count(told.pending, 'object')} waiting{size}")
    if told.failed is not None:
        parts.append(f"{told.failed:,} failed in a day")
    return f"CloudWatch, {widgets.when(told.until, datetime.now(UTC))}: {'; '.join(parts) or 'nothing to tell'}."


def _again(provider: str) -> None:
    session.require(Permission.CHANGE_CLOUD)
    platform = session.platform()
    found = platform.governed.named(provider)
    assert isinstance(found, Replicating)
    asking.attempt(lambda: _asked(platform, found))


def _asked(platform: Platform, provider: Replicating) -> str:
    check_replication(platform.database, provider, datetime.now(UTC))
    return f"{provider.name} was asked."
