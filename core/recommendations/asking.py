"""Asking: what a rule does with each bucket, so that one of which it cannot tell anything does not end the others."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from core.errors import PriceUnknown
from core.recommendations.grounds import Bucket, Grounds
from core.recommendations.recommendation import Recommendation, Remark, Said

NO_INVENTORY = "There is no inventory of S3: nobody knows what lies in which class."


def of_each_bucket(grounds: Grounds, rule: str, ask: Callable[[Grounds, Bucket], Iterable[Said]]) -> Iterator[Said]:
    """All that is said of any; a remark where there is no bucket, and for one whose prices are not known."""
    if not grounds.buckets:
        yield Remark(rule, NO_INVENTORY)
    for bucket in grounds.buckets:
        try:
            yield from [_named(each, bucket) for each in ask(grounds, bucket)]
        except PriceUnknown as error:
            yield Remark(rule, str(error), bucket.name)


def _named(each: Said, bucket: Bucket) -> Said:
    return replace(each, at=bucket.at) if isinstance(each, Recommendation) else each
