"""Check: what has to be true once a migration is over, however often its processes were killed."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks.kills.progress import asked, states
from benchmarks.kills.scene import VIDEOS, Kind, Scene
from core.storage.local import LocalProvider
from tests.support.local_files import orphans


def faults(scene: Scene) -> list[str]:
    """What is not as it should be; nothing where all is well."""
    return [*_content(scene), *_records(scene), *_left(scene)]


def _content(scene: Scene) -> Iterator[str]:
    there = _at_target(scene)
    if there.keys() != scene.content.keys():
        yield f"other objects at the target: {sorted(there.keys() ^ scene.content.keys())}"
    for key, meant in scene.content.items():
        if hashlib.sha256(there.get(key, b"missing")).digest() != hashlib.sha256(meant).digest():
            yield f"{key}: other bytes"
    kept = {key: each.content for key, each in scene.project.bucket("fights").objects.items()}
    if kept != scene.content:
        yield "the source is not as it was"


def _at_target(scene: Scene) -> dict[str, bytes]:
    if scene.kind is Kind.FOLDER:
        folder = _folder(scene)
        return {each.key: b"".join(folder.read(each.key)) for each in folder.list()}
    client = scene.s3.client()
    pages = client.get_paginator("list_objects_v2").paginate(Bucket="videos")
    keys = [each["Key"] for page in pages for each in page.get("Contents", [])]
    return {key: client.get_object(Bucket="videos", Key=key)["Body"].read() for key in keys}


def _folder(scene: Scene) -> LocalProvider:
    return LocalProvider(scene.home / "storage", b"secret" * 6, lambda: datetime.now(UTC))


def _records(scene: Scene) -> Iterator[str]:
    if states(scene) != {"done": VIDEOS}:
        yield f"states: {dict(states(scene))}"
    served = {id for (id,) in asked(scene, f"select video_id from served_copies where provider = '{scene.target}'")}
    ids = {id: 1 for (id,) in asked(scene, "select id from videos")}
    if served != ids.keys():
        yield f"served from elsewhere: {sorted(ids.keys() ^ served)}"
    for what, sql in (
        ("events", "select video_id from migration_events where kind = 'cut over'"),
        ("audit", "select subject from audit where action = 'cut over' and outcome = 'done'"),
    ):
        if (found := Counter(id for (id,) in asked(scene, sql))) != ids:
            yield f"{what}: not one cut-over each: {(found - Counter(ids)) + (Counter(ids) - found)}"


def _left(scene: Scene) -> Iterator[str]:
    for table in ("requests", "migration_parts"):
        if left := asked(scene, f"select * from {table}"):
            yield f"{table}: {left}"
    if scene.s3.uploads.open:
        yield f"uploads left at S3: {list(scene.s3.uploads.open)}"
    if scene.kind is Kind.FOLDER:
        folder = _folder(scene)
        yield from (f"an upload of {each.key} is left" for each in folder.unfinished_uploads())
        yield from (f"{file} is left" for file in orphans(scene.home / "storage"))
