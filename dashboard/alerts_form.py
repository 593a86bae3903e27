"""Alerts form: a rule as people write it: per cent, milliseconds, money; only with what its figure allows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import streamlit as st

from core.alerts.channel import Channel
from core.alerts.figure import About, Unit, Worse
from core.alerts.figures.registry import FIGURES
from core.alerts.quiet import quiet_hours
from core.alerts.rule import ALL_CHANNELS, Comparison, Rule, Severity
from core.costs.dimensions import Filter
from core.errors import RuleRefused
from dashboard import alerts_words as words

_UNITS = {
    Unit.SHARE: "%", Unit.MS: "ms", Unit.HOURS: "hours", Unit.DAYS: "days", Unit.COUNT: "number", Unit.MONEY: "USD",
}  # fmt: skip
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_WINDOWS = (_HOUR, 6 * _HOUR, _DAY, 3 * _DAY, 7 * _DAY, 30 * _DAY)
_HOLDS = (timedelta(0), 10 * _MINUTE, 30 * _MINUTE, _HOUR, 6 * _HOUR, _DAY)
_REMINDERS = (timedelta(0), _HOUR, 6 * _HOUR, _DAY, 7 * _DAY)
_ANY, _WHOLE = "anything", "the whole"


@dataclass(frozen=True)
class Known:
    """What can be chosen from."""

    channels: Sequence[Channel]
    currencies: Sequence[str]
    values: Callable[[str], Sequence[str]]  #: of a dimension


def _key(field: str, figure: str = "") -> str:
    """Of a field; of one that figures have in their own units, one for each."""
    return f"rule-{field} {figure}".strip()


def figure() -> str:
    """The one that was chosen."""
    return st.session_state.get(_key("figure"), next(iter(FIGURES)))


def draw_fields(before: Rule | None, known: Known) -> None:
    """Every field; those of a rule that there is have its values at first."""
    names = [before.figure] if before else list(FIGURES)
    st.selectbox(
        "Figure", names, key=_key("figure"), format_func=lambda name: FIGURES[name].title, disabled=before is not None,
        help="What is watched. A rule stays with its figure." if before else "What is watched",
    )  # fmt: skip
    about = FIGURES[figure()]
    st.text_input(
        "What is said when it fires", before.title if before else "", key=_key("title"), max_chars=200,
        placeholder=_usual_title(about),
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", key="rule-limits"):
        _draw_limits(about, before, known.currencies)
    st.segmented_control(
        "Severity", list(Severity), default=before.severity if before else Severity.WARNING, key=_key("severity"),
        required=True, format_func=lambda each: each.capitalize(), help="Critical is told in quiet hours too.",
    )  # fmt: skip
    _draw_scope(about, before, known)
    _draw_telling(before, known.channels)


def _usual_title(about: About) -> str:
    return f"{about.title} is {'high' if about.worse is Worse.HIGHER else 'low'}"


def _draw_limits(about: About, before: Rule | None, currencies: Sequence[str]) -> None:
    usual = Comparison.ABOVE if about.worse is Worse.HIGHER else Comparison.BELOW
    st.selectbox(
        "Fires when it is", list(Comparison), key=_key("comparison", about.name), width=130,
        index=list(Comparison).index(before.comparison if before else usual),
    )  # fmt: skip
    unit = _UNITS[about.unit]
    if about.unit is Unit.MONEY and len(currencies) > 1:
        chosen = before.currency if before and before.currency in currencies else currencies[0]
        st.selectbox("Currency", currencies, currencies.index(chosen), key=_key("currency"), width=110)
        unit = st.session_state.get(_key("currency"), chosen)
    elif about.unit is Unit.MONEY and currencies:
        unit = currencies[0]
    for field, label, value in (
        ("threshold", f"Threshold, {unit}", before and before.threshold),
        ("resolve", f"Over again at, {unit}", before and before.resolve_at),
    ):
        st.number_input(
            label, value=None if value is None else float(value * _factor(about)), key=_key(field, about.name),
            width=170, placeholder="the threshold" if field == "resolve" else "a number",
            help="A value between the two changes nothing, so that an alert does not come and go."
            if field == "resolve" else None,
        )  # fmt: skip


def _factor(about: About) -> int:
    """People write 5 % where 0.05 is kept."""
    return 100 if about.unit is Unit.SHARE else 1


def _draw_scope(about: About, before: Rule | None, known: Known) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="rule-scope"):
        if about.window:
            _draw_span("Of the last", "window", _WINDOWS, before.window if before else _DAY)
        _draw_span("For at least", "hold", _HOLDS, before.hold if before else timedelta(0))
        if about.filters:
            _draw_filter(about, before, known)
        if about.by:
            choices = [_WHOLE, *(each for each in about.by if not each.endswith(":"))]
            current = before.by if before and before.by else _WHOLE
            choices += [] if current in choices else [current]
            st.selectbox(
                "One alert for each", choices, choices.index(current), key=_key("by", about.name), width=190,
                format_func=words.dimension,
            )  # fmt: skip
    if not (about.filters or about.by):
        st.text_input(
            "Only of", before.subject if before else "", key=_key("subject"), placeholder="any",
            help="The name of one budget, provider, migration or source, as alerts name it",
        )  # fmt: skip


def _draw_span(label: str, field: str, choices: Sequence[timedelta], current: timedelta) -> None:
    known = sorted({*choices, current})
    st.selectbox(
        label, known, known.index(current), key=_key(field), width=150,
        format_func=lambda each: words.span(each) if each else "no time at all",
    )  # fmt: skip


def _draw_filter(about: About, before: Rule | None, known: Known) -> None:
    """One condition; a rule that has several keeps them."""
    if before and len(before.filters) > 1:
        told = " and ".join(f"{words.dimension(each.dimension)} {each.value}" for each in before.filters)
        st.caption(f"Only {told}")
        return
    current = before.filters[0] if before and before.filters else Filter(_ANY, None)
    choices = [_ANY, *(each for each in about.filters if not each.endswith(":"))]
    choices += [] if current.dimension in choices else [current.dimension]
    dimension = st.selectbox(
        "Only", choices, choices.index(current.dimension), key=_key("dimension", about.name), width=170,
        format_func=words.dimension,
    )  # fmt: skip
    if dimension == _ANY:
        return
    values = list(known.values(dimension))
    value = current.value if current.dimension == dimension else None
    values += [] if value is None or value in values else [value]
    st.selectbox(
        "which is", values, None if value is None else values.index(value),
        key=_key("value", f"{about.name} {dimension}"), accept_new_options=True, width=260,
        placeholder="choose or write one",
    )  # fmt: skip


def _draw_telling(before: Rule | None, channels: Sequence[Channel]) -> None:
    with st.expander("Who is told, and when", icon=":material/notifications:"):
        names = {each.id: each.name for each in channels}
        everywhere = before is None or ALL_CHANNELS[0] in before.channels
        if not st.toggle("Every channel, also those added later", everywhere, key=_key("everywhere")):
            chosen = [each for each in (before.channels if before else ()) if each in names]
            st.multiselect(
                "Channels", list(names), chosen, format_func=names.__getitem__, key=_key("channels"),
                placeholder="Nobody; it is shown here only",
            )  # fmt: skip
        st.text_input(
            "Quiet hours", str(before.quiet or "") if before else "", key=_key("quiet"),
            placeholder="22:00-07:00 Europe/Berlin", help="Nobody is told then, unless it is critical.",
        )  # fmt: skip
        _draw_reminding(before)
        st.toggle(
            "One message for all that begins at the same time", before is None or before.grouped, key=_key("grouped")
        )


def _draw_reminding(before: Rule | None) -> None:
    current = before.remind if before else None
    known = [None, *sorted({*_REMINDERS, *([] if current is None else [current])})]
    st.selectbox(
        "Told again while nobody takes it on", known, known.index(current), key=_key("remind"), width=260,
        format_func=_reminding, help="Not before the message before has arrived.",
    )  # fmt: skip


def _reminding(after: timedelta | None) -> str:
    if after is None:
        return "each day where critical"
    return f"every {words.span(after)}" if after else "never"


def rule(before: Rule | None) -> Rule:
    """What the fields say. Raises RuleRefused."""
    about, said = FIGURES[before.figure if before else figure()], st.session_state
    threshold = _number(about, "threshold")
    if threshold is None:
        raise RuleRefused("It needs a threshold.", f"Give a number in {_UNITS[about.unit]}.")
    by = said.get(_key("by", about.name), _WHOLE)
    return Rule(
        id=before.id if before else "",
        title=said[_key("title")].strip() or _usual_title(about),
        figure=about.name,
        comparison=Comparison(said[_key("comparison", about.name)]),
        threshold=threshold,
        resolve_at=_number(about, "resolve"),
        window=said.get(_key("window"), before.window if before else _DAY),
        hold=said[_key("hold")],
        severity=Severity(said[_key("severity")]),
        filters=_filters(about, before),
        by="" if by == _WHOLE else by,
        subject=said.get(_key("subject"), before.subject if before else "").strip(),
        currency=said.get(_key("currency"), before.currency if before else ""),
        quiet=quiet_hours(said[_key("quiet")]),
        grouped=said[_key("grouped")],
        channels=ALL_CHANNELS if said[_key("everywhere")] else tuple(said.get(_key("channels"), ())),
        enabled=before is None or before.enabled,
        remind=said[_key("remind")],
    )


def _number(about: About, field: str) -> Decimal | None:
    value = st.session_state.get(_key(field, about.name))
    return None if value is None else Decimal(repr(value)) / _factor(about)


def _filters(about: About, before: Rule | None) -> tuple[Filter, ...]:
    if before and len(before.filters) > 1:
        return before.filters
    dimension = st.session_state.get(_key("dimension", about.name), _ANY)
    if dimension == _ANY:
        return ()
    value = st.session_state.get(_key("value", f"{about.name} {dimension}"))
    if not value:
        raise RuleRefused(f"It is not said which {words.dimension(dimension)}.", "Choose one, or anything.")
    return (Filter(dimension, value),)
