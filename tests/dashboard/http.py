"""Our routes as a browser, a player or a command meets them, with a packaged video in this machine's folder."""

from dataclasses import replace

from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.bootstrap import Platform
from core.catalog.catalog import record_copy
from core.catalog.video import CopyObject, Video
from core.storage.provider import Attributes, StorageProvider
from dashboard import cmcd_http, objects_http, watch_http
from tests.catalog.videos import NOW, original, packaged, put, video
from tests.dashboard.conftest import ORIGIN

PERSON = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CONTENTS = {
    "original": bytes(range(250)) * 4,
    "720p": b"\0\0\0\x18ftypiso5" + b"s" * 688,
    "360p": b"x" * 300,
    "master.m3u8": b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=20\n720p.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=5\n360p.m3u8\n",
    "720p.m3u8": b'#EXTM3U\n#EXT-X-MAP:URI="720p.mp4",BYTERANGE="24@0"\n#EXTINF:6,\n#EXT-X-BYTERANGE:9@24\n720p.mp4\n',
    "360p.m3u8": b"#EXTM3U\n#EXTINF:6,\n360p.mp4\n",
    "poster": b"\xff\xd8 a picture",
    "storyboard": b"\xff\xd8 many pictures",
    "storyboard.vtt": b"WEBVTT\n\n00:00.000 --> 00:06.000\nstoryboard.jpg#xywh=0,0,160,90\n",
}


def client(address: str = "203.0.113.9", origin: str | None = None, **headers: str) -> TestClient:
    """Somebody elsewhere, who is not signed in, unless told otherwise."""
    app = Starlette(routes=[*watch_http.ROUTES, *objects_http.ROUTES, *cmcd_http.ROUTES])
    all_headers = headers | ({"origin": origin} if origin else {})
    return TestClient(app, base_url=ORIGIN, headers=all_headers, client=(address, 50_000), follow_redirects=False)


def watched(platform: Platform, id: str = "v1", **changes: object) -> Video:
    """A video with all that packaging makes, in this machine's folder."""
    provider = platform.providers.named("local")
    made = put(platform.database, video(id, **changes), [("local", [])], served="local")
    with platform.database.transaction() as connection:
        objects = [_stored(provider, each) for each in (original(id), *packaged(id))]
        record_copy(connection, id, "local", objects, NOW)
    return made


def _stored(provider: StorageProvider, each: CopyObject) -> CopyObject:
    content = CONTENTS[each.name]
    stored = provider.write(each.key, [content], Attributes(each.content_type))
    return replace(each, etag=stored.etag, size_bytes=len(content), crc64nvme=stored.crc64nvme)
