"""Amounts: money, sizes, and how an amount differs from another, as a person reads them."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

#: A change smaller than this is no news, and is shown in grey.
STEADY = Decimal("0.005")
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_SIZES = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
#: Keeps a number and its unit on one line.
_NARROW = "\u202f"


class Direction(StrEnum):
    """Which way an amount went."""

    UP = "up"
    DOWN = "down"
    STEADY = "steady"  #: by less than half a percent
    UNKNOWN = "unknown"  #: there is nothing to compare with


@dataclass(frozen=True)
class Change:
    """How an amount differs from the one before."""

    direction: Direction
    ratio: Decimal | None  #: of the amount before, 0.12 is 12 % more; None where that is unknown or nothing

    def __str__(self) -> str:
        if self.ratio is None:
            return "new" if self.direction is Direction.UP else "not compared"
        return f"{_signed(self.ratio * 100)}{_NARROW}%"

    @property
    def in_words(self) -> str:
        """As the middle of a sentence: `12 % more than`."""
        if self.ratio is None or self.direction is Direction.STEADY:
            return "about as much as"
        return f"{abs(self.ratio * 100):,.0f}{_NARROW}% {'more' if self.ratio > 0 else 'less'} than"


def change(now: Decimal, before: Decimal | None, steady: Decimal = STEADY) -> Change:
    """How an amount differs from the one before; less than `steady` of it is no news."""
    if before is None:
        return Change(Direction.UNKNOWN, None)
    if before == 0:
        return Change(Direction.UP if now > 0 else Direction.STEADY, None if now > 0 else Decimal(0))
    ratio = (now - before) / abs(before)
    if abs(ratio) < steady:
        return Change(Direction.STEADY, ratio)
    return Change(Direction.UP if ratio > 0 else Direction.DOWN, ratio)


def _signed(percent: Decimal) -> str:
    digits = 1 if abs(percent) < 10 else 0
    text = f"{abs(percent):,.{digits}f}"
    sign = "" if Decimal(text.replace(",", "")) == 0 else "+" if percent > 0 else "−"
    return f"{sign}{text}"


def share(ratio: float, digits: int = 0) -> str:
    """A part of a whole: 82 %."""
    return f"{ratio:.{digits}%}".replace("%", f"{_NARROW}%")


def money(amount: Decimal, currency: str = "USD") -> str:
    """Compact, for tiles: $12.34, $4,812, $1.2M, <$0.01."""
    size = abs(amount)
    if 0 < size < Decimal("0.005"):
        return f"<{_in_currency('0.01', currency)}" if amount > 0 else f">−{_in_currency('0.01', currency)}"
    return _negative(amount, _in_currency(_compact(size), currency))


def signed_money(amount: Decimal, currency: str = "USD") -> str:
    """A difference: +$31.20."""
    text = money(amount, currency)
    return f"+{text}" if amount > 0 else text


def cents(amount: Decimal, currency: str = "USD") -> str:
    """With two decimals, for tables: $4,812.07, <$0.01."""
    if 0 < abs(amount) < Decimal("0.005"):
        return money(amount, currency)
    return _negative(amount, _in_currency(f"{_rounded(abs(amount), 2):,f}", currency))


def unit_price(amount: Decimal, currency: str = "USD") -> str:
    """What one of something costs: $15.24, and with four decimals what is less than one: $0.6047, <$0.0001."""
    if abs(amount) >= 1 or amount == 0:
        return cents(amount, currency)
    if abs(amount) < Decimal("0.00005"):
        return f"<{_in_currency('0.0001', currency)}"
    return _negative(amount, _in_currency(f"{_rounded(abs(amount), 4):,f}", currency))


def exact(amount: Decimal, currency: str = "USD") -> str:
    """Every digit there is, for tooltips: $18.0066386184."""
    text = f"{abs(amount):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    whole, _, decimals = text.partition(".")
    return _negative(amount, _in_currency(f"{whole}.{decimals:0<2}", currency))


def _compact(size: Decimal) -> str:
    if size < 1_000:
        return f"{_rounded(size, 2):,f}"
    if size < 100_000:
        return f"{_rounded(size, 0):,f}"
    if size < 999_500:
        return f"{_rounded(size / 1_000, 0):,f}K"
    return f"{_rounded(size / 1_000_000, 1):,f}M"


def _rounded(amount: Decimal, digits: int) -> Decimal:
    """Half a cent is a cent; Python would round it to the even one."""
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def currency_name(code: str) -> str:
    """A currency as the bill names it, without what is no letter or digit: names are drawn as Markdown and HTML."""
    return "".join(character for character in code if character.isalnum() or character == " ")[:12]


def symbol(code: str) -> str:
    """What stands before an amount."""
    return _SYMBOLS.get(code, f"{currency_name(code)} ")


def _in_currency(number: str, currency: str) -> str:
    return f"{symbol(currency)}{number}"


def _negative(amount: Decimal, text: str) -> str:
    return f"−{text}" if amount < 0 else text


def size(size_bytes: float) -> str:
    """Bytes for people, in steps of 1,024: 61.2 TiB."""
    step = 0
    while abs(size_bytes) >= 1023.95 and step < len(_SIZES) - 1:
        size_bytes, step = size_bytes / 1024, step + 1
    return f"{size_bytes:,.0f} {_SIZES[0]}" if step == 0 else f"{size_bytes:,.1f} {_SIZES[step]}"
