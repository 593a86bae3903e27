"""Amortisation: what spreading payments made up front over what they cover adds to a charge of AWS."""

from core.billing.columns import Columns


def amortisation(columns: Columns) -> str:
    """What spreading up-front commitments over what they cover adds to the billed cost; NULL where nothing."""
    rules = [*_savings_plans(columns), *_reservations(columns)]
    if not rules:
        return "NULL::DECIMAL(38,18)"
    billed = _or_zero(columns, "line_item_unblended_cost")
    cases = " ".join(f"WHEN {condition} THEN {cost} - {billed}" for condition, cost in rules)
    return f"CASE {cases} END"


def _savings_plans(columns: Columns) -> list[tuple[str, str]]:
    kind = columns.sql("line_item_line_item_type")
    covered = "savings_plan_savings_plan_effective_cost"
    commitment, used = "savings_plan_total_commitment_to_date", "savings_plan_used_commitment"
    if not all(columns.has(name) for name in (covered, commitment, used)):
        return []
    return [
        (f"{kind} = 'SavingsPlanCoveredUsage'", _or_zero(columns, covered)),
        (f"{kind} = 'SavingsPlanRecurringFee'", f"{_or_zero(columns, commitment)} - {_or_zero(columns, used)}"),
        (f"{kind} IN ('SavingsPlanNegation', 'SavingsPlanUpfrontFee')", "0::DECIMAL(38,18)"),
    ]


def _reservations(columns: Columns) -> list[tuple[str, str]]:
    kind = columns.sql("line_item_line_item_type")
    used = "reservation_effective_cost"
    unused = "reservation_unused_amortized_upfront_fee_for_billing_period", "reservation_unused_recurring_fee"
    if not all(columns.has(name) for name in (used, *unused)):
        return []
    rules = [
        (f"{kind} = 'DiscountedUsage'", _or_zero(columns, used)),
        (f"{kind} = 'RIFee'", " + ".join(_or_zero(columns, name) for name in unused)),
    ]
    if columns.has("reservation_reservation_a_r_n"):  # the up-front payment itself is what is spread
        reservation = columns.sql("reservation_reservation_a_r_n")
        rules.append((f"{kind} = 'Fee' AND coalesce({reservation}, '') <> ''", "0::DECIMAL(38,18)"))
    return rules


def _or_zero(columns: Columns, name: str) -> str:
    return f"coalesce({columns.money(name)}, 0)"
