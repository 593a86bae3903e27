"""Checksums: CRC64NVME, of bytes as they pass and of parts put together."""

from collections.abc import Iterable, Iterator

from awscrt import checksums


def crc64nvme(content: bytes, before: int = 0) -> int:
    """The checksum of what came before and these bytes."""
    return checksums.crc64nvme(content, before)


def combined(parts: Iterable[tuple[int, int]]) -> int:
    """The checksum of a whole, from the (checksum, size in bytes) of its parts in order."""
    whole = 0
    for crc, size in parts:
        whole = checksums.combine_crc64nvme(whole, crc, size)
    return whole


class Tally:
    """Counts and sums up the bytes that pass through."""

    def __init__(self) -> None:
        self.size_bytes = 0
        self.crc64nvme = 0

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks; what has passed is in the sums."""
        for chunk in chunks:
            self.size_bytes += len(chunk)
            self.crc64nvme = crc64nvme(chunk, self.crc64nvme)
            yield chunk
