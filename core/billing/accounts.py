"""Accounts: one spelling for what providers' exports write in several."""

from core.billing.columns import Columns, Kind
from core.billing.meanings import spellings
from core.sql import literal

#: Microsoft's own tools write one id in capitals here and in small letters there.
_ANY_CASE = ("billing_account_id", "sub_account_id", "resource_id")
_ACCOUNTS = {
    Kind.FOCUS: {"billing_account_id": "BillingAccountId", "sub_account_id": "SubAccountId"},
    Kind.CUR: {"billing_account_id": "bill_payer_account_id", "sub_account_id": "line_item_usage_account_id"},
}
_ACCOUNTS[Kind.CUR2] = _ACCOUNTS[Kind.CUR]


def one_spelling(dimension: str, text: str, columns: Columns) -> str:
    """SQL for a dimension of a staged row, from SQL for its text; most have one spelling already."""
    if dimension == "billing_currency":
        return f"CASE WHEN length({text}) = 3 THEN upper({text}) ELSE {text} END"  # what is no code is kept as it is
    if dimension in _ANY_CASE and columns.kind is Kind.FOCUS:
        text = f"CASE WHEN {_is_from('Microsoft')} THEN lower({text}) ELSE {text} END"
    name = _ACCOUNTS[columns.kind].get(dimension)
    return _with_zeros(text, columns) if name and columns.is_number(name) else text


def _with_zeros(number: str, columns: Columns) -> str:
    """An id of AWS has twelve digits; kept as a number, it has lost the zeros it began with."""
    padded = f"lpad({number}, greatest(12, length({number}))::INTEGER, '0')"
    return padded if columns.kind is not Kind.FOCUS else f"CASE WHEN {_is_from('AWS')} THEN {padded} ELSE {number} END"


def _is_from(provider: str) -> str:
    stated = ", ".join(literal(name) for name in spellings(provider))
    return f"lower(trim(provider_name)) IN ({stated})"
