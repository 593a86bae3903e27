"""Rules: what people may do with them."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_hex

from core.access.audit import AuditLog
from core.access.roles import Permission, User
from core.alerts import store, words
from core.alerts.channels import all_channels
from core.alerts.defaults import add_defaults
from core.alerts.figures.registry import FIGURES
from core.alerts.rule import ALL_CHANNELS, Rule, Standing
from core.costs.dimensions import TAG
from core.database import Connection, Database
from core.errors import RuleRefused

_LONGEST = 200
_LARGEST = 10**15
_MOST = timedelta(days=92)
_SOONEST = timedelta(minutes=10)  #: that anybody is reminded


class Rules:
    """The rules of an installation; each change is noted in the audit log."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._database, self._audit = database, audit

    def all(self, user: User, now: datetime) -> tuple[Standing, ...]:
        """Every rule and how it is doing, by its title; at first those that an installation begins with.

        Raises PermissionDenied.
        """
        user.require(Permission.SEE_ALERTS)
        with self._database.reading() as connection:
            found = store.standings(connection)
        if found:
            return found
        with self._database.transaction() as connection:
            add_defaults(connection, now)
            return store.standings(connection)

    def one(self, user: User, rule_id: str) -> Standing:
        """Raises PermissionDenied, AlertNotFound."""
        user.require(Permission.SEE_ALERTS)
        with self._database.reading() as connection:
            return store.standing(connection, rule_id)

    def add(self, user: User, rule: Rule, now: datetime) -> Rule:
        """Keep a new rule; it, with its id. Raises PermissionDenied, RuleRefused."""
        new = replace(rule, id=token_hex(8))
        with self._change(user, "add alert rule", new, now) as connection:
            store.keep_rule(connection, checked(connection, new), now)
        return new

    def change(self, user: User, rule: Rule, now: datetime) -> None:
        """Keep another form of a rule; what fires by it is held against that. Raises also AlertNotFound."""
        with self._change(user, "change alert rule", rule, now) as connection:
            before = store.standing(connection, rule.id).rule
            if before.figure != rule.figure:
                raise RuleRefused("A rule stays with its figure.", "Make a new rule, and remove this one.")
            store.keep_rule(connection, checked(connection, replace(rule, origin=before.origin)), now)

    def turn(self, user: User, rule_id: str, on: bool, now: datetime) -> None:
        """Turn a rule on or off; off, what fires by it is over at the next evaluation."""
        rule = self.one(user, rule_id).rule
        with self._change(user, f"turn alert rule {'on' if on else 'off'}", rule, now) as connection:
            store.keep_rule(connection, replace(store.standing(connection, rule_id).rule, enabled=on), now)

    def remove(self, user: User, rule_id: str, now: datetime) -> None:
        """Remove a rule; what fires by it is over at the next evaluation. One of the first rules does not come back."""
        rule = self.one(user, rule_id).rule
        with self._change(user, "remove alert rule", rule, now) as connection:
            store.queries.remove_rule(connection, id=rule_id)

    def _change(self, user: User, action: str, rule: Rule, now: datetime) -> AbstractContextManager[Connection]:
        return self._audit.change(user, Permission.MANAGE_ALERTS, action, rule.title, now, in_short(rule))


def in_short(rule: Rule) -> str:
    """What a rule is about: Cache hit ratio below 90 %."""
    about = FIGURES.get(rule.figure)
    if about is None:
        return f"{rule.figure} {rule.comparison} {rule.threshold:f}"
    return f"{about.title} {rule.comparison} {words.amount(rule.threshold, about.unit, rule.currency)}"


def checked(connection: Connection, rule: Rule) -> Rule:
    """The rule. Raises RuleRefused where it cannot be so."""
    about = FIGURES.get(rule.figure)
    if about is None:
        raise RuleRefused(f"There is no figure {rule.figure!r}.", f"Choose one of {', '.join(FIGURES)}.")
    if not rule.title.strip() or len(rule.title) > _LONGEST or not rule.title.isprintable():
        raise RuleRefused(
            "A rule needs a title of up to 200 characters, in one line.", "Say what is wrong when it fires."
        )
    if any(not each.is_finite() or abs(each) > _LARGEST for each in (rule.threshold, rule.resolves_at)):
        raise RuleRefused(f"A threshold is a number of up to {_LARGEST:,}.", "Write it like 0.05.")
    if rule.comparison.holds(rule.resolves_at, rule.threshold):
        raise RuleRefused(
            f"It would be over at {rule.resolves_at:f} while it still fires.",
            f"Give a value that is not {rule.comparison} {rule.threshold:f}.",
        )
    if not timedelta(0) < rule.window <= _MOST or not timedelta(0) <= rule.hold <= _MOST:
        raise RuleRefused("A window is from a minute to 92 days; so is the time that it must be so.", "Shorten it.")
    if rule.remind and not _SOONEST <= rule.remind <= _MOST:
        raise RuleRefused(
            "What nobody takes on is told again after 10 minutes to 92 days, or never.", "Choose such a time."
        )
    _check_scope(rule, about.filters, about.by)
    _check_channels(connection, rule)
    return rule


def _check_scope(rule: Rule, filters: tuple[str, ...], by: tuple[str, ...]) -> None:
    wrong = [each.dimension for each in rule.filters if not _is_among(each.dimension, filters)]
    if wrong:
        choice = f"Choose one of {', '.join(filters)}." if filters else "Leave the filter out."
        raise RuleRefused(f"The figure cannot be filtered by {wrong[0]!r}.", choice)
    if rule.by and not _is_among(rule.by, by):
        choice = f"Choose one of {', '.join(by)}." if by else "Leave it out: the figure knows its subjects."
        raise RuleRefused(f"The figure cannot be read by {rule.by!r}.", choice)


def _is_among(dimension: str, known: tuple[str, ...]) -> bool:
    return dimension in known or (TAG in known and dimension.startswith(TAG) and dimension != TAG)


def _check_channels(connection: Connection, rule: Rule) -> None:
    known = {*ALL_CHANNELS, *(each.id for each in all_channels(connection))}
    if unknown := [each for each in rule.channels if each not in known]:
        raise RuleRefused(f"There is no channel {unknown[0]!r}.", "`python -m core alerts channels` lists them.")
