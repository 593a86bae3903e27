"""Lines: what a line item of an AWS bill says, whichever report it is written to."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from core.costs.period import midnight
from core.demo.identity import sku
from core.demo.pricing import Band, exact

PAYER_ACCOUNT = "111122223333"
PRODUCTION_ACCOUNT = "222233334444"
STAGING_ACCOUNT = "444455556666"
ACCOUNT_NAMES = {
    PAYER_ACCOUNT: "phyght",
    PRODUCTION_ACCOUNT: "phyght-production",
    STAGING_ACCOUNT: "phyght-staging",
}
US, EU, GLOBAL = "us-east-1", "eu-west-1", ""
LOCATIONS = {US: "US East (N. Virginia)", EU: "EU (Ireland)", GLOBAL: ""}


class LineType(StrEnum):
    """The types of line item that the demo's bill has."""

    USAGE = "Usage"
    DISCOUNT = "PrivateRateDiscount"
    CREDIT = "Credit"
    REFUND = "Refund"
    FEE = "Fee"
    TAX = "Tax"


@dataclass(frozen=True)
class Product:
    """A service, as bills name it."""

    code: str
    name: str


@dataclass(frozen=True)
class Item:
    """What is billed; many lines say the same about it."""

    product: Product
    usage_type: str
    operation: str
    unit: str = ""
    family: str = ""
    region: str = GLOBAL
    resource: str = ""
    account: str = PRODUCTION_ACCOUNT
    tags: tuple[tuple[str, str], ...] = ()  #: as `environment`, `team`, `content`
    attributes: tuple[tuple[str, str], ...] = ()  #: of the product, in the names of CUR 2.0

    @cached_property
    def sku(self) -> str:
        """The product's name in the price list; empty for what is not usage of anything."""
        return sku(self.product.code, self.usage_type, self.operation) if self.usage_type else ""


class Line(NamedTuple):
    """One line item; a tuple, because a bill has tens of thousands."""

    item: Item
    type: LineType
    start: datetime
    end: datetime
    quantity: Decimal
    rate: Decimal
    cost: Decimal
    description: str
    discount: Decimal = Decimal(0)  #: negative; the private discount on this usage, which has a line of its own


def hourly(item: Item, hour: datetime, quantity: Decimal, band: Band, discount_share: Decimal = Decimal(0)) -> Line:
    """Usage of one hour."""
    cost = exact(quantity * band.rate)
    return Line(
        item=item,
        type=LineType.USAGE,
        start=hour,
        end=hour + timedelta(hours=1),
        quantity=quantity,
        rate=band.rate,
        cost=cost,
        description=band.description,
        discount=-exact(cost * discount_share) if discount_share else Decimal(0),
    )


def daily(item: Item, day: date, quantity: Decimal, band: Band) -> Line:
    """Usage of a whole day, which bills stamp with its first hour."""
    return hourly(item, midnight(day), quantity, band)


def other(item: Item, type_: LineType, start: datetime, end: datetime, cost: Decimal, description: str) -> Line:
    """A line that is not usage: its cost stands by itself."""
    amount = exact(cost)
    return Line(item, type_, start, end, Decimal(1), amount, amount, description)
