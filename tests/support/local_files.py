"""Local files: what a provider's folder holds that belongs to no object and to no unfinished upload."""

from pathlib import Path

from core.storage.local_objects import LocalObjects


def orphans(folder: Path) -> list[str]:
    """Files of bytes that nothing names, notes of doubt, and whatever else should not be there; in order."""
    objects = LocalObjects(folder)
    named = {objects.segment_file(record, segment) for record in objects.list("") for segment in record.segments}
    unfinished = {file.name for file in (folder / "uploads").iterdir()}
    found = [file for place in ("data", "doubtful") for file in (folder / place).rglob("*") if file.is_file()]
    left = [file for file in found if file not in named and file.parent.name not in unfinished]
    return sorted(str(file.relative_to(folder)) for file in left)
