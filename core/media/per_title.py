"""Per title: as many bits as this video's picture needs, and no rung that a better one makes useless."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

from core.errors import PackagingFailed
from core.media.found import Found
from core.media.ladder import Rung, fixed_ladder
from core.media.samples import Sampled, Samples

#: VMAF at which the top rung is told from the original by hardly anybody.
TARGET = 95.0
_TRIED = (22.0, 30.0)
_BEST, _WORST = 12.0, 38.0
_NEAR = 1.0  #: VMAF that the target may be missed by
_MORE_TRIES = 2
_FLATTEST = 0.5  #: VMAF a step, where two settings score too much alike to tell
_UNKNOWN = 23.0  #: for a picture that cannot be measured
#: VMAF cannot judge anything smaller.
_SMALLEST = 64


@dataclass(frozen=True)
class Dropped:
    """A rung of the fixed ladder that this video does without."""

    name: str
    reason: str


@dataclass(frozen=True)
class Plan:
    """The rungs that are made, and why these."""

    rungs: tuple[Rung, ...]  #: largest first
    dropped: tuple[Dropped, ...] = ()
    target_vmaf: float | None = None  #: this and the next: None where nothing was measured
    vmaf: float | None = None  #: of the top rung, on the samples
    fixed_bits: float | None = None  #: bits a second of the fixed ladder's rungs together; None where not known
    warnings: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What plan_from_json takes."""
        return asdict(self)


def plan_from_json(told: dict[str, Any]) -> Plan:
    """A plan that was written down."""
    lists = {
        "rungs": tuple(Rung(**each) for each in told["rungs"]),
        "dropped": tuple(Dropped(**each) for each in told["dropped"]),
        "warnings": tuple(told["warnings"]),
    }
    return Plan(**{**told, **lists})


def per_title(found: Found, samples: Samples) -> Plan:
    """The plan for a video, from its samples; one that cannot be measured gets a usual quality, and says so."""
    fixed = fixed_ladder(found)
    if min(fixed[0].width, fixed[0].height) < _SMALLEST:
        return Plan(tuple(_at(fixed, _UNKNOWN)), warnings=("The picture is too small for its quality to be measured.",))
    try:
        return _measured(fixed, samples)
    except PackagingFailed as error:
        return Plan(tuple(_at(fixed, _UNKNOWN)), warnings=(f"The quality could not be measured: {error.message}",))


def _measured(fixed: Sequence[Rung], samples: Samples) -> Plan:
    crf, score = _best(fixed[0], samples)
    chosen, usual = samples.encode([_at(fixed, crf), fixed])
    rungs, dropped = undominated(fixed, chosen)
    return Plan(rungs, dropped, TARGET, round(score, 2), round(sum(each.bits for each in usual)))


def _best(top: Rung, samples: Samples) -> tuple[float, float]:
    """The setting of those tried that came nearest to the target, and its score."""
    scores = list(zip(_TRIED, samples.vmaf([replace(top, crf=crf) for crf in _TRIED]), strict=True))
    for _ in range(_MORE_TRIES):
        crf = crf_for(TARGET, scores)
        if crf in dict(scores) or min(abs(score - TARGET) for _, score in scores) <= _NEAR:
            break
        scores += [(crf, samples.vmaf([replace(top, crf=crf)])[0])]
    return min(scores, key=lambda tried: abs(tried[1] - TARGET))


def _at(rungs: Sequence[Rung], crf: float) -> list[Rung]:
    """The rungs at a constant quality; their average rate becomes their highest."""
    return [replace(rung, crf=crf) for rung in rungs]


def crf_for(target: float, scores: Sequence[tuple[float, float]]) -> float:
    """The setting that scores the target, along straight lines between those that were tried, and beyond them."""
    known = sorted(scores)
    pairs = list(pairwise(known))
    (low, low_score), (high, high_score) = next((p for p in pairs if p[1][1] <= target), pairs[-1])
    slope = min((high_score - low_score) / (high - low), -_FLATTEST)
    start, score = (high, high_score) if target <= high_score else (low, low_score)
    return round(min(max(start + (target - score) / slope, _BEST), _WORST), 1)


def undominated(fixed: Sequence[Rung], sampled: Sequence[Sampled]) -> tuple[tuple[Rung, ...], tuple[Dropped, ...]]:
    """The rungs that somebody needs.

    Who had the bandwidth for a rung of the fixed ladder, and has it for a better one now, needs that rung no more.
    """
    kept, dropped = [sampled[0]], []
    for usual, each in zip(fixed[1:], sampled[1:], strict=True):
        above = kept[-1]
        if above.bits <= usual.rate:
            dropped.append(Dropped(usual.name, _reason(above, usual)))
        else:
            kept.append(each)
    return tuple(each.rung for each in kept), tuple(dropped)


def _reason(above: Sampled, usual: Rung) -> str:
    taken, spared = above.bits / 1000, usual.rate / 1000
    return f"{above.rung.name} takes {taken:,.0f} kb/s, and the fixed {usual.name} {spared:,.0f} kb/s"
