"""Lifecycle copies dialog: where a bucket is to be copied, with its price while that is put together."""

import streamlit as st

from core.access.roles import Permission
from core.actions.action import Action, Kind
from core.actions.kinds.rule_words import NAMES
from core.bootstrap import Platform
from core.storage.provider import StorageClass
from core.storage.replication import Replicating
from dashboard import action_preview, asking, session
from dashboard.format import markdown

_TARGET, _REGION, _ROLE, _PREFIX, _CLASS, _RTC = (
    f"copies-{each}" for each in ("target", "region", "role", "prefix", "class", "rtc")
)
_SAME = "That of what is copied"


def draw(platform: Platform, provider: str) -> None:
    """The fields; once a target is named, the whole truth about it."""
    session.require(Permission.CHANGE_CLOUD)
    found = platform.governed.named(provider)
    assert isinstance(found, Replicating)  # else it is not offered
    st.markdown(f"What is written to **{markdown(found.bucket)}** from now on is copied to another bucket by itself.")
    target, region = st.columns([3, 2])
    target.text_input("Copy to", key=_TARGET, placeholder="a bucket, or its ARN", max_chars=200)
    region.text_input("In", key=_REGION, placeholder=found.region, max_chars=30)
    prefix, kept = st.columns([3, 2])
    prefix.text_input("Objects below", key=_PREFIX, placeholder="all objects", max_chars=900)
    kept.selectbox("Class of the copies", [_SAME, *StorageClass], key=_CLASS, format_func=_name)
    if found.needs_versions:
        placeholder = "arn:aws:iam::123456789012:role/replicates"
        st.text_input("Role that copies", key=_ROLE, placeholder=placeholder, max_chars=200)
    st.toggle("Within 15 minutes", key=_RTC, help="Replication Time Control, for a fee on each GB")
    if st.session_state[_TARGET].strip():
        action_preview.draw(platform, Action(Kind.PUT_REPLICATION, provider, _terms()), label="Set it up")
    else:
        asking.tell_refusal()
        st.caption("Name a bucket to see what that would do and cost.")


def _terms() -> dict[str, str | bool]:
    state = st.session_state
    chosen = state[_CLASS]
    told = {
        "target": state[_TARGET].strip(),
        "region": state[_REGION].strip(),
        "role": str(state.get(_ROLE, "")).strip(),
        "prefix": state[_PREFIX].strip(),
        "storage_class": "" if chosen == _SAME else str(chosen),
    }
    return {**{name: value for name, value in told.items() if value}, **({"rtc": True} if state[_RTC] else {})}


def _name(chosen: str) -> str:
    return NAMES[StorageClass(chosen)] if chosen in list(StorageClass) else chosen
