"""Replication: a bucket that has what is written to it copied to another one by its provider."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from core.storage.provider import StorageProvider


class ObjectState(StrEnum):
    """How far the copying of an object is, as S3 says it of the object."""

    COPIED = "COMPLETED"
    PENDING = "PENDING"
    FAILED = "FAILED"
    IS_COPY = "REPLICA"
    NONE = ""  #: it was written before the rule, or no rule is about it


@dataclass(frozen=True)
class ReplicationRule:
    """What is copied where."""

    id: str
    target: str  #: the other bucket
    prefix: str = ""
    storage_class: str = ""  #: of the copies; empty: that of what is copied
    in_time: bool = False  #: within 15 minutes, for a fee on each GB (Replication Time Control)
    enabled: bool = True


@dataclass(frozen=True)
class Replication:
    """All rules of a bucket."""

    role: str  #: that copies; one for all rules; empty of a folder, which needs none
    rules: tuple[ReplicationRule, ...]


@runtime_checkable
class Replicating(StorageProvider, Protocol):
    """What is written can be copied to another bucket by the provider itself."""

    @property
    def needs_versions(self) -> bool:
        """Whether both buckets have to keep versions."""
        ...

    def replication(self) -> Replication | None:
        """None where nothing is copied."""
        ...

    def put_replication(self, rule: ReplicationRule, role: str) -> None:
        """Put a rule in the place of the one of its id, beside all others, which stay to the letter.

        Raises RulesRefused where the provider does not take it.
        """
        ...

    def remove_replication(self, id: str) -> None:
        """Take a rule away; one that is not there is away already."""
        ...

    def keeps_versions(self) -> bool: ...

    def keep_versions(self, keep: bool) -> None:
        """Begin to keep versions, or suspend it: those that are there stay. Raises RulesRefused where it may not."""
        ...

    def copying_of(self, key: str) -> ObjectState:
        """How far the copying of an object is. Raises ObjectNotFound."""
        ...

    def why_not_copied_by(self, role: str) -> str:
        """Why a role cannot copy; empty where nothing speaks against it. Raises StorageError where nobody can tell."""
        ...

    def beside(self, bucket: str, region: str) -> "Replicating":
        """Another bucket, reached with the same account; an empty region: it is asked where it lies."""
        ...
