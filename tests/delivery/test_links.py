"""Links: whatever form a link has, it names the same video; what is none is refused."""

import pytest

from core.delivery.links import OurLink, SupabaseLink, recognise
from core.errors import VideoNotFound

HOST = "https://abcd.supabase.co"


@pytest.mark.parametrize(
    "link",
    [
        "rivera-vs-stone-7hq2mx",
        "  rivera-vs-stone-7hq2mx\n",
        "/v/rivera-vs-stone-7hq2mx",
        "/v/rivera-vs-stone-7hq2mx/",
        "/watch/rivera-vs-stone-7hq2mx",
        "/video?video=rivera-vs-stone-7hq2mx&q=stone",
        "/library?video=rivera-vs-stone-7hq2mx&q=stone",
        "http://127.0.0.1:8501/v/rivera-vs-stone-7hq2mx?utm_source=mail#t=3",
        "phyght.example/v/rivera-vs-stone-7hq2mx",
        "HTTPS://phyght.example/v/rivera-vs-stone-7hq2mx",
    ],
)
def test_our_own_links_name_a_slug(link):
    assert recognise(link) == OurLink("rivera-vs-stone-7hq2mx")


def test_a_link_that_was_given_to_somebody_keeps_its_signature():
    assert recognise("/v/stone-7hq2mx?expires=1764100800&signature=ab12") == OurLink(
        "stone-7hq2mx", "1764100800", "ab12"
    )


@pytest.mark.parametrize(
    "prefix", ["", "/v", "/storage/v1", "/v/storage/v1", f"{HOST}/storage/v1", f"/v/{HOST}/storage/v1"]
)
@pytest.mark.parametrize(
    "form",
    [
        "/object/public/",
        "/object/sign/",
        "/object/authenticated/",
        "/object/info/public/",
        "/object/info/authenticated/",
        "/object/",
        "/s3/",
    ],
)
def test_every_form_of_a_supabase_link_names_the_same_object(prefix, form):
    found = recognise(f"{prefix}{form}fights/2024/rivera%20vs%20stone.mp4?download=1#t=3")

    project = "abcd" if HOST in prefix else ""
    assert found == SupabaseLink("fights", "2024/rivera vs stone.mp4", project)


@pytest.mark.parametrize("form", ["public", "sign", "authenticated"])
def test_a_link_to_a_rendered_image_wants_the_picture(form):
    found = recognise(f"{HOST}/storage/v1/render/image/{form}/fights/2024/rivera.jpg?width=500&resize=contain")

    assert found == SupabaseLink("fights", "2024/rivera.jpg", "abcd", wants_picture=True)


@pytest.mark.parametrize("key", ["poster.jpg", "POSTER.PNG", "a/b.webp"])
def test_a_link_to_an_image_wants_the_picture(key):
    assert recognise(f"/object/public/fights/{key}") == SupabaseLink("fights", key, wants_picture=True)


@pytest.mark.parametrize(
    ("path", "bucket", "key"),
    [
        ("fights/a%2520b.mp4", "fights", "a%20b.mp4"),
        ("fights/a%2Fb.mp4", "fights", "a/b.mp4"),
        ("fights/a+b.mp4", "fights", "a+b.mp4"),
        ("fights/a%2Bb.mp4", "fights", "a+b.mp4"),
        ("fights/100%.mp4", "fights", "100%.mp4"),
        ("fights/caf%C3%A9.mp4", "fights", "café.mp4"),
        ("fights/café.mp4", "fights", "café.mp4"),
        ("fights/what%3F.mp4", "fights", "what?.mp4"),
        ("fights/it's (1) & $5=@;:,!*.mp4", "fights", "it's (1) & $5=@;:,!*.mp4"),
        ("my%20fights/a.mp4", "my fights", "a.mp4"),
        ("public/object/public/b/c.mp4", "public", "object/public/b/c.mp4"),
        ("fights/storage/v1/object/public/x/y.mp4", "fights", "storage/v1/object/public/x/y.mp4"),
        ("fights//a.mp4", "fights", "/a.mp4"),
        ("fights/../secret.mp4", "fights", "../secret.mp4"),
    ],
)
def test_percent_signs_are_read_exactly_once(path, bucket, key):
    assert recognise(f"{HOST}/storage/v1/object/public/{path}") == SupabaseLink(bucket, key, "abcd")
    assert recognise(f"/v/object/public/{path}") == SupabaseLink(bucket, key)


def test_a_signed_link_keeps_its_token():
    assert recognise("/object/sign/fights/a.mp4?token=ey.J.x&download=") == SupabaseLink(
        "fights", "a.mp4", token="ey.J.x"
    )


@pytest.mark.parametrize(
    ("host", "project"),
    [
        ("abcd.supabase.co", "abcd"),
        ("ABCD.storage.supabase.co", "abcd"),
        ("abcd.supabase.in", "abcd"),
        ("media.example.com", ""),
        ("abcd.supabase.co.evil.example", ""),
    ],
)
def test_the_host_of_a_supabase_link_names_its_project(host, project):
    assert recognise(f"https://{host}/storage/v1/object/public/b/k") == SupabaseLink("b", "k", project)


def test_a_host_may_have_its_storage_below_a_path_of_its_own():
    assert recognise("https://example.com/supabase/storage/v1/object/public/b/k") == SupabaseLink("b", "k")
    assert recognise("example.com/storage/v1/object/public/b/k") == SupabaseLink("b", "k")


@pytest.mark.parametrize("slashes", ["/", "//"])
def test_a_whole_link_behind_ours_is_read_however_many_slashes_a_proxy_left(slashes):
    link = f"/v/https:{slashes}abcd.supabase.co/storage/v1/object/sign/b/a%2520k?token=t"

    assert recognise(link) == SupabaseLink("b", "a%20k", "abcd", "t")


@pytest.mark.parametrize(
    "link",
    [
        "", " ", "/", "/v/", "/v", "/v//", "/v/UPPER", "/v/a/b", "/v/-", "/v/..", "/v/%2e%2e", "a" * 101, "x" * 5_000,
        "/video", "/library", "/library?video=", "/costs", "https://", "https://[", "http://example.com", "ftp://h/v/slug",
        "javascript:alert(1)", "javascript:/v/slug-abc", "data:text/html,/v/slug",
        "/object/public/fights", "/object/public/fights/", "/object/public//key", "/object/upload/sign/fights/a.mp4",
        "/object/list/fights/x", "/object/public/fights/a%00.mp4", "/object/public/fights/a%0Ab",
        "/object/public/b/%ff", "/storage/v1/object/", "/v/https://", "/v/https://[/storage/v1/object/public/b/k",
        "🥊", "/v/🥊", "/v/https:/v/https:/v/slug", "\ud800", "/object/public/b/\ud800",
    ],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_link_of_a_video_is_refused_in_one_sentence(link):
    with pytest.raises(VideoNotFound, match=r"is no link of a video\. Give one of ours"):
        recognise(link)


def test_a_refusal_does_not_tell_a_token():
    with pytest.raises(VideoNotFound) as refusal:
        recognise("/object/sign/fights?token=secret")

    assert "secret" not in str(refusal.value)
    assert "'/object/sign/fights?...'" in str(refusal.value)


def test_a_query_of_very_many_fields_is_no_reason_to_break():
    assert recognise("/v/stone-7hq2mx?" + "&".join(f"a{n}=1" for n in range(500))) == OurLink("stone-7hq2mx")
