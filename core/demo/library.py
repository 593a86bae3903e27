"""Library: the demo's videos as the catalog has them, where the bill says that they lie."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256

from core.catalog.catalog import add_video, forget_videos_by, record_copy, remember_link, serve_from
from core.catalog.holds import kept_holds
from core.catalog.video import CopyObject, Kind, Video, Visibility, slug_of
from core.database import Connection
from core.demo.catalogue import GLACIER_AFTER, SUPABASE, Catalogue, is_packaged
from core.demo.catalogue import Video as Planned
from core.demo.chance import unit
from core.demo.events import Event, planned_events
from core.demo.folders import SOURCE
from core.demo.identity import stable_uuid
from core.demo.lines import EU, US
from core.demo.services import MINUTE_BYTES
from core.demo.story import Story, midnight
from core.demo.titles import title_of
from core.storage.provider import StorageClass

DEMO = "demo"  #: who has brought them in; what a visitor uploads is the visitor's, and stays
#: Where the demo's providers would lie, if they were there.
REGIONS = {"s3": US, "s3-eu": EU, SUPABASE: ""}
#: The jurisdiction that they lie in, where the providers of this machine do not say so: Supabase's project is European.
RESIDENCIES = {SUPABASE: "EU", SOURCE: "EU"}
OLD_BUCKET = "fights"
PLAYLIST_TYPE, PICTURE_TYPE, VIDEO_TYPE = "application/vnd.apple.mpegurl", "image/jpeg", "video/mp4"
#: Height, width, part of the renditions' bytes, and peak bits a second.
RUNGS = (
    (1080, 1920, 0.52, 6_200_000),
    (720, 1280, 0.26, 3_100_000),
    (480, 854, 0.14, 1_500_000),
    (360, 640, 0.08, 800_000),
)
#: The encoder that was there at first gave 480p nearly as many bits at its peak as it gave 720p.
_FIRST_ENCODER_BITS = {"480p": 2_900_000}
#: What has moved stays in both places so long, in case it has to go back.
_KEPT_AFTER_MOVING = timedelta(7)


def write_library(connection: Connection, story: Story, catalogue: Catalogue) -> None:
    """Put every video that is published by now into the catalog, in the place of what an older demo put there."""
    events = planned_events(story)
    with kept_holds(connection):
        forget_videos_by(connection, DEMO)
        for planned in catalogue.videos:
            if planned.published < story.today:
                _write(connection, story, events, planned)


def peak_bits(story: Story, published: date) -> dict[str, int]:
    """The most bits a second of each rung, by when it was encoded."""
    usual = {f"{height}p": bits for height, _, _, bits in RUNGS}
    return usual | (_FIRST_ENCODER_BITS if published < story.encoder_changed else {})


def demo_slug(title: str, *key: object) -> str:
    """The same for the same video whenever the demo is made."""
    return slug_of(title, sha256(repr(key).encode()).hexdigest()[:6])


def _write(connection: Connection, story: Story, events: tuple[Event, ...], planned: Planned) -> None:
    video = _video(story, events, planned)
    add_video(connection, video)
    for provider, since, reason in _places(story.today, planned):
        objects = tuple(_objects(story, video, provider, since))
        record_copy(connection, video.id, provider, objects, midnight(since), reason)
        serve_from(connection, video.id, provider, midnight(since))  # the last of them is served
    if planned.on_s3_from > planned.published:
        name = video.slug.rsplit("-", 1)[0]
        remember_link(connection, video.id, SUPABASE, OLD_BUCKET, f"{planned.published:%Y}/{name}-{planned.number}.mp4")


def _video(story: Story, events: tuple[Event, ...], planned: Planned) -> Video:
    title = title_of(story, events, planned)
    return Video(
        id=stable_uuid("video", planned.number),
        slug=demo_slug(title, "slug", planned.number),
        title=title,
        residency="EU" if planned.european else "",
        visibility=Visibility.PRIVATE if unit(story.seed, "private", planned.number) < 0.04 else Visibility.PUBLIC,
        size_bytes=planned.original_bytes,
        crc64nvme=None,
        sha256=None,
        created_by=DEMO,
        created_at=_published_at(story, planned),
        served_from=None,
        duration_s=planned.original_bytes / MINUTE_BYTES * 60,
        width=1920,
        height=1080,
    )


def _published_at(story: Story, planned: Planned) -> datetime:
    return midnight(planned.published) + timedelta(seconds=int(86_400 * unit(story.seed, "hour", planned.number)))


def _places(today: date, planned: Planned) -> Iterator[tuple[str, date, str]]:
    """Provider, since when, and why; the served one last."""
    moved = planned.on_s3_from > planned.published
    if moved and planned.on_s3_from + _KEPT_AFTER_MOVING > today:
        waits = planned.on_s3_from > today
        yield SUPABASE, planned.published, "It waits to be moved." if waits else "It was moved, and is kept for a week."
    if planned.on_s3_from <= today:
        why = "It was moved from Supabase." if moved else "New videos go to S3."
        if planned.european:
            yield "s3-eu", planned.on_s3_from, f"{why} It must stay in EU, and s3-eu does."
        else:
            yield "s3", planned.on_s3_from, why


def _objects(story: Story, video: Video, provider: str, since: date) -> Iterator[CopyObject]:
    """As many bytes as the bill has, in the classes that it has them in."""
    on_s3 = provider != SUPABASE
    archived = on_s3 and (story.today - since).days >= GLACIER_AFTER
    original = StorageClass.GLACIER_IR if archived else StorageClass.STANDARD
    yield _object(video, Kind.ORIGINAL, "original", "original.mp4", VIDEO_TYPE, video.size_bytes, original)
    if not is_packaged(story, video.id):
        return
    renditions = StorageClass.INTELLIGENT_TIERING if on_s3 else StorageClass.STANDARD
    bits = peak_bits(story, video.created_at.date())
    for height, width, part, _ in RUNGS:
        size = int(video.size_bytes * 1.35 * part)
        name, file = f"{height}p", f"hls/{height}p.mp4"
        yield _object(video, Kind.RENDITION, name, file, VIDEO_TYPE, size, renditions, width, height, bits[name])
        yield _object(video, Kind.PLAYLIST, f"{name}.m3u8", f"hls/{name}.m3u8", PLAYLIST_TYPE, 20_480)
    yield _object(video, Kind.PLAYLIST, "master.m3u8", "hls/master.m3u8", PLAYLIST_TYPE, 900)
    pictures = max(40_960, video.size_bytes // 250)
    yield _object(video, Kind.THUMBNAIL, "storyboard", "storyboard.jpg", PICTURE_TYPE, pictures)


def _object(
    video: Video,
    kind: Kind,
    name: str,
    file: str,
    content_type: str,
    size_bytes: int,
    storage_class: StorageClass = StorageClass.STANDARD,
    width: int | None = None,
    height: int | None = None,
    bandwidth: int | None = None,
) -> CopyObject:
    key = f"videos/{video.id}/{file}"
    etag = sha256(key.encode()).hexdigest()[:32]
    return CopyObject(kind, name, key, content_type, size_bytes, storage_class, etag, None, width, height, bandwidth)
