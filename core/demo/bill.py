"""Bill: every line of one month, as AWS knew it at one moment."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.costs.period import midnight, month_of
from core.demo import cloudfront
from core.demo.buckets import PRODUCT as S3
from core.demo.chance import unit
from core.demo.cloudfront import CloudFrontMonth, private_discount
from core.demo.lines import PAYER_ACCOUNT, Item, Line, LineType, Product, other
from core.demo.pricing import CREDIT_SHARE, OTHER_PRICES, TAX_RATE
from core.demo.s3_requests import S3RequestsMonth
from core.demo.s3_storage import storage_lines
from core.demo.services import service_lines
from core.demo.story import days_between
from core.demo.traffic import Traffic

SUPPORT = Product("AWSDeveloperSupport", "AWS Support (Developer)")
REFUND_USD = Decimal("86.40")
#: How late usage appears in the bill.
LAGS = {S3.code: timedelta(hours=6), cloudfront.PRODUCT.code: timedelta(hours=15)}
OTHER_LAG = timedelta(hours=9)
#: After the month's end: when the invoice is made, and when its tax is put right for private discounts.
INVOICED_AFTER, TAX_CORRECTED_AFTER = timedelta(days=2, hours=12), timedelta(days=7)


@dataclass(frozen=True)
class Bill:
    """A month's lines."""

    month: date  #: its first day
    as_of: datetime
    invoice_id: str  #: empty until the invoice is made
    refund_invoice_id: str
    lines: tuple[Line, ...]

    @property
    def start(self) -> datetime:
        return midnight(self.month)

    @property
    def end(self) -> datetime:
        return midnight(month_of(self.month).end)

    @property
    def total(self) -> Decimal:
        return sum((line.cost for line in self.lines), Decimal(0))

    @property
    def has_discounts(self) -> bool:
        return any(line.type is LineType.DISCOUNT for line in self.lines)

    def invoice_of(self, line: Line) -> str:
        return self.refund_invoice_id if line.type is LineType.REFUND else self.invoice_id


def make_bill(traffic: Traffic, month: date, as_of: datetime) -> Bill:
    """The bill of a month as it stood at that moment: later ones know more usage, and may correct the tax."""
    period = month_of(month)
    usage = list(_usage(traffic, days_between(period.start, period.end), as_of))
    discounts = [private_discount(line) for line in usage if line.discount]
    extra = [*_credits(traffic, usage), *_refund(traffic, month, as_of), *_support(month, usage)]
    corrected = as_of >= midnight(period.end) + TAX_CORRECTED_AFTER
    taxed = [*usage, *extra, *(discounts if corrected else [])]
    invoiced = as_of >= midnight(period.end) + INVOICED_AFTER
    return Bill(
        month=month,
        as_of=as_of,
        invoice_id=_invoice_id(traffic, month, "usage") if invoiced else "",
        refund_invoice_id=_invoice_id(traffic, month, "refund"),
        lines=(*usage, *discounts, *extra, *_taxes(month, taxed)),
    )


def _usage(traffic: Traffic, days: list[date], as_of: datetime) -> Iterator[Line]:
    yield from CloudFrontMonth(traffic).lines(days, as_of - LAGS[cloudfront.PRODUCT.code])
    yield from storage_lines(traffic.catalogue, days, as_of - LAGS[S3.code])
    yield from S3RequestsMonth(traffic).lines(days, as_of - LAGS[S3.code])
    yield from service_lines(traffic, days, as_of - OTHER_LAG)


def _credits(traffic: Traffic, usage: list[Line]) -> Iterator[Line]:
    """A promotional credit each day on what CloudFront and S3 cost that day, while the promotion lasts."""
    promotion = traffic.story.credits
    helped = [line for line in usage if line.item.product in (cloudfront.PRODUCT, S3)]
    for (day, product), cost in _cost_by_day(helped).items():
        if promotion.start <= day < promotion.end and cost:
            span = midnight(day), midnight(day) + timedelta(days=1)
            text = "AWS Migration Acceleration Program Credit"
            yield other(Item(product, "", ""), LineType.CREDIT, *span, -cost * CREDIT_SHARE, text)


def _refund(traffic: Traffic, month: date, as_of: datetime) -> Iterator[Line]:
    day = traffic.story.refunded_on
    if day.replace(day=1) == month and midnight(day) < as_of:
        item = Item(cloudfront.PRODUCT, "", "", resource=cloudfront.DISTRIBUTION)
        start = midnight(day)
        yield other(
            item, LineType.REFUND, start, start + timedelta(days=1), -REFUND_USD, "Refund for data transfer out"
        )


def _support(month: date, usage: list[Line]) -> Iterator[Line]:
    if not usage:
        return
    charged = sum((line.cost for line in usage), Decimal(0)) * OTHER_PRICES["support_share"]
    fee = max(OTHER_PRICES["support_minimum_month"], charged)
    item = Item(SUPPORT, "Dollar", "", unit="Dollar", family="AWS Support", account=PAYER_ACCOUNT)
    yield other(item, LineType.FEE, *_whole(month), fee, "AWS Support (Developer): greater of $29 or 3% of usage")


def _taxes(month: date, taxed: Iterable[Line]) -> Iterator[Line]:
    bases: defaultdict[Product, Decimal] = defaultdict(Decimal)
    for line in taxed:
        bases[line.item.product] += line.cost
    for product, base in sorted(bases.items(), key=lambda pair: pair[0].code):
        item = Item(product, "", "", account=PAYER_ACCOUNT)
        text = f"Tax for product code {product.code}"
        yield other(item, LineType.TAX, *_whole(month), base * TAX_RATE, text)


def _cost_by_day(lines: Iterable[Line]) -> dict[tuple[date, Product], Decimal]:
    costs: defaultdict[tuple[date, Product], Decimal] = defaultdict(Decimal)
    for line in lines:
        costs[line.start.date(), line.item.product] += line.cost
    return dict(sorted(costs.items(), key=lambda pair: (pair[0][0], pair[0][1].code)))


def _whole(month: date) -> tuple[datetime, datetime]:
    """From the month's first second to its last, as lines for a whole month are stamped."""
    period = month_of(month)
    return midnight(period.start), midnight(period.end) - timedelta(seconds=1)


def _invoice_id(traffic: Traffic, month: date, what: str) -> str:
    return str(1_000_000_000 + int(unit(traffic.story.seed, "invoice", month, what) * 1_500_000_000))
