"""Simulation: what each policy would have cost in the last months of a history, learning only from what was before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from core.errors import WrongArguments
from core.recommendations.history import History
from core.recommendations.policies.age_rule import AgeRule, rule_named, scheduled
from core.recommendations.policies.fits import Fits
from core.recommendations.policies.habits import Habits, habits_of
from core.recommendations.policies.learned import LEAST_HISTORY_DAYS, Learned
from core.recommendations.policies.optimum import optimum
from core.recommendations.policies.portfolio import LEAST_OBJECTS, Portfolio
from core.recommendations.policies.search import best_rule
from core.recommendations.policies.tiered import intelligent_tiering
from core.recommendations.policies.walk import walk
from core.recommendations.simulator.classes import tiered
from core.recommendations.simulator.metering import meter
from core.recommendations.simulator.prices import S3Prices
from core.recommendations.simulator.schedule import Schedule
from core.recommendations.simulator.window import Window, day_of, months_before, number_of

NAMES = ("standard", "intelligent-tiering", "age", "learned", "portfolio", "optimum")


@dataclass(frozen=True)
class PolicyCost:
    """What a policy costs in the window."""

    policy: str
    usd: float
    ratio_to_optimum: float
    worst_month_usd: float
    delayed_videos: int  #: whose viewers would have waited for a restore


@dataclass(frozen=True)
class Simulation:
    """What all of them cost, and which one is proposed."""

    start: date
    end: date  #: the day after the last
    policies: tuple[PolicyCost, ...]
    chosen: str  #: the portfolio where it costs less than Intelligent-Tiering, else the latter
    remarks: tuple[str, ...]


def simulate(history: History, prices: S3Prices, months: int, policies: Sequence[str] = NAMES) -> Simulation:
    """Price the last months of a history under policies: names of NAMES, or age rules as they are written.

    Raises WrongArguments for a policy that is none.
    """
    run = _Run(history, prices, Window(_first(history, months), history.end))
    wanted = list(dict.fromkeys(run.named(policy) for policy in policies if run.can(policy)))
    needed = dict.fromkeys((*wanted, "intelligent-tiering", *(("portfolio",) if run.learns else ()), "optimum"))
    costs = {policy: run.cost(policy) for policy in needed}
    return Simulation(
        day_of(run.window.first), day_of(run.window.end),
        tuple(costs[policy] for policy in wanted), _chosen(costs), (*history.remarks, *run.remarks(months)),
    )  # fmt: skip


def _first(history: History, months: int) -> int:
    asked = number_of(months_before(day_of(history.end), months))
    return max(asked, history.first)


def _chosen(costs: dict[str, PolicyCost]) -> str:
    standing = costs["intelligent-tiering"]
    portfolio = costs.get("portfolio", standing)
    return portfolio.policy if portfolio.usd < standing.usd else standing.policy


class _Run:
    """One history in one window; what several policies need is made once."""

    def __init__(self, history: History, prices: S3Prices, window: Window) -> None:
        self.history, self.prices, self.window = history, prices, window
        self.catalogue = history.catalogue.during(window)

    @property
    def learns(self) -> bool:
        """Whether there is enough history for anything to be learned within the window."""
        return self.history.end - self.history.first >= LEAST_HISTORY_DAYS

    def can(self, policy: str) -> bool:
        """Whether a policy can be told anything of; it has its remark otherwise."""
        return {"learned": self.learns, "age": self._rule is not None}.get(policy, True)

    def named(self, policy: str) -> str:
        """The policy's whole name. Raises WrongArguments."""
        if policy == "age" and self._rule:
            return self._rule.name
        if policy.startswith("age:"):
            return rule_named(policy).name
        if policy in NAMES:
            return policy
        known = f"{', '.join(NAMES)}, or a rule such as age:STANDARD_IA@30,GLACIER_IR@90"
        raise WrongArguments(f"{policy!r} is no policy.", f"Choose from {known}.")

    def remarks(self, months: int) -> list[str]:
        """What the history was too short for."""
        said, days = list[str](), self.history.end - self.history.first
        if number_of(months_before(day_of(self.history.end), months)) < self.history.first:
            said.append(f"There are {days:,} days of reads: these are priced instead of {months} months.")
        if not self.learns:
            least = f"{LEAST_HISTORY_DAYS} days of reads are needed to learn from"
            return [*said, f"{least}: no policy is learned, and Intelligent-Tiering stands."]
        before = self.window.first - self.history.first
        if before < LEAST_HISTORY_DAYS:
            left = LEAST_HISTORY_DAYS - before
            said.append(f"{before:,} days lie before what is priced: what is learned is used from day {left} on.")
        if (large := int(tiered(self.catalogue.size).sum())) < LEAST_OBJECTS:
            said.append(f"{large} objects have 128 KB or more: of fewer than {LEAST_OBJECTS} nothing is chosen.")
        if self._rule is None:
            said.append("No age rule was searched for, as that takes days before those that are priced.")
        return said

    @cached_property
    def _rule(self) -> AgeRule | None:
        before = Window(self.history.first, self.window.first)
        if before.days < LEAST_HISTORY_DAYS:
            return None
        return best_rule(self.history.catalogue, before, self.prices)

    @cached_property
    def _habits(self) -> Habits:
        return habits_of(self.history.catalogue, self.history.first, self.window.first, self.window.end)

    @cached_property
    def _optimum(self) -> Schedule:
        return optimum(self.catalogue, self.window, self.prices)

    @cached_property
    def _least_usd(self) -> float:
        return self._used(self._optimum)[0]

    def cost(self, policy: str) -> PolicyCost:
        """What it costs."""
        schedule = self._schedules.get(policy, lambda: self._by_age(policy))()
        usd, worst, delayed = self._used(schedule)
        return PolicyCost(policy, usd, usd / self._least_usd if self._least_usd else 1.0, worst, delayed)

    def _used(self, schedule: Schedule) -> tuple[float, float, int]:
        used = meter(self.catalogue, schedule, self.window)
        monthly = self.prices.monthly_usd(used.meters)
        return float(monthly.sum()), float(monthly.max()), len(used.delayed)

    @property
    def _schedules(self) -> dict[str, Callable[[], Schedule]]:
        return {
            "standard": lambda: scheduled(AgeRule(()), self.catalogue, self.window),
            "intelligent-tiering": lambda: intelligent_tiering(self.catalogue, self.window),
            "learned": lambda: self._walked(Learned),
            "portfolio": self._portfolio,
            "optimum": lambda: self._optimum,
        }

    def _by_age(self, policy: str) -> Schedule:
        return scheduled(rule_named(policy), self.catalogue, self.window)

    def _portfolio(self) -> Schedule:
        if not self.learns:
            return intelligent_tiering(self.catalogue, self.window)
        return self._walked(Portfolio)

    @cached_property
    def _fits(self) -> Fits:
        return Fits(self.history.catalogue, self._habits, self.prices)

    def _walked(self, policy: type[Learned] | type[Portfolio]) -> Schedule:
        whole = self.history.catalogue  # what was read before is known to it
        return walk(
            whole, self._habits, self.window, policy(whole, self._habits, self._fits, self.history.first), self.prices
        )
