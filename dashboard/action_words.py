"""Action words: what is said of an action, how far it is, and what it does to the bill."""

from datetime import datetime
from decimal import Decimal

from core.actions.action import Phase, Step, Taken, Undo
from core.actions.saved import Saved
from dashboard import format
from dashboard.format import markdown

_LOOKS = {
    Phase.APPLYING: (":blue[:material/sync:]", "Is being applied"),
    Phase.STOPPED: (":orange[:material/pause_circle:]", "Stopped in the middle"),
    Phase.APPLIED: (":green[:material/check_circle:]", "Applied"),
    Phase.UNDOING: (":blue[:material/undo:]", "Is being undone"),
    Phase.STUCK: (":orange[:material/pause_circle:]", "Stopped while it was undone"),
    Phase.UNDONE: (":gray[:material/undo:]", "Undone"),
}
_WAYS_ON = {
    Phase.STOPPED: "It can be gone on with, or undone.",
    Phase.STUCK: "It can be gone on with.",
}
_STEPS = {
    Step.WAITING: "to do",
    Step.DONE: "done",
    Step.CHANGED: "left alone, as somebody has changed them",
    Step.RETURNED: "put back",
    Step.KEPT: "cannot come back",
}
#: A promise is kept if this part of it was saved.
_KEPT = Decimal("0.8")


def standing(taken: Taken) -> str:
    """Its phase, with a sign."""
    icon, words = _LOOKS[taken.phase]
    return f"{icon} **{words}**"


def counts(taken: Taken) -> str:
    """How many things are how far."""
    if taken.phase is Phase.APPLIED and set(taken.counts) == {Step.DONE}:
        return f"{format.count(taken.items, 'thing')} changed"
    return ", ".join(f"{taken.counts[step]:,} {words}" for step, words in _STEPS.items() if taken.counts.get(step))


def share(taken: Taken) -> float:
    """Of its things, how many are through, either way."""
    back = taken.phase in (Phase.UNDOING, Phase.STUCK, Phase.UNDONE)
    left = taken.counts.get(Step.DONE if back else Step.WAITING, 0)
    return 1 - left / taken.items if taken.items else 1.0


def trouble(taken: Taken) -> str:
    """Why it does not go on, and what may be done; empty while all is well."""
    said = " ".join(filter(None, (taken.problem, taken.advice, _WAYS_ON.get(taken.phase, ""))))
    return markdown(said)


def who(taken: Taken, now: datetime) -> str:
    """Who did what when."""
    said = f"Applied by {markdown(taken.asked_by)}, {format.plain_instant(taken.asked_at, now.date())}"
    if taken.undone_by:
        at = taken.undone_at or taken.changed_at
        said += f" · undone by {markdown(taken.undone_by)}, {format.plain_instant(at, now.date())}"
    return said


def saving(amount: Decimal | None) -> tuple[str, str]:
    """What a month costs less or more: the label and the figure."""
    if amount is None:
        return "Saves", "Not known"
    return ("Costs more" if amount < 0 else "Saves"), format.money(abs(amount))


def undo(told: Undo) -> str:
    """Whether it can be taken back, until when and for what money."""
    said = markdown(told.words)
    if told.usd is not None and told.possible:
        said += f" Taking it back now costs {format.cents(told.usd)} once."
    if told.monthly_usd:
        said += f" It would then cost {format.cents(told.monthly_usd)} a month more again."
    if told.until is not None:
        said += f" Until {format.dated_instant(told.until)}."
    return said


def saved(told: Saved) -> str:
    """What the bill says, beside what was promised for as many days."""
    if told.usd is None:
        return f":gray[:material/hourglass_empty:] Saved so far: not known. {markdown(told.words)}"
    promised = "" if told.promised_usd is None else f" of {format.cents(told.promised_usd)} promised"
    kept = told.promised_usd is None or told.usd >= told.promised_usd * _KEPT
    colour, icon = ("green", "trending_down") if kept else ("orange", "trending_flat")
    figure = f"**{format.cents(told.usd)}**{promised} in {format.count(told.days, 'day')}"
    return f":{colour}[:material/{icon}:] Saved so far by the bill: {figure}. :gray[{markdown(told.words)}]"
