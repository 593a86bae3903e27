"""Evaluation: every rule is held against its figure, and what has changed is kept with the messages that tell of it."""

import logging
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import reduce

from core.alerts import machine, store, words
from core.alerts.alert import Alert, State
from core.alerts.defaults import add_defaults
from core.alerts.figure import About, Figure, Reading, Scope
from core.alerts.rule import Rule, Standing
from core.alerts.telling import Telling
from core.database import Connection, Database
from core.errors import PhyghtError
from core.units import instant_text

log = logging.getLogger(__name__)
#: What is over, and what was told, is kept so long.
KEPT = timedelta(days=400)


@dataclass
class Evaluated:
    """What an evaluation came to."""

    rules: int = 0
    fired: list[Alert] = field(default_factory=list[Alert])
    resolved: list[Alert] = field(default_factory=list[Alert])
    broken: list[tuple[Rule, str]] = field(default_factory=list[tuple[Rule, str]])  #: and why


@dataclass(frozen=True)
class _Answer:
    """What a rule's figure said."""

    readings: Mapping[str, Reading]  #: by subject
    whole: bool  #: a subject that is not among them is well, or gone
    problem: str = ""


def evaluate(
    database: Database, figures: Mapping[str, Figure], address: str, now: datetime, only: Container[str] | None = None
) -> Evaluated:
    """Hold every rule against its figure; with `only`, those on some figures, by their names.

    Figures are read first; then one transaction keeps what has become of every alert, and the messages. So a process
    that is killed has done all or nothing, of two at once the second finds nothing new, and one that is late changes
    nothing. `address` is what links of messages begin with.
    """
    with database.transaction() as connection:
        add_defaults(connection, now)
    with database.reading() as connection:
        found = store.standings(connection)
    before = {each.rule.id: each for each in found if only is None or each.rule.figure in only}
    answers = _ask(figures, [each.rule for each in before.values() if each.rule.enabled], now)
    with database.transaction() as connection:
        return _keep(connection, before, answers, figures, address, now)


def _ask(figures: Mapping[str, Figure], rules: Sequence[Rule], now: datetime) -> dict[str, _Answer]:
    asked: dict[tuple[str, Scope], Sequence[Reading] | str] = {}  # several rules may ask the same
    for rule in rules:
        key = (rule.figure, rule.scope)
        if key not in asked:
            asked[key] = _read(figures.get(rule.figure), rule, now)
    return {rule.id: _answer(rule, asked[rule.figure, rule.scope]) for rule in rules}


def _read(figure: Figure | None, rule: Rule, now: datetime) -> Sequence[Reading] | str:
    """The readings, or why there are none."""
    if figure is None:
        return f"There is no figure {rule.figure!r} any more. Choose another one, or remove the rule."
    try:
        return figure.read(now, rule.scope)
    except PhyghtError as error:
        return str(error)
    except Exception as error:  # whatever is wrong with one figure, the others are read
        log.exception("the figure %s could not be read", rule.figure)
        return f"The figure could not be read ({type(error).__name__}). The log says more."


def _answer(rule: Rule, said: Sequence[Reading] | str) -> _Answer:
    if isinstance(said, str):
        return _Answer({}, False, said)
    unknown = [each for each in said if each.value is None and not each.subject]
    chosen = {each.subject: each for each in said if not rule.subject or each.subject == rule.subject}
    return _Answer(chosen, not unknown)


def _keep(
    connection: Connection,
    before: Mapping[str, Standing],
    answers: Mapping[str, _Answer],
    figures: Mapping[str, Figure],
    address: str,
    now: datetime,
) -> Evaluated:
    done, told = Evaluated(), Telling(connection, address, now)
    alerts = _by_rule(connection)
    current = {each.rule.id: each for each in store.standings(connection)}
    for id, standing in current.items():
        rule, known = standing.rule, before.get(id)
        if not rule.enabled:
            _close(connection, alerts.get(id, {}), machine.TURNED_OFF, now)
        elif known and known.changed_at == standing.changed_at and not _later(standing, now):
            changed = _advance(connection, rule, alerts.get(id, {}), answers[id], figures, now)
            _count(done, rule, answers[id], changed)
            told.remember(rule, changed)
    for id in alerts.keys() - current.keys():
        _close(connection, alerts[id], machine.REMOVED, now)
    told.tell()
    _forget(connection, now)
    return done


def _later(standing: Standing, now: datetime) -> bool:
    """Whether it was evaluated after this evaluation had begun."""
    return standing.evaluated_at is not None and standing.evaluated_at > now


def _by_rule(connection: Connection) -> dict[str, dict[str, Alert]]:
    found: dict[str, dict[str, Alert]] = {}
    for alert in map(store.alert_of_row, store.queries.unresolved(connection)):
        found.setdefault(alert.rule_id, {})[alert.subject] = alert
    return found


def _advance(
    connection: Connection,
    rule: Rule,
    alerts: Mapping[str, Alert],
    answer: _Answer,
    figures: Mapping[str, Figure],
    now: datetime,
) -> list[Alert]:
    """The alerts of a rule that have entered another state."""
    seen = "" if answer.problem else _seen(rule, figures[rule.figure].about, answer)
    store.queries.rule_was_evaluated(connection, id=rule.id, at=instant_text(now), problem=answer.problem, seen=seen)
    if answer.problem:
        return []
    gone = set(alerts) - set(answer.readings) if answer.whole else set[str]()
    subjects = [*answer.readings, *sorted(gone)]
    about = figures[rule.figure].about
    found = [_step(connection, rule, about, alerts.get(each), answer.readings.get(each), now) for each in subjects]
    return [each for each in found if each]


def _seen(rule: Rule, about: About, answer: _Answer) -> str:
    """The worst value, in words, and of what it is; nothing where none is known."""
    known = [(each.value, each) for each in answer.readings.values() if each.value is not None]
    if not known:
        return ""
    worst = reduce(rule.comparison.worse, (value for value, _ in known))
    reading = next(each for value, each in known if value == worst)
    amount = words.amount(worst, about.unit, reading.currency)
    return f"{reading.subject}: {amount}" if reading.subject else amount


def _step(
    connection: Connection, rule: Rule, about: About, before: Alert | None, reading: Reading | None, now: datetime
) -> Alert | None:
    """Keep what has become of an alert; it, where it has entered another state."""
    after = machine.advance(rule, about, before, reading, now)
    if after is None:
        if before:
            store.queries.forget_alert(connection, id=before.id)
        return None
    if after == before:
        return None
    store.keep_alert(connection, after)
    if before and before.state is after.state:
        return None
    store.note(connection, after, now, words.how_much(after) if after.state is State.FIRING else after.resolution)
    return after


def _close(connection: Connection, alerts: Mapping[str, Alert], why: str, now: datetime) -> None:
    for alert in alerts.values():
        closed = machine.close(alert, why, now)
        if closed is None:
            store.queries.forget_alert(connection, id=alert.id)
        else:
            store.keep_alert(connection, closed)
            store.note(connection, closed, now, why)


def _count(done: Evaluated, rule: Rule, answer: _Answer, changed: Sequence[Alert]) -> None:
    done.rules += 1
    done.fired += [each for each in changed if each.state is State.FIRING]
    done.resolved += [each for each in changed if each.state is State.RESOLVED]
    done.broken += [(rule, answer.problem)] if answer.problem else []


def _forget(connection: Connection, now: datetime) -> None:
    before = instant_text(now - KEPT)
    store.queries.forget_messages(connection, before=before)
    store.queries.forget_resolved(connection, before=before)
