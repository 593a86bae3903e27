"""Words: what is left out, and how much money, in sentences."""

from decimal import Decimal

from core.units import number_of

_CENT = Decimal("0.01")


def are_left_out(count: int, what: str, why: str) -> tuple[str, ...]:
    """A sentence that says so; none where there are none."""
    if not count:
        return ()
    return (f"{number_of(count, what)} {'is' if count == 1 else 'are'} left out: {why}.",)


def later(more_usd: Decimal | None) -> tuple[str, ...]:
    """A sentence that says why it may cost more once; none where it may not."""
    if not more_usd:
        return ()
    return (
        "S3 does not say since when an object lies in its class. Where a rule moved it there after it was written, "
        f"leaving costs up to {dollars(more_usd)} more.",
    )


def dollars(amount: Decimal) -> str:
    """Such as $1,234.50; less than a cent to its second figure, as $0.0034."""
    if not amount or abs(amount) >= _CENT:
        return f"${amount:,.2f}"
    return f"${amount:.{1 - amount.adjusted()}f}"
