"""Resolver: every link leads to the best that its holder may see, and private videos stay private."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from core.access.roles import Role, User, Via
from core.catalog.catalog import record_copy, remember_link, serve_from
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.delivery.addresses import Addresses, expiry
from core.delivery.cloudfront import Distribution
from core.delivery.playback import Storyboard, Subtitles
from core.delivery.resolver import Resolver
from core.delivery.seal import Purpose, Seal
from core.delivery.supabase_tokens import SupabaseProject
from core.errors import (
    NothingServed,
    ObjectNotFound,
    PlaylistRefused,
    SignInRequired,
    StorageUnreachable,
    VideoNotFound,
)
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass
from core.storage.providers import Providers
from tests.catalog.videos import MASTER, original, packaged, put, video
from tests.delivery.conftest import NOW, check_signature, decoded
from tests.delivery.test_supabase_tokens import LATER, SECRET, token

ANNA = User("anna", Role.VIEWER, Via.PASSWORD)
MEDIA = b'#EXTM3U\n#EXT-X-MAP:URI="720p.mp4",BYTERANGE="800@0"\n#EXTINF:6.0,\n720p.mp4\n'


class Named(LocalProvider):
    """A folder that goes by the name of another provider, and signs addresses like it."""

    def __init__(self, folder: Path, name: str) -> None:
        super().__init__(folder, b"s" * 32, lambda: NOW)
        self.name = name

    def url(self, key: str, expires_in_s: int) -> str:
        return f"https://{self.name}.example/{key}?lasts={expires_in_s}"


class Heads(Named):
    """Signs addresses for HEAD apart, as S3 does."""

    def head_url(self, key: str, expires_in_s: int) -> str:
        return f"https://{self.name}.example/{key}?to-look-at"


@pytest.fixture
def providers(tmp_path) -> Providers:
    """S3, another bucket in the EU, Supabase, and this machine."""
    others = (Named(tmp_path / name, name) for name in ("s3-eu", "supabase"))
    return Providers((Heads(tmp_path / "s3", "s3"), *others, LocalProvider(tmp_path / "local", b"s" * 32, lambda: NOW)))


@pytest.fixture
def resolver(catalog, providers) -> Resolver:
    """With no distribution."""
    return Resolver(catalog, Addresses(providers, None), Seal(b"0" * 32), SupabaseProject("abcd", "videos", SECRET))


def behind(resolver: Resolver, distribution: Distribution) -> Resolver:
    return replace(resolver, addresses=replace(resolver.addresses, distribution=distribution))


def watched(database, where="s3", objects=None, **changes):
    """A video with a copy that is served."""
    return put(database, video(**changes), [(where, [original(), *packaged()] if objects is None else objects)])


def shared(resolver: Resolver, video: Video, days: int) -> str:
    return f"/v/{video.slug}?{resolver.seal.query(Purpose.WATCH, video.slug, NOW + timedelta(days))}"


def write_playlists(providers, where: str) -> None:
    provider = providers.named(where)
    master = b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000\n720p.m3u8\n"
    for name, content in ((MASTER, master), ("720p.m3u8", MEDIA)):
        provider.write(f"videos/v1/hls/{name}", [content], Attributes("application/vnd.apple.mpegurl"))


def record_etags(database, providers, where: str) -> None:
    """What was written, as the catalog has it."""
    provider = providers.named(where)
    listed = {each.key: each.etag for each in provider.list()}
    with database.transaction() as connection:
        objects = [replace(each, etag=listed[each.key]) for each in packaged() if each.key in listed]
        record_copy(connection, "v1", where, objects, NOW)


# Without a distribution


def test_a_packaged_video_is_played_by_its_master_through_our_own_server(database, resolver):
    stone = watched(database)

    playback = resolver.resolve("/v/slug-v1", NOW)

    assert (playback.video, playback.provider, playback.adapts) == (stone, "s3", True)
    assert (playback.url, playback.expires_at) == ("/play/v1/master.m3u8", None)
    assert playback.poster == "/play/v1/poster"
    assert playback.storyboard == Storyboard("/play/v1/storyboard.vtt", "/play/v1/storyboard")
    assert not playback.takes_parameters


def test_an_unpackaged_video_is_played_from_where_its_original_is(database, resolver):
    watched(database, objects=[original()], duration_s=600)

    playback = resolver.resolve("slug-v1", NOW)

    assert playback.url == f"https://s3.example/videos/v1/original.mp4?lasts={7 * 3600}"  # 20:00 and 6:20, to the hour
    assert playback.expires_at == datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
    assert (playback.content_type, playback.adapts) == ("video/mp4", False)
    assert (playback.poster, playback.storyboard, playback.subtitles) == (None, None, ())


def test_on_this_machine_addresses_are_paths_that_take_parameters(database, resolver):
    watched(database, "local", [original()])

    playback = resolver.resolve("slug-v1", NOW)

    assert playback.url.startswith("/objects/videos/v1/original.mp4?expires=")
    assert playback.takes_parameters


def test_a_player_without_hls_gets_the_original(database, resolver):
    watched(database)

    assert resolver.resolve("slug-v1", NOW, adapting=False).url.startswith("https://s3.example/videos/v1/original.mp4")


@pytest.mark.parametrize(
    "changes", [{"storage_class": StorageClass.DEEP_ARCHIVE}, {"content_type": "video/x-matroska"}], ids=str
)
def test_a_player_without_hls_gets_the_master_where_the_original_is_no_use_to_it(database, resolver, changes):
    watched(database, objects=[original(**changes), *packaged()])

    assert resolver.resolve("slug-v1", NOW, adapting=False).url == "/play/v1/master.m3u8"


def test_an_original_that_browsers_may_not_play_is_better_than_nothing(database, resolver):
    watched(database, objects=[original(content_type="video/x-matroska")])

    assert resolver.resolve("slug-v1", NOW).content_type == "video/x-matroska"


def test_a_video_whose_only_file_is_archived_says_so(database, resolver):
    watched(database, objects=[original(storage_class=StorageClass.GLACIER)])

    with pytest.raises(NothingServed, match="'Rivera vs Stone' is archived in GLACIER"):
        resolver.resolve("slug-v1", NOW)


def test_a_video_without_a_copy_or_file_says_so(database, resolver):
    put(database, video("v1"))
    put(database, video("v2"), [("s3", [])])

    for slug in ("slug-v1", "slug-v2"):
        with pytest.raises(NothingServed):
            resolver.resolve(slug, NOW)


def test_a_provider_that_is_configured_no_more_is_named(database, resolver):
    watched(database, "s3-old")

    with pytest.raises(StorageUnreachable, match="'s3-old' is not configured"):
        resolver.resolve("slug-v1", NOW)


def test_subtitles_are_told_by_language(database, resolver):
    english = original(
        kind=Kind.SUBTITLES, name="subtitles-en", content_type="text/vtt", key="videos/v1/subtitles-en.vtt"
    )
    watched(database, objects=[original(), english])

    assert resolver.resolve("slug-v1", NOW).subtitles == (Subtitles("en", "/play/v1/subtitles-en"),)


# Playlists


def test_a_master_leads_to_its_rungs_through_our_server_and_a_rung_to_the_bytes(database, resolver, providers):
    write_playlists(providers, "s3")
    watched(database)
    record_etags(database, providers, "s3")

    master = resolver.piece("v1", MASTER, "", "", NOW)
    rung = resolver.piece("v1", "720p.m3u8", "", "", NOW)

    assert master.playlist == b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=2000\n/play/v1/720p.m3u8\n"
    address = b"https://s3.example/videos/v1/hls/720p.mp4?lasts=21600"
    assert rung.playlist == MEDIA.replace(b"720p.mp4", address)
    assert not rung.is_private


def test_a_playlist_that_names_what_is_not_there_is_refused(database, resolver, providers):
    write_playlists(providers, "s3")
    provider = providers.named("s3")
    provider.write("videos/v1/hls/master.m3u8", [b"#EXTM3U\n../../v2/original.mp4\n"], Attributes("x/y"))
    watched(database)
    record_etags(database, providers, "s3")

    with pytest.raises(PlaylistRefused, match=r"names 'videos/v2/original\.mp4', which is not there"):
        resolver.piece("v1", MASTER, "", "", NOW)


def test_a_playlist_of_no_end_is_refused(database, resolver, providers):
    write_playlists(providers, "s3")
    endless = (b"#EXTM3U\n" + b"#" * 2**20 for _ in range(9))
    providers.named("s3").write("videos/v1/hls/master.m3u8", endless, Attributes("x/y"))
    watched(database)
    record_etags(database, providers, "s3")

    with pytest.raises(PlaylistRefused, match="is too long for a playlist"):
        resolver.piece("v1", MASTER, "", "", NOW)


def test_pictures_and_cues_are_handed_on_to_where_they_are(database, resolver):
    watched(database)

    assert resolver.piece("v1", "poster", "", "", NOW).address == "https://s3.example/videos/v1/poster.jpg?lasts=21600"
    assert resolver.piece("v1", "storyboard.vtt", "", "", NOW).address.startswith("https://s3.example/")


@pytest.mark.parametrize("name", ["original", "", "nothing", "../poster", "videos/v1/poster.jpg"])
def test_nothing_else_is_handed_on(database, resolver, name):
    watched(database)

    with pytest.raises(ObjectNotFound):
        resolver.piece("v1", name, "", "", NOW)


# Private videos


@pytest.fixture
def private(database):
    """A private video on S3, packaged."""
    return watched(database, visibility=Visibility.PRIVATE)


def test_a_private_video_is_for_those_who_may_see_the_library(private, resolver):
    with pytest.raises(SignInRequired, match="This video is private"):
        resolver.resolve("slug-v1", NOW)

    playback = resolver.resolve("slug-v1", NOW, ANNA)
    assert playback.url.startswith("/play/v1/master.m3u8?expires=")
    assert playback.expires_at == NOW + timedelta(hours=6)


def test_a_link_that_was_made_for_it_lets_in_until_it_expires(private, resolver):
    link = shared(resolver, private, 7)

    assert resolver.resolve(link, NOW + timedelta(days=6)).video == private
    with pytest.raises(SignInRequired):
        resolver.resolve(link, NOW + timedelta(days=7))
    with pytest.raises(SignInRequired):
        resolver.resolve(f"{link}0", NOW)


def test_a_link_for_one_video_opens_no_other(database, private, resolver):
    put(database, video("v2", visibility=Visibility.PRIVATE), [("s3", [original("v2")])])

    with pytest.raises(SignInRequired):
        resolver.resolve(shared(resolver, private, 1).replace("slug-v1", "slug-v2"), NOW)


def test_its_playlists_pass_the_permission_on_and_the_bytes_expire_with_it(database, private, resolver, providers):
    write_playlists(providers, "s3")
    record_etags(database, providers, "s3")
    url = urlsplit(resolver.resolve("slug-v1", NOW, ANNA).url)
    told = parse_qs(url.query)
    expires, signature = told["expires"][0], told["signature"][0]

    an_hour_later = NOW + timedelta(hours=1)
    master = resolver.piece("v1", MASTER, expires, signature, an_hour_later)
    rung = resolver.piece("v1", "720p.m3u8", expires, signature, an_hour_later)

    assert f"\n/play/v1/720p.m3u8?{url.query}\n".encode() in master.playlist
    assert b"https://s3.example/videos/v1/hls/720p.mp4?lasts=18000\n" in rung.playlist  # the five hours that are left
    assert rung.is_private


@pytest.mark.parametrize("name", [MASTER, "720p.m3u8", "poster", "storyboard.vtt", "720p"])
def test_nothing_of_a_private_video_is_handed_on_without_permission(private, resolver, name):
    told = parse_qs(urlsplit(resolver.resolve("slug-v1", NOW, ANNA).url).query)
    expires, signature = told["expires"][0], told["signature"][0]
    too_late = NOW + timedelta(hours=6)

    for query in (("", ""), (expires, "0" * 64), (str(int(expires) + 3600), signature)):
        with pytest.raises(SignInRequired):
            resolver.piece("v1", name, *query, NOW)
    with pytest.raises(SignInRequired):
        resolver.piece("v1", name, expires, signature, too_late)


def test_who_may_see_the_library_needs_no_seal(private, resolver):
    assert resolver.piece("v1", "poster", "", "", NOW, ANNA).is_private


# Behind CloudFront


def test_a_plain_distribution_answers_everybody_and_needs_no_server_of_ours(database, resolver):
    watched(database)

    playback = behind(resolver, Distribution("cdn.example.com")).resolve("slug-v1", NOW)

    assert (playback.url, playback.expires_at) == ("https://cdn.example.com/videos/v1/hls/master.m3u8", None)
    assert playback.poster == "https://cdn.example.com/videos/v1/poster.jpg"
    assert playback.takes_parameters


def test_a_private_video_never_goes_through_a_distribution_that_asks_for_no_signature(private, resolver):
    playback = behind(resolver, Distribution("cdn.example.com")).resolve("slug-v1", NOW, ANNA, adapting=False)

    assert playback.url == "https://s3.example/videos/v1/original.mp4?lasts=21600"


@pytest.mark.parametrize("visibility", Visibility)
def test_a_distribution_with_a_key_pair_gets_what_it_asks_for(
    database, resolver, providers, key_pair, private_key, visibility
):
    write_playlists(providers, "s3")
    watched(database, visibility=visibility)
    record_etags(database, providers, "s3")
    signing = behind(resolver, Distribution("cdn.example.com", key_pair))

    playback = signing.resolve("slug-v1", NOW, ANNA)
    told = parse_qs(urlsplit(playback.url).query)
    rung = signing.piece(
        "v1", "720p.m3u8", told.get("expires", [""])[0], told.get("signature", [""])[0], NOW
    ).playlist.decode()

    assert playback.url.startswith("/play/v1/master.m3u8")
    assert playback.takes_parameters
    segment = rung.splitlines()[-1]
    assert segment.startswith("https://cdn.example.com/videos/v1/hls/720p.mp4?Policy=")
    assert f'#EXT-X-MAP:URI="{segment}",BYTERANGE="800@0"' in rung
    signed = parse_qs(urlsplit(segment).query)
    policy = decoded(signed["Policy"][0])
    assert b'"Resource":"https://cdn.example.com/videos/v1/*"' in policy
    assert b'{"AWS:EpochTime":1795399200}' in policy
    check_signature(private_key, signed["Signature"][0], policy)


@pytest.mark.parametrize("where", ["s3-eu", "supabase", "local"])
def test_a_copy_elsewhere_does_not_go_through_the_distribution(database, resolver, where):
    watched(database, where, [original()])

    assert "cdn.example.com" not in behind(resolver, Distribution("cdn.example.com")).resolve("slug-v1", NOW).url


# Old links


@pytest.fixture
def moved(database):
    """A video that lay on Supabase, and is served from S3 by now."""
    stone = put(database, video(), [("supabase", [original()]), ("s3", [original(), *packaged()])])
    with database.transaction() as connection:
        remember_link(connection, "v1", "supabase", "fights", "2024/a b.mp4")
        serve_from(connection, "v1", "s3", NOW)
    return stone


@pytest.mark.parametrize(
    "link",
    [
        "/v/object/public/fights/2024/a%20b.mp4",
        "https://abcd.supabase.co/storage/v1/object/public/fights/2024/a%20b.mp4?download=x",
        "https://abcd.supabase.co/storage/v1/object/sign/fights/2024/a%20b.mp4?token=expired-long-ago",
        "/v/storage/v1/object/authenticated/fights/2024/a%20b.mp4",
        "https://media.example.com/storage/v1/s3/fights/2024/a%20b.mp4",
    ],
)
def test_an_old_link_leads_to_where_the_video_is_now(moved, resolver, link):
    playback = resolver.resolve(link, NOW)

    assert (playback.provider, playback.url) == ("s3", "/play/v1/master.m3u8")
    assert resolver.find(link).id == "v1"


def test_until_the_cut_over_it_leads_to_supabase(database, moved, resolver):
    with database.transaction() as connection:
        serve_from(connection, "v1", "supabase", NOW)

    assert resolver.resolve("/v/object/public/fights/2024/a%20b.mp4", NOW).url.startswith("https://supabase.example/")


def test_an_old_link_to_a_rendered_picture_leads_to_the_poster(moved, resolver):
    playback = resolver.resolve("/v/render/image/public/fights/2024/a%20b.mp4?width=300", NOW)

    assert (playback.url, playback.content_type) == ("/play/v1/poster", "image/jpeg")


def test_where_there_is_no_poster_a_link_to_a_picture_says_so(database, moved, resolver):
    with database.transaction() as connection:
        serve_from(connection, "v1", "supabase", NOW)

    with pytest.raises(VideoNotFound, match="There is no picture of 'Rivera vs Stone'"):
        resolver.resolve("/v/render/image/public/fights/2024/a%20b.mp4", NOW)


@pytest.mark.parametrize(
    ("key", "url", "content_type"),
    [
        ("fight/seg 1.ts", "/play/v1/seg%201.ts", "video/mp2t"),
        ("fight/de.vtt", "/play/v1/de.vtt", "text/vtt"),
        ("fight/poster.jpg", "/play/v1/own%20picture", "image/jpeg"),
    ],
)
@pytest.mark.parametrize("folder", ["", "from-rclone/"])
def test_an_old_link_to_another_object_of_a_video_leads_to_that_object(
    database, resolver, key, url, content_type, folder
):
    names = {"seg 1.ts": "video/mp2t", "de.vtt": "text/vtt", "own picture": "image/jpeg"}
    keys = {"seg 1.ts": "fight/seg 1.ts", "de.vtt": "fight/de.vtt", "own picture": "fight/poster.jpg"}
    others = [
        original(name=name, key=folder + keys[name], kind=Kind.RENDITION, content_type=type_)
        for name, type_ in names.items()
    ]
    watched(database, "s3", [original(key=f"{folder}fight/a.mp4", storage_class=StorageClass.STANDARD), *others])
    with database.transaction() as connection:
        for each in ("fight/a.mp4", *keys.values()):
            remember_link(connection, "v1", "supabase", "fights", each)

    playback = resolver.resolve(f"/v/object/public/fights/{key.replace(' ', '%20')}", NOW)

    assert (playback.url, playback.content_type) == (url, content_type)
    assert resolver.resolve("/v/object/public/fights/fight/a.mp4", NOW).content_type == "video/mp4"


def test_what_came_with_its_own_key_is_signed_for_itself_alone(database, resolver, key_pair, private_key):
    watched(database, "s3", [original(key="fights/a b.mp4", storage_class=StorageClass.STANDARD)])
    signing = behind(resolver, Distribution("cdn.example.com", key_pair))

    url = signing.resolve("slug-v1", NOW).url

    assert url.startswith("https://cdn.example.com/fights/a%20b.mp4?Policy=")
    signed = parse_qs(urlsplit(url).query)
    policy = decoded(signed["Policy"][0])
    assert b'"Resource":"https://cdn.example.com/fights/a%20b.mp4*"' in policy
    check_signature(private_key, signed["Signature"][0], policy)


def test_a_link_to_another_project_is_not_taken_for_ours(moved, resolver):
    with pytest.raises(VideoNotFound, match=r"efgh\.supabase\.co is not the project"):
        resolver.resolve("https://efgh.supabase.co/storage/v1/object/public/fights/2024/a%20b.mp4", NOW)


@pytest.mark.parametrize("key", ["2024/a%2520b.mp4", "2024/A%20b.mp4", "2024/a%20b.mp4/", "a%20b.mp4"])
def test_a_link_that_nobody_remembers_is_not_guessed(moved, resolver, key):
    with pytest.raises(VideoNotFound):
        resolver.resolve(f"/v/object/public/fights/{key}", NOW)


def test_what_was_uploaded_to_supabase_by_us_is_found_by_its_address_there(database, resolver):
    watched(database, "supabase", [original()])

    assert resolver.find("/object/public/videos/videos/v1/original.mp4").id == "v1"
    with pytest.raises(VideoNotFound):
        resolver.find("/object/public/other/videos/v1/original.mp4")


def test_a_signed_link_to_a_private_video_works_until_it_expires(database, resolver):
    watched(database, visibility=Visibility.PRIVATE)
    with database.transaction() as connection:
        remember_link(connection, "v1", "supabase", "fights", "2024/a b.mp4")
    link = "/v/object/sign/fights/2024/a%20b.mp4?token="
    signed = link + token({"url": "fights/2024/a b.mp4", "exp": LATER})

    assert resolver.resolve(signed, NOW).video.id == "v1"
    for refused in (link, link.replace("sign", "public"), signed + "x"):
        with pytest.raises(SignInRequired):
            resolver.resolve(refused, NOW)
    with pytest.raises(SignInRequired):
        resolver.resolve(signed, NOW + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("now", "duration_s", "until"),
    [
        (datetime(2026, 11, 22, 20, 0, tzinfo=UTC), None, datetime(2026, 11, 23, 2, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 20, 0, 0, 1, tzinfo=UTC), None, datetime(2026, 11, 23, 3, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 20, 59, 59, tzinfo=UTC), 0.5, datetime(2026, 11, 23, 3, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 20, 0, tzinfo=UTC), 5 * 3600, datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
        (datetime(2026, 11, 22, 20, 30, tzinfo=UTC), 1e300, datetime(2026, 11, 29, 20, 0, tzinfo=UTC)),
    ],
)
def test_addresses_last_until_a_whole_hour_when_the_video_can_have_been_seen_twice(now, duration_s, until):
    assert expiry(video(duration_s=duration_s), now) == until


def test_cookies_of_a_signing_distribution_open_all_of_the_video(database, resolver, key_pair, private_key):
    stone = watched(database)
    signing = behind(resolver, Distribution("cdn.example.com", key_pair))

    cookies = signing.cookies(stone, NOW)

    policy = decoded(cookies["CloudFront-Policy"])
    assert b'"Resource":"https://cdn.example.com/videos/v1/*"' in policy
    check_signature(private_key, cookies["CloudFront-Signature"], policy)


@pytest.mark.parametrize("distribution", [None, Distribution("cdn.example.com")], ids=["none", "plain"])
def test_where_nothing_is_signed_there_are_no_cookies(database, resolver, distribution):
    assert behind(resolver, distribution).cookies(watched(database), NOW) == {}


def test_who_looks_with_head_gets_an_address_for_that_where_it_is_another_one(database, resolver):
    watched(database, objects=[original(storage_class=StorageClass.STANDARD), *packaged()[-3:]])

    assert resolver.resolve("slug-v1", NOW, for_head=True).url == "https://s3.example/videos/v1/original.mp4?to-look-at"
    assert resolver.piece("v1", "poster", "", "", NOW, for_head=True).address.endswith("/poster.jpg?to-look-at")
    assert "lasts=" in resolver.resolve("slug-v1", NOW).url
    watched(database, "supabase", [original("v2", storage_class=StorageClass.STANDARD)], id="v2")
    assert "lasts=" in resolver.resolve("slug-v2", NOW, for_head=True).url


# Old links to one object of a video


def test_who_may_see_one_picture_of_a_private_video_may_not_watch_it(database, resolver, key_pair):
    watched(database, "supabase", visibility=Visibility.PRIVATE)
    key = "videos/v1/poster.jpg"
    link = f"/v/object/sign/videos/{key}?token=" + token({"url": f"videos/{key}", "exp": LATER})

    seen = resolver.resolve(link, NOW)
    assert seen.url.startswith(f"https://supabase.example/{key}?")
    assert (seen.poster, seen.storyboard, seen.subtitles) == (None, None, ())

    watched(database, "s3", visibility=Visibility.PRIVATE, id="v2", objects=[*packaged("v2")])
    with database.transaction() as connection:
        remember_link(connection, "v2", "supabase", "videos", "videos/v2/poster.jpg")
    signed = "/v/object/sign/videos/videos/v2/poster.jpg?token="
    signed += token({"url": "videos/videos/v2/poster.jpg", "exp": LATER})
    url = behind(resolver, Distribution("cdn.example.com", key_pair)).resolve(signed, NOW).url
    policy = decoded(dict(parse_qsl(urlsplit(url).query))["Policy"])
    assert b'"Resource":"https://cdn.example.com/videos/v2/poster.jpg*"' in policy  # and not all of the folder


@pytest.mark.parametrize("prefix", ["", "moved/", "old-"])
def test_of_two_objects_that_are_called_alike_the_one_is_meant_that_lay_there(database, resolver, prefix):
    keys = {"original": "fight.mp4", MASTER: "fight/index.m3u8", "poster": "fight.jpg", "fight.jpg": "fight/fight.jpg"}
    kinds = (Kind.ORIGINAL, Kind.PLAYLIST, Kind.THUMBNAIL, Kind.THUMBNAIL)
    types = ("video/mp4", "application/vnd.apple.mpegurl", "image/jpeg", "image/jpeg")
    objects = [
        CopyObject(kind, name, prefix + key, type, 10, StorageClass.STANDARD, "e", None)
        for (name, key), kind, type in zip(keys.items(), kinds, types, strict=True)
    ]
    watched(database, objects=objects)
    with database.transaction() as connection:
        for key in keys.values():
            remember_link(connection, "v1", "supabase", "videos", key)

    led = [resolver.resolve(f"/v/object/public/videos/{key}", NOW).url for key in keys.values()]
    assert led == ["/play/v1/master.m3u8", "/play/v1/master.m3u8", "/play/v1/poster", "/play/v1/fight.jpg"]


def test_a_token_for_one_playlist_of_a_private_video_opens_what_that_names_and_no_more(
    database, resolver, providers, key_pair
):
    watched(database, visibility=Visibility.PRIVATE)
    put(database, video("v2", visibility=Visibility.PRIVATE), [("s3", [original("v2"), *packaged("v2")])])
    write_playlists(providers, "s3")
    record_etags(database, providers, "s3")
    key = "videos/v1/hls/720p.m3u8"
    with database.transaction() as connection:
        remember_link(connection, "v1", "supabase", "fights", key)
    link = f"/v/object/sign/fights/{key}?token={token({'url': f'fights/{key}', 'exp': LATER})}"
    signing = behind(resolver, Distribution("cdn.example.com", key_pair))

    playback = signing.resolve(link, NOW)

    told = urlsplit(playback.url)
    expires, signature = (parse_qs(told.query)[name][0] for name in ("expires", "signature"))
    assert (told.path, playback.poster, playback.storyboard) == ("/play/v1/720p.m3u8", None, None)
    rung = signing.piece("v1", "720p.m3u8", expires, signature, NOW).playlist.decode()
    policy = decoded(parse_qs(urlsplit(rung.splitlines()[-1]).query)["Policy"][0])
    assert b'"Resource":"https://cdn.example.com/videos/v1/hls/720p.mp4*"' in policy  # of the folder nothing else
    for id, name in (("v1", MASTER), ("v1", "360p.m3u8"), ("v1", "720p"), ("v1", "poster"), ("v2", "720p.m3u8")):
        with pytest.raises(SignInRequired):
            signing.piece(id, name, expires, signature, NOW)
