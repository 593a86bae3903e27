"""Lifecycle form: the fields of a rule, and the rule that they make."""

import re

import streamlit as st

from core.actions.kinds.lifecycle_policy import OURS
from core.actions.kinds.rule_words import NAMES, in_words
from core.errors import ActionRefused
from core.lifecycle.templates import TEMPLATES
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.provider import StorageClass
from core.storage.waterfall import WATERFALL
from core.units import MIB
from dashboard import format

_NAME, _PREFIX, _TAGS, _LARGER, _SMALLER, _ON = (
    f"lifecycle-{each}" for each in ("name", "prefix", "tags", "larger", "smaller", "on")
)
_CLASSES, _TEMPLATE = "lifecycle-classes", "lifecycle-template"
#: How many of an object's noncurrent versions stay, and the moves of others, which are kept as they were imported.
_SPARED, _VERSIONS = "lifecycle-spared", "lifecycle-versions"
_MOST_SPARED = 100
_LONGEST_DAYS = 1_095
#: What may be removed: its toggle's key, what it says, and the days that it begins with.
_REMOVALS = (
    ("expire", "Remove objects", 365),
    ("noncurrent", "Remove noncurrent versions", 30),
    ("unfinished", "Abort unfinished uploads", 7),
)
_OWN = "A rule of my own"
_FIRST_DAYS = {StorageClass.STANDARD_IA: 30, StorageClass.ONEZONE_IA: 30}
_FORM = re.compile(r"[\w .-]{1,60}")


def draw(old: LifecycleRule | None) -> None:
    """The fields; of a new rule they begin with a template."""
    if old is None:
        _draw_templates()
    start = old or _chosen()
    if st.session_state.get("lifecycle-filled") != (old.id if old else start.id):
        _fill(start)
    name, prefix = st.columns([2, 3])
    name.text_input("Name", key=_NAME, max_chars=60, disabled=old is not None)
    prefix.text_input("Objects below", key=_PREFIX, placeholder="all objects", max_chars=900)
    with st.expander("Only some of them", icon=":material/filter_alt:"):
        larger, smaller = st.columns(2)
        larger.number_input("Larger than, MiB", min_value=0.0, key=_LARGER, help="0: of any size")
        smaller.number_input("Smaller than, MiB", min_value=0.0, key=_SMALLER, help="0: of any size")
        st.text_input("Tagged", key=_TAGS, placeholder="kind=original, event=2026", max_chars=900)
    _draw_moves()
    for key, label, _ in _REMOVALS:
        if st.toggle(label, key=f"lifecycle-{key}-on"):
            _days(f"lifecycle-{key}", 1)
            if key == "noncurrent":
                st.number_input("But for the newest of each object", 0, _MOST_SPARED, key=_SPARED)
    if moves := st.session_state[_VERSIONS]:
        st.caption(f"{format.sentence(in_words(LifecycleRule('', noncurrent_transitions=moves)))} That stays.")
    st.toggle("On", key=_ON, help="Off: S3 keeps the rule, and does nothing by it")


def _draw_templates() -> None:
    names = [each.name for each in TEMPLATES]
    chosen = st.selectbox("Begin with", [_OWN, *names], key=_TEMPLATE, index=1)
    said = {each.name: each.words for each in TEMPLATES}.get(chosen)
    if said:
        st.caption(said)


def _chosen() -> LifecycleRule:
    chosen = st.session_state.get(_TEMPLATE)
    found = [each.rule for each in TEMPLATES if each.name == chosen]
    return found[0] if found else LifecycleRule(f"{OURS}rule")


def _draw_moves() -> None:
    classes = [each for each in WATERFALL if each is not StorageClass.STANDARD]
    chosen = st.multiselect("Move objects to", classes, key=_CLASSES, format_func=NAMES.__getitem__)
    for each in sorted(chosen, key=WATERFALL.index):
        key = f"lifecycle-days-{each}"
        st.session_state.setdefault(key, _FIRST_DAYS.get(each, 90))
        _days(key, _FIRST_DAYS.get(each, 0), f"to {NAMES[each]} after, days")


def _days(key: str, least: int, label: str = "after, days") -> None:
    st.slider(label, least, _LONGEST_DAYS, key=key)


def _fill(rule: LifecycleRule) -> None:
    """The fields as a rule has them, before they are drawn."""
    state = st.session_state
    state["lifecycle-filled"] = rule.id
    state[_NAME], state[_PREFIX], state[_ON] = rule.id.removeprefix(OURS), rule.prefix, rule.enabled
    state[_TAGS] = ", ".join(f"{name}={value}" for name, value in rule.tags.items())
    state[_LARGER], state[_SMALLER] = ((each or 0) / MIB for each in (rule.larger_than_bytes, rule.smaller_than_bytes))
    state[_SPARED], state[_VERSIONS] = rule.keep_newest_noncurrent, rule.noncurrent_transitions
    state[_CLASSES] = [StorageClass(each.storage_class) for each in rule.transitions]
    for each in rule.transitions:
        state[f"lifecycle-days-{each.storage_class}"] = each.after_days
    found = (rule.expire_after_days, rule.expire_noncurrent_after_days, rule.abort_unfinished_after_days)
    for (key, _, usual), days in zip(_REMOVALS, found, strict=True):
        state[f"lifecycle-{key}-on"], state[f"lifecycle-{key}"] = days is not None, days or usual


def forget() -> None:
    """What was typed, once its dialog is closed."""
    for key in [key for key in st.session_state if str(key).startswith("lifecycle-")]:
        del st.session_state[key]


def rule() -> LifecycleRule:
    """What was typed. Raises ActionRefused."""
    state = st.session_state
    name = " ".join(str(state[_NAME]).split())
    if not _FORM.fullmatch(name):
        raise ActionRefused(f"{name!r} is no name of a rule.", "Use letters, digits, spaces, points and hyphens.")
    expire, noncurrent, unfinished = (
        int(state[f"lifecycle-{key}"]) if state[f"lifecycle-{key}-on"] else None for key, _, _ in _REMOVALS
    )
    return LifecycleRule(
        f"{OURS}{name.replace(' ', '-')}",
        str(state[_PREFIX]).strip(),
        _tags(str(state[_TAGS])),
        bool(state[_ON]),
        tuple(_steps()),
        expire,
        noncurrent,
        unfinished,
        _bytes(state[_LARGER]),
        _bytes(state[_SMALLER]),
        keep_newest_noncurrent=int(state.get(_SPARED) or 0) if noncurrent else 0,
        noncurrent_transitions=state[_VERSIONS],
    )


def _steps() -> list[Transition]:
    chosen: list[StorageClass] = sorted(st.session_state[_CLASSES], key=WATERFALL.index)
    return [Transition(int(st.session_state[f"lifecycle-days-{each}"]), str(each)) for each in chosen]


def _bytes(mib: float) -> int | None:
    return int(mib * MIB) or None


def _tags(text: str) -> dict[str, str]:
    found = dict[str, str]()
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise ActionRefused(f"{part!r} is no tag.", "Write each as name=value, with commas between them.")
        found[name.strip()] = value.strip()
    return found
