"""Per title: videos of the fixed ladder that would take fewer bytes at their own rates, where that pays for it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.billing.cdn_prices import first_usd_per_gb
from core.costs.encoded import encoded_seconds
from core.costs.period import Period, add_months
from core.database import Row, named_queries
from core.errors import PriceUnknown
from core.recommendations.cdn_month import billed_share
from core.recommendations.class_prices import ClassPrices
from core.recommendations.grounds import Grounds
from core.recommendations.recommendation import (
    NOTHING,
    Confidence,
    Evidence,
    Fee,
    LeftOut,
    Line,
    Recommendation,
    Remark,
    Said,
    Unit,
)
from core.recommendations.sketch import sketch_of
from core.settings import MediaEngine
from core.storage.provider import StorageClass
from core.units import GIB, number_of

NAME = "per-title encoding"
#: Fewer do not tell what such videos usually save.
_LEAST_MEASURED = 5
_LONGEST_PAYBACK_MONTHS = 12
_DAYS = 28
_MONTH = 30
_BY_HAND = "Have each packaged anew by `python -m core media again`: no action does it for all at once."
_SENT = """
    SELECT video, sum(bytes)::BIGINT FROM request_titles
    WHERE day >= $start AND day < $end AND rung LIKE '%p' AND bytes IS NOT NULL GROUP BY ALL
"""
_LOG_DAYS = "SELECT count(DISTINCT day) FROM request_titles WHERE day >= $start AND day < $end"
_ENCODING = """
    SELECT coalesce(sum(billed_cost), 0) FROM charges
    WHERE charge_period_start >= $start AND charge_period_start < $end AND charge_category = 'usage'
        AND usage_family = 'transcoding' AND billing_currency = 'USD'
"""

_queries: Any = named_queries(__file__, "per_title.sql")


@dataclass(frozen=True)
class _Video:
    """A video of the fixed ladder, USD a month that its renditions cost, and USD of encoding it."""

    id: str
    objects: int
    size_bytes: int
    stored_usd: Decimal
    sent_usd: Decimal
    encoding_usd: Decimal


def find(grounds: Grounds) -> Iterator[Said]:
    """One for each provider; a remark where too little was measured, or nobody knows what encoding costs."""
    with grounds.database.reading() as connection:
        measured = _queries.measured(connection)
        rows = list(_queries.fixed(connection))
    if not rows:
        return
    if measured["videos"] < _LEAST_MEASURED:
        yield Remark(NAME, f"{measured['videos']} videos were packaged by their own rates, and {_LEAST_MEASURED} are "
                     "needed to tell what that saves.")  # fmt: skip
        return
    share = 1 - Decimal(measured["size_bytes"]) / Decimal(measured["fixed_bytes"])
    if share > 0:
        yield from _asked(grounds, rows, share, measured["videos"])


def _asked(grounds: Grounds, rows: list[Row], share: Decimal, measured: int) -> Iterator[Said]:
    period = Period(grounds.days_ago(_DAYS), grounds.today)
    days = {"start": period.start, "end": period.end}
    [(logged,)] = grounds.warehouse.query(_LOG_DAYS, days)
    if logged < _DAYS - 1:
        yield Remark(NAME, f"The CDN's log has {logged} of the last {_DAYS} days: nobody knows how much is sent.")
        return
    sent = dict(grounds.warehouse.query(_SENT, days))
    try:
        costs = _Costs(grounds, sent, _sent_usd_per_gb(grounds), _encoding_usd_per_s(grounds))
    except PriceUnknown as error:
        yield Remark(NAME, str(error))
        return
    for name in sorted({row["provider"] for row in rows}):
        of = [row for row in rows if row["provider"] == name]
        try:
            yield from _at(name, [costs.video(row) for row in of], share, measured)
        except PriceUnknown as error:
            yield Remark(NAME, str(error), name)


@dataclass(frozen=True)
class _Costs:
    """What videos cost."""

    grounds: Grounds
    sent: Mapping[str, int]
    usd_per_gb: Decimal
    usd_per_s: Decimal

    def video(self, row: Row) -> _Video:
        """Raises PriceUnknown."""
        provider = next((each for each in self.grounds.providers.all if each.name == row["provider"]), None)
        region = provider.region if provider else ""
        classes = StorageClass(row["storage_class"]), StorageClass(row["original_class"])
        stored = self.grounds.storage_prices.monthly_usd(row["provider"], region, classes[0], row["size_bytes"])
        if provider is None or stored is None:
            raise PriceUnknown(f"Nobody knows what storage at {row['provider']} costs.", "Connect it.")
        retrieved = ClassPrices(self.grounds.prices, region).retrieval(classes[1]) * row["original_bytes"] / GIB
        monthly_gb = Decimal(self.sent.get(row["video_id"], 0)) * _MONTH / _DAYS / GIB
        encoding = self.usd_per_s * Decimal(str(row["duration_s"])) * row["objects"]
        return _Video(
            row["video_id"], row["objects"], row["size_bytes"], stored, monthly_gb * self.usd_per_gb,
            encoding + retrieved,
        )  # fmt: skip


def _sent_usd_per_gb(grounds: Grounds) -> Decimal:
    """In the first band, less the discount of the last whole month's bill."""
    return first_usd_per_gb(grounds.prices) * billed_share(grounds.warehouse, grounds.today)


def _encoding_usd_per_s(grounds: Grounds) -> Decimal:
    """Of one rung, by the bill of the last three months; nothing on this machine. Raises PriceUnknown."""
    if grounds.settings.media_engine is MediaEngine.LOCAL:
        return NOTHING
    month = grounds.today.replace(day=1)
    period = Period(add_months(month, -3), month)
    [(usd,)] = grounds.warehouse.query(_ENCODING, {"start": period.start, "end": period.end})
    seconds = sum(each.seconds for each in encoded_seconds(grounds.database, period))
    if not usd or not seconds:
        raise PriceUnknown(
            "The price catalogue has no price for MediaConvert, and no bill of the last three months tells what a "
            "second costs.",
            "Ingest a bill.",
        )
    return usd / seconds


def _at(name: str, videos: list[_Video], share: Decimal, measured: int) -> Iterator[Said]:
    chosen = [each for each in videos if _pays(each, share)]
    if not chosen:
        return
    stored = sum((each.stored_usd for each in chosen), NOTHING)
    sent = sum((each.sent_usd for each in chosen), NOTHING)
    once = sum((each.encoding_usd for each in chosen), NOTHING)
    dear = len(videos) - len(chosen)
    evidence = Evidence(
        objects=sum(each.objects for each in chosen),
        size_bytes=sum(each.size_bytes for each in chosen),
        fees=(Fee("Storage", stored, stored * (1 - share)), Fee("Sent to viewers", sent, sent * (1 - share))),
        confidence=Confidence.MEDIUM if measured >= 4 * _LEAST_MEASURED else Confidence.LOW,
        because=f"{measured:,} videos that were packaged by their own rates took that much less; others may differ.",
        days=_DAYS,
        break_even=Line("Pays back after", once / (share * (stored + sent)), Unit.MONTHS),
        if_doubled_usd=share * (stored + 2 * sent),
        left_out=(LeftOut(sum(each.objects for each in videos) - sum(each.objects for each in chosen),
                          "Encoding them costs more than it saves in a year."),) if dear else (),
        besides=(Line("Videos", Decimal(len(chosen)), Unit.VIDEOS), Line("Bytes saved", share, Unit.SHARE)),
    )  # fmt: skip
    yield Recommendation(
        NAME, name, "fixed ladder", f"Package {number_of(len(chosen), 'video')} by their own rates",
        f"Videos that were packaged by their own rates took {share * 100:.0f} % fewer bytes than the fixed ladder "
        f"would have. These have the fixed one.",
        once, evidence, None, _BY_HAND,
        portions=((f"{name} bytes of the fixed ladder", evidence.saving_usd),),
        sketch=sketch_of(each.id for each in chosen),
    )  # fmt: skip


def _pays(each: _Video, share: Decimal) -> bool:
    saving = share * (each.stored_usd + each.sent_usd)
    return saving > 0 and each.encoding_usd <= saving * _LONGEST_PAYBACK_MONTHS
