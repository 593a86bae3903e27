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
#: While it cannot go on by itself: something takes hours, or does not answer.
_WAITS = ":blue[:material/hourglass_empty:]", "Waits"
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
    icon, words = _WAITS if taken.phase.is_at_work and taken.problem else _LOOKS[taken.phase]
    return f"{icon} **{words}**"


def counts(taken: Taken) -> str:
    """How many things are how far."""
    if taken.phase is Phase.APPLIED and set(taken.counts) == {Step.DONE}:
        return f"{format.count(taken.items, 'thing')} changed"
    steps = _STEPS | ({Step.WAITING: "never begun"} if _is_back(taken) else {})
    return ", ".join(f"{taken.counts[step]:,} {words}" for step, words in steps.items() if taken.counts.get(step))


def share(taken: Taken) -> float:
    """Of its things, how many are through, either way."""
    left = taken.counts.get(Step.DONE if _is_back(taken) else Step.WAITING, 0)
    return 1 - left / taken.items if taken.items else 1.0


def _is_back(taken: Taken) -> bool:
    """Whether it is undone, or on the way there."""
    return taken.phase in (Phase.UNDOING, Phase.STUCK, Phase.UNDONE)


def trouble(taken: Taken) -> str:
    """Why it does not go on, and what may be done; empty while all is well."""
    return markdown(" ".join(filter(None, (taken.problem, taken.advice, _way_on(taken)))))


def _way_on(taken: Taken) -> str:
    """What may be done while something is wrong."""
    match taken.phase, taken.undo.possible:
        case Phase.APPLYING, True if taken.problem:
            return "To take it back, stop it first."
        case Phase.STOPPED, True:
            return "It can be gone on with, or undone."
        case Phase.STOPPED | Phase.STUCK, _:
            return "It can be gone on with."
        case _:
            return ""


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


def once(amount: Decimal | None, more: Decimal) -> str:
    """What is paid once; a range where nobody knows since when objects lie in their class."""
    if amount is None:
        return "Not known"
    least, most = format.money(amount), format.money(amount + more)
    return least if least == most else f"{least} to {most}"


def undo(told: Undo, ahead: bool = False) -> str:
    """Whether it can be taken back, until when and for what money: now, or ahead of applying it, at most."""
    said = markdown(told.words)
    if told.usd is not None and told.possible:
        price = f"{'up to ' if ahead else ''}{format.cents(told.usd)} once" if told.usd else "nothing"
        said += f" Taking it back {'costs' if ahead else 'now costs'} {price}."
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
