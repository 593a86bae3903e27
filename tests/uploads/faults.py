"""Faults: a provider at which something else happens just before, or just after, one of its calls."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from core.errors import StorageUnreachable
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, Part, StoredObject

Happening = Callable[[], object]


class Killed(BaseException):
    """The process is gone: nobody handles this."""


def kill() -> None:
    raise Killed


def unreachable() -> None:
    raise StorageUnreachable("It does not answer.", "Check the network.")


class Faulty(LocalProvider):
    """A folder at which things happen: each that is planned happens once, at the next call of that name."""

    def __init__(self, *arguments: Any, name: str = "local", residency: str = "") -> None:
        super().__init__(*arguments)
        self.name, self.residency = name, residency
        self.before: dict[str, list[Happening]] = defaultdict(list)
        self.after: dict[str, list[Happening]] = defaultdict(list)
        self.calls: list[str] = []  #: that were made, by name

    def start_upload(self, key: str, attributes: Attributes) -> str:
        return self._around("start", lambda: LocalProvider.start_upload(self, key, attributes))

    def write_part(self, key: str, upload_id: str, number: int, content: bytes) -> Part:
        return self._around("write", lambda: LocalProvider.write_part(self, key, upload_id, number, content))

    def parts(self, key: str, upload_id: str) -> tuple[Part, ...]:
        return self._around("parts", lambda: LocalProvider.parts(self, key, upload_id))

    def complete_upload(
        self, key: str, upload_id: str, parts: Iterable[Part], crc64nvme: int, if_absent: bool = False
    ) -> StoredObject:
        complete = LocalProvider.complete_upload
        return self._around("complete", lambda: complete(self, key, upload_id, parts, crc64nvme, if_absent))

    def abort_upload(self, key: str, upload_id: str) -> None:
        self._around("abort", lambda: LocalProvider.abort_upload(self, key, upload_id))

    def read(self, key: str, start: int = 0, end: int | None = None, etag: str = "") -> Iterator[bytes]:
        return self._around("read", lambda: LocalProvider.read(self, key, start, end, etag))

    def _around(self, call: str, work: Callable[[], Any]) -> Any:
        self.calls.append(call)
        _happen(self.before[call])
        result = work()
        _happen(self.after[call])
        return result


def _happen(planned: list[Happening]) -> None:
    if planned:
        planned.pop(0)()
