"""Unfinished uploads: parts that nobody will complete are billed until they are aborted, and a rule that does so."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.actions.action import Action, Kind
from core.database import named_queries
from core.errors import PriceUnknown, StorageError, UploadNotFound
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
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_told import told
from core.storage.provider import LifecycleRules, Multipart, StorageClass, UnfinishedUpload
from core.storage.providers import called
from core.units import number_of

NAME = "unfinished uploads"
RULE_NAME = "rule for unfinished uploads"
#: A younger one may still be sent.
OLDER_THAN_DAYS = 7
RULE_ID = "phyght-unfinished-uploads"
#: So many are looked at, at a request each.
_MOST = 1_000
_MONTH = timedelta(days=30)

_queries: Any = named_queries(__file__, "unfinished.sql")


@dataclass(frozen=True)
class _Found:
    """Abandoned uploads of a provider."""

    provider: Multipart
    uploads: tuple[UnfinishedUpload, ...]
    size_bytes: int
    left_out: tuple[LeftOut, ...]

    @property
    def oldest(self) -> datetime:
        return min(each.started_at for each in self.uploads)


def find(grounds: Grounds) -> Iterator[Said]:
    """Up to two for each provider that takes uploads in parts; a remark where it cannot be asked."""
    for provider in grounds.providers.all:
        if isinstance(provider, Multipart):
            try:
                yield from list(_at(grounds, provider))
            except (StorageError, PriceUnknown) as error:
                yield Remark(NAME, str(error), provider.name)


def _at(grounds: Grounds, provider: Multipart) -> Iterator[Said]:
    found = _look(grounds, provider)
    if not found.size_bytes:
        return
    usd = grounds.storage_prices.monthly_usd(provider.name, provider.region, StorageClass.STANDARD, found.size_bytes)
    if usd is None:
        _refuse(grounds, provider)
    elif usd > 0:
        yield _abort(grounds, found, usd)
        yield from _rule(grounds, found, usd)


def _refuse(grounds: Grounds, provider: Multipart) -> None:
    """Raises PriceUnknown."""
    raise PriceUnknown(
        f"The price catalogue of {grounds.prices.compiled} has no price for storage in {provider.region}.",
        "Add it to a catalogue of your own (PHYGHT_PRICE_CATALOG).",
    )


def _look(grounds: Grounds, provider: Multipart) -> _Found:
    """The abandoned ones; what this installation is receiving is left alone however old it is."""
    before = grounds.now - timedelta(days=OLDER_THAN_DAYS)
    with grounds.database.reading() as connection:
        ours = {row["upload_id"] for row in _queries.receiving(connection, provider=provider.name)}
    there = list(provider.unfinished_uploads())
    old = [each for each in there if each.started_at < before and each.upload_id not in ours]
    sizes = [_size(provider, each) for each in old[:_MOST]]
    left_out = (
        LeftOut(len(there) - len(old), f"They are younger than {OLDER_THAN_DAYS} days, or are being sent."),
        LeftOut(max(0, len(old) - _MOST), f"Only {_MOST:,} were measured: these are aborted too, and save more."),
    )
    return _Found(provider, tuple(old[:_MOST]), sum(sizes), tuple(each for each in left_out if each.objects))


def _size(provider: Multipart, upload: UnfinishedUpload) -> int:
    try:
        return sum(each.size_bytes for each in provider.parts(upload.key, upload.upload_id))
    except UploadNotFound:  # completed or aborted since it was listed
        return 0


def _abort(grounds: Grounds, found: _Found, usd: Decimal) -> Recommendation:
    name, count = found.provider.name, len(found.uploads)
    evidence = Evidence(
        objects=count,
        size_bytes=found.size_bytes,
        fees=(Fee("Storage", usd, NOTHING),),
        confidence=Confidence.HIGH,
        because="Each part was counted just now, as the provider lists it.",
        days=(grounds.now - found.oldest).days,
        left_out=found.left_out,
        besides=(Line("Oldest", Decimal((grounds.now - found.oldest).days), Unit.DAYS),),
    )
    return Recommendation(
        NAME, name, "parts of uploads", f"Abort {number_of(count, 'unfinished upload')}",
        f"Nobody has gone on with them for {OLDER_THAN_DAYS} days or more, and their parts are billed as Standard. "
        "No object has them, and no inventory lists them.",
        NOTHING, evidence,
        Action(Kind.ABORT_INCOMPLETE_UPLOADS, name, {"older_than_days": OLDER_THAN_DAYS, "prefix": ""}),
        portions=((f"{name} unfinished uploads", usd),),
        sketch=sketch_of(each.upload_id for each in found.uploads), at=called(found.provider.bucket, name),
    )  # fmt: skip


def _rule(grounds: Grounds, found: _Found, usd: Decimal) -> Iterator[Recommendation]:
    """What is left behind in a month, by what was left behind since the oldest of them, is not billed any more."""
    provider = found.provider
    if not isinstance(provider, LifecycleRules) or any(_aborts(each) for each in provider.lifecycle_rules()):
        return
    months = max(Decimal((grounds.now - found.oldest) / _MONTH), Decimal(1))
    saving = round(usd / months, 10)
    rule = LifecycleRule(RULE_ID, abort_unfinished_after_days=OLDER_THAN_DAYS)
    evidence = Evidence(
        objects=len(found.uploads),
        size_bytes=found.size_bytes,
        fees=(Fee("Storage of one more month's parts", saving, NOTHING),),
        confidence=Confidence.MEDIUM,
        because="It is what was left behind in a usual month since the oldest; without a rule it adds up each month.",
        days=(grounds.now - found.oldest).days,
        left_out=found.left_out,
    )
    yield Recommendation(
        RULE_NAME, provider.name, RULE_ID, "Let S3 abort uploads that nobody finishes",
        f"A lifecycle rule aborts each upload {OLDER_THAN_DAYS} days after it began. It costs nothing.",
        NOTHING, evidence,
        Action(Kind.PUT_LIFECYCLE_POLICY, provider.name, {"rules": [told(rule)], "remove": []}),
        portions=((f"{provider.name} unfinished uploads to come", saving),),
        at=called(provider.bucket, provider.name),
        sketch=RULE_ID,
    )  # fmt: skip


def _aborts(rule: LifecycleRule) -> bool:
    return rule.enabled and not rule.prefix and not rule.tags and rule.abort_unfinished_after_days is not None
