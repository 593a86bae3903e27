"""CDN: what CloudFront has sent and answered since the bill, at list price."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

from core.billing.cdn_prices import USUAL, requests_usd, transfer_usd
from core.billing.prices import PriceCatalog
from core.costs.period import Period
from core.reconciliation.cdn import IS_CDN_USE, QUANTITY
from core.reconciliation.reconciled import Counter, Figure, Reconciliation
from core.reconciliation.reconciliation import reconcile
from core.running.estimated import Estimate, Moment, Part
from core.running.hours import Measured, believed, measured
from core.warehouse import Warehouse

#: Days before the bill's end that a counter is compared with the bill on, and the fewest that a factor is made of.
_COMPARED_DAYS, _FEWEST_DAYS = 28, 3
_FIGURES = {Part.CDN_TRANSFER: Figure.BYTES, Part.CDN_REQUESTS: Figure.REQUESTS}
_METRICS = {Figure.BYTES: "BytesDownloaded", Figure.REQUESTS: "Requests"}
_COLUMNS = {Figure.BYTES: "bytes", Figure.REQUESTS: "requests"}
_FAMILIES = {Figure.BYTES: "transfer out", Figure.REQUESTS: "requests"}
_REGION = "regexp_extract(usage_type, '^(US|CA|EU|JP|AU|AP|IN|SA|ME|ZA|MX|IL|KR)-', 1)"
_SCHEME = "if(usage_type LIKE '%HTTPS%', 'https', 'http')"
#: Amounts by price region and scheme.
_Amounts = dict[tuple[str, ...], int]
_GRAIN = Decimal("1e-10")


def compared_before(warehouse: Warehouse, moment: Moment) -> Reconciliation:
    """The four weeks until the bill's end, side by side."""
    end = moment.until.date()
    return reconcile(warehouse, Period(end - timedelta(_COMPARED_DAYS), end))


def cdn_estimate(
    warehouse: Warehouse, catalog: PriceCatalog, part: Part, moment: Moment, before: Reconciliation
) -> Estimate:
    """Bytes or requests since the bill, by whoever is complete and newer, times what the bill had more before."""
    figure = _FIGURES[part]
    if _has_flat_rate(warehouse, moment):
        return Estimate(None, None, remarks=("a flat-rate plan is billed: what goes beyond it is not estimated",))
    found = believed((_cloudwatch(warehouse, figure, moment), _logs(warehouse, figure, moment)))
    if not found:
        return Estimate(None, None, remarks=("neither CloudWatch nor logs tell anything since the bill",))
    factor, told = factor_of(before, figure, Counter(found.by))
    billed = _billed(warehouse, figure, moment)
    split, said = _split(found, billed)
    since = {key: round(amount * (factor or 1)) for key, amount in split.items()}
    usd = _priced(catalog, figure)
    both = {key: billed.get(key, 0) + since.get(key, 0) for key in billed.keys() | since.keys()}
    remarks = (*found.remarks, *told, *said)
    return Estimate((usd(both) - usd(billed)).quantize(_GRAIN), found.until, found.by, factor, remarks)


def factor_of(before: Reconciliation, figure: Figure, by: Counter) -> tuple[float | None, tuple[str, ...]]:
    """What a counter's figures are multiplied by to be the bill's, and what is said of it."""
    line = before.line(figure)
    counted = line.by(by) if line else None
    if counted is None or counted.same is None or counted.same_days < _FEWEST_DAYS or counted.same <= -1:
        return None, ("not compared with the bill: fewer than three days are in both",)
    factor = 1 / (1 + counted.same)
    return factor, (f"times {factor:.4f}, as the bill had on {counted.same_days} days before",)


def _has_flat_rate(warehouse: Warehouse, moment: Moment) -> bool:
    return bool(
        warehouse.query(
            "SELECT 1 FROM charges WHERE usage_family = 'flat-rate plan' AND charge_period_start >= $start "
            "AND charge_period_start < $until LIMIT 1",
            {"start": moment.start.date(), "until": moment.until.replace(tzinfo=None)},
        )
    )


def _billed(warehouse: Warehouse, figure: Figure, moment: Moment) -> _Amounts:
    rows = warehouse.query(
        f"SELECT {_REGION}, {_SCHEME}, round(sum({QUANTITY}))::BIGINT FROM charges WHERE {IS_CDN_USE} "
        f"AND usage_family = '{_FAMILIES[figure]}' AND charge_period_start >= $start AND charge_period_start < $until "
        "GROUP BY ALL",
        {"start": moment.start.date(), "until": moment.until.replace(tzinfo=None)},
    )
    return {(region, scheme if figure is Figure.REQUESTS else ""): amount for region, scheme, amount in rows}


def _cloudwatch(warehouse: Warehouse, figure: Figure, moment: Moment) -> Measured | None:
    rows = warehouse.query(
        "SELECT period_start, period_s, sum(value) FROM metrics WHERE namespace = 'AWS/CloudFront' "
        "AND metric = $metric AND stat = 'Sum' AND period_start >= $until AND period_start < $at "
        "GROUP BY period_start, period_s "
        "QUALIFY period_s = min(period_s) OVER (PARTITION BY period_start::DATE)",
        {"metric": _METRICS[figure], **_span(moment)},
    )
    return measured(Counter.CLOUDWATCH, rows, moment)


def _logs(warehouse: Warehouse, figure: Figure, moment: Moment) -> Measured | None:
    """Hours of which some lines do not tell their bytes are missing ones."""
    scheme, column = "scheme" if figure is Figure.REQUESTS else "''", _COLUMNS[figure]
    asked = "FROM request_places WHERE hour >= $until AND hour < $at"
    rows = warehouse.query(
        f"SELECT hour, 3600, sum({column})::BIGINT, coalesce(price_region, ''), coalesce({scheme}, '') {asked} "
        f"AND hour NOT IN (SELECT hour {asked} AND {column} IS NULL) GROUP BY ALL",
        _span(moment),
    )
    return measured(Counter.LOGS, rows, moment)


def _span(moment: Moment) -> dict[str, object]:
    return {"until": moment.until.replace(tzinfo=None), "at": moment.at.replace(tzinfo=None)}


def _split(found: Measured, billed: _Amounts) -> tuple[_Amounts, tuple[str, ...]]:
    """By price region and scheme: CloudWatch tells of neither, so they are as on the month's bill."""
    if found.by == Counter.LOGS:
        return dict(found.amounts), ()
    total, amount = sum(billed.values()), sum(found.amounts.values())
    if not total:
        usual = (USUAL, "https")
        return {usual: amount}, ("all at the prices of the US and of https, as this month's bill has none yet",)
    return {key: amount * of // total for key, of in billed.items()}, ("by price region as on this month's bill",)


def _priced(catalog: PriceCatalog, figure: Figure) -> Callable[[Mapping[tuple[str, ...], int]], Decimal]:
    if figure is Figure.BYTES:
        return lambda amounts: transfer_usd(catalog, _of_region(amounts))
    return lambda amounts: requests_usd(catalog, _of_region(amounts, "http"), _of_region(amounts, "https", ""))


def _of_region(amounts: Mapping[tuple[str, ...], int], *schemes: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for (region, scheme), amount in amounts.items():
        if not schemes or scheme in schemes:
            found[region] = found.get(region, 0) + amount
    return found
