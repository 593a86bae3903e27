"""Objects over HTTP: a signed link reads its object as players do, sends its part, and does nothing else."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from core.storage.checksums import crc64nvme
from core.storage.provider import Attributes, PresignedParts, StorageClass, Tiered
from dashboard import objects_http
from tests.dashboard.http import CONTENTS, client, watched

WHOLE = CONTENTS["original"]


@pytest.fixture
def storage(platform):
    """This machine's folder."""
    return platform.providers.named("local")


@pytest.fixture
def link(platform, storage) -> str:
    """A link to an original of 1,000 bytes."""
    watched(platform)
    return storage.url("videos/v1/original.mp4", 60)


def test_the_bytes_are_those_that_were_stored(link):
    answer = client().get(link)

    assert (answer.status_code, answer.content) == (200, WHOLE)
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.headers["content-length"] == "1000"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_head_tells_all_but_the_bytes(link):
    answer = client().head(link)

    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "1000")
    assert client().head(link, headers={"range": "bytes=0-9"}).headers["content-range"] == "bytes 0-9/1000"


@pytest.mark.parametrize(
    ("asked", "content", "told"),
    [
        ("bytes=0-9", WHOLE[:10], "bytes 0-9/1000"),
        ("bytes=245-254", WHOLE[245:255], "bytes 245-254/1000"),
        ("bytes=990-", WHOLE[990:], "bytes 990-999/1000"),
        ("bytes=-10", WHOLE[990:], "bytes 990-999/1000"),
        ("bytes=0-5000", WHOLE, "bytes 0-999/1000"),
    ],
)
def test_a_range_is_answered_with_its_bytes(link, asked, content, told):
    answer = client().get(link, headers={"range": asked})

    assert (answer.status_code, answer.content, answer.headers["content-range"]) == (206, content, told)
    assert answer.headers["content-length"] == str(len(content))


def test_a_range_behind_the_end_is_refused_with_the_size(link):
    answer = client().get(link, headers={"range": "bytes=1000-"})

    assert (answer.status_code, answer.content, answer.headers["content-range"]) == (416, b"", "bytes */1000")


def test_what_a_player_has_already_is_not_sent_again(link):
    etag = client().get(link).headers["etag"]

    answer = client().get(link, headers={"if-none-match": etag})

    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)


def test_a_range_of_another_state_is_answered_whole(link):
    answer = client().get(link, headers={"range": "bytes=0-9", "if-range": '"another"'})

    assert (answer.status_code, answer.content) == (200, WHOLE)


@pytest.mark.parametrize(
    ("name", "kind", "caching"),
    [
        ("hls/720p.mp4", "video/mp4", "private, max-age=31536000, immutable"),
        ("poster.jpg", "image/jpeg", "private, max-age=60"),
        ("hls/720p.m3u8", "application/vnd.apple.mpegurl", "private, max-age=60"),
        ("storyboard.vtt", "text/vtt; charset=utf-8", "private, max-age=60"),
    ],
)
def test_segments_may_be_kept_for_good_and_playlists_for_a_moment(platform, storage, name, kind, caching):
    watched(platform)

    answer = client().get(storage.url(f"videos/v1/{name}", 60))

    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (kind, caching)


@pytest.mark.parametrize("suffix", [".html", ".svg", ".js", "", ".mp4.html"])
def test_what_is_no_kind_of_ours_is_never_shown_whatever_it_was_stored_as(storage, suffix):
    storage.write(f"videos/v2/original{suffix}", [b"<script>"], Attributes("text/html"))

    answer = client().get(storage.url(f"videos/v2/original{suffix}", 60))

    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


def test_parameters_of_a_player_do_not_spoil_a_link(link):
    assert client().get(f"{link}&CMCD=bl%3D1000%2Csid%3D%22x%22").status_code == 200


@pytest.mark.parametrize(
    "changed",
    [
        lambda link: link.replace("v1", "v2", 1),
        lambda link: link.replace("original.mp4", "poster.jpg"),
        lambda link: link.split("?")[0],
        lambda link: f"{link}0",
        lambda link: f"{link}&more=1",
        lambda link: link.replace("expires=", "expires=9"),
        lambda link: link.replace("signature=", "signature=\u00e9"),
    ],
    ids=["other video", "other object", "unsigned", "other signature", "more", "later", "strange"],
)
def test_a_link_that_was_changed_reads_nothing(link, changed):
    answer = client().get(changed(link))

    assert answer.status_code == 403
    assert answer.json() == {"error": "This link was not made here, or was changed.", "advice": "Ask for a new link."}


def test_a_link_that_has_expired_reads_nothing(platform, storage, link):
    answer = client().get(storage.url("videos/v1/original.mp4", -1))

    assert (answer.status_code, answer.json()["error"]) == (403, "This link has expired.")


def test_what_is_gone_or_archived_is_said(platform, storage, link):
    storage.write("videos/v3/original.mp4", [b"old"], Attributes("video/mp4"))
    assert isinstance(storage, Tiered)
    storage.set_storage_class("videos/v3/original.mp4", StorageClass.DEEP_ARCHIVE)

    assert client().get(storage.url("videos/v9/original.mp4", 60)).status_code == 404
    assert client().get(storage.url("videos/v3/original.mp4", 60)).status_code == 409


def test_a_page_elsewhere_may_ask_for_ranges_and_send_nothing(link):
    answer = client(origin="https://example.com").options(link)

    assert (answer.status_code, answer.headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    assert "Range" in answer.headers["access-control-allow-headers"]


# Parts


PART = bytes(range(256)) * 16


@pytest.fixture
def upload(storage) -> str:
    """An upload that waits for its parts."""
    return storage.start_upload("videos/v4/original.mp4", Attributes("video/mp4"))


def part_link(storage, upload: str, size: int = len(PART), crc: int | None = None, lasts_s: int = 60) -> str:
    assert isinstance(storage, PresignedParts)
    crc = crc64nvme(PART) if crc is None else crc
    return storage.sign_part("videos/v4/original.mp4", upload, 1, size, crc, lasts_s).url


def test_a_part_is_stored_as_it_was_sent(storage, upload):
    answer = client().put(part_link(storage, upload), content=PART)

    (part,) = storage.parts("videos/v4/original.mp4", upload)
    assert (answer.status_code, answer.headers["etag"]) == (200, f'"{part.etag}"')
    assert (part.number, part.size_bytes, part.crc64nvme) == (1, len(PART), crc64nvme(PART))


def pieces(content: bytes, step: int = 1000):
    """A body whose length nobody knows before."""
    for at in range(0, len(content), step):
        yield content[at : at + step]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (lambda: PART + b"x", 413),
        (lambda: pieces(PART + b"x"), 413),
        (lambda: PART[:-1], 413),
        (lambda: pieces(PART[:-1]), 422),
        (lambda: bytes(len(PART)), 422),
        (lambda: b"", 413),
    ],
    ids=["longer", "longer, streamed", "shorter", "shorter, streamed", "other bytes", "nothing"],
)
def test_a_part_that_is_not_the_one_that_was_signed_leaves_nothing(storage, upload, sent, status):
    answer = client().put(part_link(storage, upload), content=sent())

    assert answer.status_code == status
    assert storage.parts("videos/v4/original.mp4", upload) == ()


def test_a_link_to_read_sends_nothing_and_one_to_send_reads_nothing(storage, upload, link):
    assert client().put(link, content=PART).status_code == 403
    assert client().get(part_link(storage, upload)).status_code == 403
    assert client().put(part_link(storage, upload, lasts_s=-1), content=PART).status_code == 403


def test_an_upload_that_has_ended_takes_no_part(storage, upload):
    link = part_link(storage, upload)
    storage.abort_upload("videos/v4/original.mp4", upload)

    assert client().put(link, content=PART).status_code == 404


def test_the_routes_lie_where_links_lead(storage):
    path = urlsplit(storage.url("videos/v1/original.mp4", int(timedelta(1).total_seconds()))).path

    assert path.startswith(objects_http.ROUTES[0].path.partition("{")[0])
