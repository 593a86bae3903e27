"""Templates: rules that others have found useful, to begin with."""

from dataclasses import dataclass

from core.actions.kinds.lifecycle_policy import OURS
from core.storage.lifecycle import LifecycleRule, Transition
from core.storage.provider import StorageClass


@dataclass(frozen=True)
class Template:
    """A rule, and what it is good for."""

    name: str
    words: str
    rule: LifecycleRule


def _moves(*steps: tuple[int, StorageClass]) -> tuple[Transition, ...]:
    return tuple(Transition(days, storage_class) for days, storage_class in steps)


TEMPLATES = (
    Template(
        "Tidy unfinished uploads",
        "Parts of uploads that nobody completed are billed as long as they lie there, and no listing shows them.",
        LifecycleRule(f"{OURS}unfinished-uploads", abort_unfinished_after_days=7),
    ),
    Template(
        "Intelligent-Tiering",
        "Reads cost nothing extra, so it is safe for what is watched; what nobody reads becomes cheaper by itself.",
        LifecycleRule(f"{OURS}tiering", "videos/", transitions=_moves((0, StorageClass.INTELLIGENT_TIERING))),
    ),
    Template(
        "IA, then Glacier, then gone",
        "The usual rule of thumb. What lies in Glacier cannot be watched for hours; look at what it costs first.",
        LifecycleRule(
            f"{OURS}thumb",
            "videos/",
            transitions=_moves((30, StorageClass.STANDARD_IA), (90, StorageClass.GLACIER)),
            expire_after_days=365,
        ),
    ),
    Template(
        "Old versions",
        "In a bucket with versions, what is replaced or removed stays, and is billed, until its version is removed.",
        LifecycleRule(f"{OURS}old-versions", expire_noncurrent_after_days=30),
    ),
)
