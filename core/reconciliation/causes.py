"""Causes: rules that tell, from the data alone, why what was counted is not what was billed."""

from collections.abc import Iterable, Iterator
from datetime import date

from core.reconciliation.counts import Billed, Counts
from core.reconciliation.reconciled import AGREED, Cause, Counted, Counter, Finding, spans

_MOST_NAMED = 3


def compare(billed: Billed, counts: Counts, place: str, agreeing: bool = False) -> Counted:
    """What a counter has, beside the bill. `place` is what places are called: distribution, bucket.

    `agreeing`: an inventory is compared, and CloudWatch agrees with the bill.

    Only days that the bill covers are counted. A day that is missing at the counter counts as nothing there.
    """
    values = {key: value for key, value in counts.values.items() if key[1] in billed.days}
    missing = tuple(sorted(billed.days - {day for _, day in values}))
    if not values:
        return Counted(counts.by, None, None, None, 0, missing, tuple(_coverage(billed, counts, place, missing)))
    outside = tuple(day for day in missing if not (counts.first or day) <= day <= (counts.last or day))
    places = {place for place, _ in billed.values}
    shared = {key for key in values if key[0] in places}
    same = _ratio(sum(values[key] for key in shared), sum(billed.values.get(key, 0) for key in shared))
    total = sum(values.values())
    findings = [*_coverage(billed, counts, place, missing)]
    if same is not None and abs(same) > AGREED:
        findings += list(_on_same_days(billed, counts, shared, same, agreeing)) or [
            Finding(Cause.NOT_TOLD, "nothing in the data tells why")
        ]
    within = sum(value for (_, day), value in billed.values.items() if day not in outside)
    return Counted(
        counts.by, total, _ratio(total, billed.total), same, len({day for _, day in shared}), missing, tuple(findings),
        len(billed.days), outside, _ratio(total, within),
    )  # fmt: skip


def _ratio(value: int, billed: int) -> float | None:
    return value / billed - 1 if billed else None


def _coverage(billed: Billed, counts: Counts, place: str, missing: Iterable[date]) -> Iterator[Finding]:
    """What the counter does not have at all."""
    by = counts.by
    if not billed.days:
        yield Finding(Cause.NOT_FINAL, "no bill covers a whole day of it yet")
        return
    if counts.first is None:
        yield Finding(Cause.NOT_BEFORE, f"there is nothing by {by}")
        return
    before = [day for day in missing if day < counts.first]
    since = [day for day in missing if counts.last and day > counts.last]
    between = [day for day in missing if day not in counts.gaps and counts.first <= day <= (counts.last or day)]
    gaps = sorted(counts.gaps & set(missing))
    if before:
        yield Finding(Cause.NOT_BEFORE, f"nothing by {by} before {counts.first}: {_of(before, billed)}")
    if since:
        yield Finding(Cause.NOT_SINCE, f"nothing by {by} since {counts.last}: {_of(since, billed)}")
    if between:
        yield Finding(Cause.DAYS_MISSING, f"nothing by {by} on {spans(between)}: {_of(between, billed)}")
    if gaps:
        yield Finding(Cause.GAPS, f"only a part of {spans(gaps)} is known by {by}, and left out: {_of(gaps, billed)}")
    yield from _other_places(billed, counts, place)
    if holes := _holes(billed, counts, set(missing)):
        yield Finding(Cause.DAYS_MISSING, f"a {place} is missing by {by} on {spans({day for _, day in holes})}")


def _holes(billed: Billed, counts: Counts, missing: set[date]) -> set[tuple[str, date]]:
    """Where a distribution that it knows is billed on a day, which it has of others only."""
    known = {place for place, _ in counts.values}
    return {
        (place, day)
        for (place, day), value in billed.values.items()
        if value and place in known and day not in missing and (place, day) not in counts.values
    }


def _other_places(billed: Billed, counts: Counts, called: str) -> Iterator[Finding]:
    known = {place for place, _ in counts.values}
    others = {
        place: sum(value for (of, _), value in billed.values.items() if of == place)
        for place in {place for place, _ in billed.values} - known
    }
    if known and any(others.values()):
        named = sorted(others, key=lambda place: (-others[place], place))
        more = f" and {len(named) - _MOST_NAMED} more" if len(named) > _MOST_NAMED else ""
        share = sum(others.values()) / billed.total
        yield Finding(
            Cause.OTHER_PLACES,
            f"the bill has other {called}s, too ({', '.join(named[:_MOST_NAMED])}{more}): {_percent(share)} of it",
        )


def _on_same_days(
    billed: Billed, counts: Counts, shared: set[tuple[str, date]], same: float, agreeing: bool
) -> Iterator[Finding]:
    """Why days that both have differ."""
    if _is_between(billed, counts, shared):
        yield Finding(Cause.SNAPSHOTS, "an inventory stands for the days until the next, and what lay there changed")
        return
    if billed.estimated and not agreeing:
        yield Finding(Cause.NOT_FINAL, "the bill is not final yet")
    if counts.lines_a_request < 1:
        one_in = round(1 / counts.lines_a_request) if counts.lines_a_request else 0
        yield Finding(Cause.SAMPLED, f"the logs are a sample, of about 1 request in {one_in}")
    if billed.flat_rate and same > 0:
        yield Finding(Cause.FLAT_RATE, "a flat-rate plan is billed, which itemises no use")
    if _is_padding(billed, counts, shared):
        yield Finding(Cause.PADDING, "small objects are billed as larger ones, and the padding is not counted alike")
    elif counts.by is Counter.INVENTORY and same < 0:
        yield from _not_listed(counts, agreeing)


def _is_between(billed: Billed, counts: Counts, shared: set[tuple[str, date]]) -> bool:
    """Whether they agree on the days of the snapshots themselves."""
    looked = {key for key in shared if counts.looked is not None and key[1] in counts.looked}
    ratio = _ratio(sum(counts.values[key] for key in looked), sum(billed.values.get(key, 0) for key in looked))
    return ratio is not None and abs(ratio) <= AGREED


def _is_padding(billed: Billed, counts: Counts, shared: set[tuple[str, date]]) -> bool:
    """Whether they agree once padding is left out on both sides."""
    if not billed.padding and not counts.padding:
        return False
    value = sum(counts.values[key] - counts.padding.get(key, 0) for key in shared)
    ratio = _ratio(value, sum(billed.values.get(key, 0) - billed.padding.get(key, 0) for key in shared))
    return ratio is not None and abs(ratio) <= AGREED


def _not_listed(counts: Counts, agreeing: bool) -> Iterator[Finding]:
    if not counts.lists_versions:
        yield Finding(Cause.VERSIONS, "the inventory lists no older versions, which are billed")
    if agreeing:
        yield Finding(
            Cause.UNFINISHED, "CloudWatch, which counts parts of unfinished uploads too, agrees with the bill"
        )


def _of(days: list[date], billed: Billed) -> str:
    told = f"{len(days)} of {len(billed.days)} days"
    if not billed.total:
        return told
    share = sum(value for (_, day), value in billed.values.items() if day in set(days)) / billed.total
    return f"{told}, {_percent(share)} of the bill"


def _percent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %")
