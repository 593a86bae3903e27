"""The stand-in, seen through Supabase's own client: it has the traps that the real service was measured to have."""

from datetime import UTC, datetime

import httpx
import pytest
from storage3.exceptions import StorageApiError

from supabase import Client, ClientOptions, create_client
from tests.support.supabase_stand_in import SupabaseStandIn


def client_with(project: SupabaseStandIn, key: str) -> Client:
    return create_client(project.url, key, ClientOptions(httpx_client=httpx.Client()))


@pytest.fixture
def client(project: SupabaseStandIn) -> Client:
    return client_with(project, project.key())


def test_a_limited_key_is_shown_nothing_and_told_nothing(project):
    project.bucket("videos").put("a.mp4", 1)
    anon = client_with(project, project.key("anon"))

    assert anon.storage.list_buckets() == []
    assert anon.storage.from_("videos").list() == []
    assert anon.storage.from_("videos").list_v2().objects == []


def test_errors_come_as_http_400_with_the_real_status_as_text(client):
    with pytest.raises(StorageApiError) as raised:
        client.storage.get_bucket("absent")

    assert (raised.value.status, raised.value.code) == ("404", "Bucket not found")
    assert isinstance(raised.value.__cause__, httpx.HTTPStatusError)
    assert raised.value.__cause__.response.status_code == 400


def test_a_key_of_another_project_is_refused(project):
    with pytest.raises(StorageApiError) as raised:
        client_with(project, SupabaseStandIn().key()).storage.list_buckets()

    assert (raised.value.status, raised.value.code) == ("403", "Unauthorized")


def test_a_missing_bucket_is_an_empty_one(client):
    assert client.storage.from_("absent").list() == []


def test_a_listing_of_one_level_is_silently_capped(client, project):
    for number in range(1600):
        project.bucket("videos").put(f"{number:04}.mp4", 1)
    videos = client.storage.from_("videos")

    assert len(videos.list()) == 100
    assert len(videos.list(options={"limit": 5000})) == 1500


def test_a_listing_of_one_level_has_folders_without_an_id(client, project):
    project.bucket("videos").put("fights/2026/main.mp4", 7)
    project.bucket("videos").put("intro.mp4", 5)

    assert [(item["name"], item["id"] is None) for item in client.storage.from_("videos").list()] == [
        ("fights", True),
        ("intro.mp4", False),
    ]
    assert [item["name"] for item in client.storage.from_("videos").list("fights/2026")] == ["main.mp4"]


def test_pages_by_name_walk_everything_and_pages_by_time_lose_objects(client, project):
    at_once = datetime(2026, 11, 1, tzinfo=UTC)
    for number in range(5):
        project.bucket("videos").put(f"{number}.mp4", 1, created_at=at_once)

    def walk(column):
        names, options = [], {"limit": 2, "sortBy": {"column": column, "order": "asc"}}
        while True:
            page = client.storage.from_("videos").list_v2(options)
            names += [item.name for item in page.objects]
            if not page.hasNext:
                return names
            options["cursor"] = page.nextCursor

    assert walk("name") == ["0.mp4", "1.mp4", "2.mp4", "3.mp4", "4.mp4"]
    assert walk("created_at") == ["0.mp4", "1.mp4"]
