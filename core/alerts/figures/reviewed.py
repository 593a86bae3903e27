"""Reviewed: what the bills show that a person should look at."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from core.alerts import words
from core.alerts.figure import About, Handles, Reading, Scope, Unit, Worse
from core.alerts.figures import links
from core.billing.overlaps import overlaps
from core.billing.supabase_measure import is_measured
from core.costs.attention import newest_of_each_provider, recent, restated, rises, unknown_egress, unverified
from core.costs.dimensions import Dimension, Filter
from core.costs.period import month_of

ROSE = About(
    "service_rise", "Rise of a service", Unit.MONEY, Worse.HIGHER,
    "See which usage type of it rose, and whether that was to be expected.", window=False,
)  # fmt: skip
RESTATED = About(
    "bill_restated", "Change of a month's bill", Unit.SHARE, Worse.HIGHER,
    "See the month; figures of it that were told before are no longer right.", window=False,
)  # fmt: skip
APART = About(
    "bills_apart", "Exports that do not agree", Unit.MONEY, Worse.HIGHER,
    "Deliver the one anew that lacks charges, or export it in full; where both are counted, with the payer's id.",
    window=False,
)  # fmt: skip
EGRESS = About(
    "egress_unknown", "Egress that nobody has typed", Unit.COUNT, Worse.HIGHER,
    "Type the egress from Supabase's usage page into the file that Settings names.", window=False,
)  # fmt: skip
UNVERIFIED = About(
    "bill_unverified", "Bill without a manifest", Unit.COUNT, Worse.HIGHER,
    "Export it with its manifest: whether its files are complete cannot be checked.", window=False,
)  # fmt: skip
_BILLS = links.page("settings", {"section": "Bills"})


class _Reviewed:
    def __init__(self, handles: Handles) -> None:
        self._handles = handles


class Rose(_Reviewed):
    """What the service that rose most costs more than in the same days of the month before, where that is much."""

    about = ROSE

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        return [
            Reading(
                each.line.difference,
                each.line.label,
                f"{words.days(each.period.start, each.period.end - timedelta(1))}, "
                "against the same days of the month before.",
                currency=each.currency,
                link=links.costs(
                    each.period, [Filter(Dimension.SERVICE, each.line.label)], Dimension.USAGE_FAMILY, each.currency
                ),
            )
            for each in rises(self._handles.warehouse)
        ]


class Restated(_Reviewed):
    """By which share the newest delivery of a recent month changed it, where that is more than a hundredth."""

    about = RESTATED

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        return [
            Reading(
                abs((each.difference or Decimal(0)) / (each.old_total or Decimal(1))).quantize(Decimal("0.000001")),
                f"{each.export} {each.period:%Y-%m}",
                f"From {each.old_total:,.2f} to {each.new_total:,.2f} {each.currency}.",
                each.new_delivered_at,
                link=links.costs(month_of(each.period), currency=each.currency),
            )
            for each in restated(self._handles.database, now)
        ]


class Apart(_Reviewed):
    """How far two exports of an account's recent month are apart."""

    about = APART

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        return [
            Reading(
                # what is counted twice may be the same in both
                max(abs(each.whole_total - each.part_total), each.part_total if each.is_doubled else Decimal(0)),
                f"{each.whole} and {each.part} {each.period:%Y-%m}",
                f"{' and '.join(each.counted)} {'are both' if each.is_doubled else 'is'} counted.",
                currency=each.currency,
                link=_BILLS,
            )
            for each in overlaps(self._handles.database, since=recent(now))
        ]


class Egress(_Reviewed):
    """One while the egress of a measured Supabase project was not typed for a week."""

    about = EGRESS

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        handles = self._handles
        if handles.demo or not is_measured(handles.settings):
            return []
        unknown = unknown_egress(handles.home, now.date())
        until = f"It is known until {unknown.until}." if unknown and unknown.until else "None is known."
        return [Reading(Decimal(1), "Supabase", until, link=_BILLS)] if unknown else []


class Unverified(_Reviewed):
    """One for each export whose newest month no manifest vouches for."""

    about = UNVERIFIED

    def read(self, now: datetime, scope: Scope) -> Sequence[Reading]:
        found = unverified(newest_of_each_provider(self._handles.warehouse))
        return [Reading(Decimal(1), export, link=_BILLS) for each in found for export in each.exports]
