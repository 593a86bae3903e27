"""Supabase Storage: all that lies in it, or an error that says why not."""

import pytest

from core.billing.supabase_storage import BucketSize, open_storage
from core.errors import SourceUnreachable
from tests.support.supabase_answers import CUT, Answer, proxy_error, storage_error

AT_ONCE = (0.0, 0.0)  # two more attempts, without waiting


@pytest.fixture
def storage(project):
    with open_storage(project.url, project.key(), AT_ONCE) as storage:
        yield storage


def with_key(project, key):
    """The names of the buckets that a key is shown."""
    with open_storage(project.url, key, AT_ONCE) as storage:
        return storage.buckets()


def test_a_bucket_is_added_up_through_all_its_folders(project, storage):
    videos = project.bucket("videos")
    videos.put("fights/2026/main.mp4", 7_000_000_000)
    videos.put("fights/2026/hls/1.ts", 300)
    videos.put("intro.mp4", 50)

    assert storage.buckets() == ["videos"]
    assert storage.size("videos") == BucketSize("videos", 7_000_000_350, 3, 0)


def test_a_bucket_of_several_pages_is_walked_to_its_end(project, storage):
    for number in range(2500):
        project.bucket("videos").put(f"{number:05}.ts", 2)

    assert storage.size("videos") == BucketSize("videos", 5000, 2500, 0)
    assert project.count("list-v2") == 3


def test_an_object_without_a_size_is_counted_as_such(project, storage):
    project.bucket("videos").put("a.mp4", 5)
    project.bucket("videos").put("half-written.mp4", None)

    assert storage.size("videos") == BucketSize("videos", 5, 2, 1)


def test_a_project_without_buckets_has_none(storage):
    assert storage.buckets() == []


@pytest.mark.parametrize("buckets", [[], ["videos"]], ids=["no bucket", "a bucket"])
def test_a_secret_key_has_to_prove_its_role(project, buckets):
    for name in buckets:
        project.bucket(name)

    assert with_key(project, project.opaque_key()) == buckets
    assert project.count("GET /auth/v1/admin/users") == 1


def test_a_secret_key_of_a_lesser_role_is_refused_where_its_lists_are_empty(project):
    project.bucket("videos").put("a.mp4", 5)

    with pytest.raises(SourceUnreachable, match="wrong or limited key: Supabase refuses it"):
        with_key(project, project.opaque_key("media_reader"))


def test_a_key_that_supabase_does_not_know_is_refused_at_once_and_not_shown(project):
    for key in ("sb_secret_unknown", project.key() + "x"):
        project.requests.clear()
        with pytest.raises(SourceUnreachable) as raised:
            with_key(project, key)

        assert "wrong or limited key: Supabase refuses it" in str(raised.value)
        assert key not in str(raised.value)
        assert len(project.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [CUT, proxy_error(502), proxy_error(429), storage_error("503", "SlowDown", "slow down")],
    ids=["cut", "proxy", "too many", "told by storage"],
)
def test_what_passes_by_itself_is_tried_again(project, storage, fault):
    project.bucket("videos").put("a.mp4", 5)
    project.faults = [fault, fault]

    assert storage.size("videos") == BucketSize("videos", 5, 1, 0)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (CUT, "{url} cannot be reached (RemoteProtocolError). Check SUPABASE_URL and the network."),
        (
            proxy_error(502),
            "{url} is not well or too busy (status 502). Nothing was recorded; the next run tries again.",
        ),
        (
            storage_error("544", "DatabaseTimeout", "timeout"),
            "{url} is not well or too busy (status 544). Nothing was recorded; the next run tries again.",
        ),
    ],
    ids=["cut", "proxy", "told by storage"],
)
def test_what_does_not_pass_is_given_up_and_said(project, storage, fault, message):
    project.faults = [fault] * 3

    with pytest.raises(SourceUnreachable) as raised:
        storage.buckets()

    assert str(raised.value) == message.format(url=project.url)
    assert len(project.requests) == 3


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (proxy_error(404), "There is no Supabase project at {url}. Check SUPABASE_URL."),
        (Answer(302, "", "http://127.0.0.2/"), "There is no Supabase project at {url}. Check SUPABASE_URL."),
        (Answer(200, "<html>parked</html>"), "What {url} answers is not from Supabase Storage. Check SUPABASE_URL."),
        (Answer(200, {"id": 1}), "What {url} answers is not from Supabase Storage. Check SUPABASE_URL."),
        (storage_error("409", "Duplicate", ""), "{url} answered with status 409. See Supabase's status and logs."),
    ],
    ids=["not found", "sent elsewhere", "a web page", "other JSON", "conflict"],
)
def test_what_does_not_pass_by_itself_is_not_tried_again(project, storage, fault, message):
    project.faults = [fault]

    with pytest.raises(SourceUnreachable) as raised:
        storage.buckets()

    assert str(raised.value) == message.format(url=project.url)
    assert len(project.requests) == 1


def test_a_bucket_that_is_deleted_while_it_is_listed_is_not_taken_for_an_empty_one(project, storage):
    project.bucket("videos").put("a.mp4", 5)

    def delete_before_its_listing(request):
        if "list-v2" in request:
            project.buckets.clear()

    project.before = delete_before_its_listing

    with pytest.raises(SourceUnreachable, match="A bucket was deleted while it was being measured"):
        storage.size("videos")


def page(names, **more):
    objects = [
        {"id": "1", "name": name, "metadata": {"size": 1}, "created_at": "2026-11-01", "updated_at": "2026-11-01"}
        for name in names
    ]
    return Answer(200, {"folders": [], "objects": objects, "hasNext": False, **more})


@pytest.mark.parametrize(
    "pages",
    [
        [page(["a", "b"], hasNext=True, nextCursor="1"), page(["b", "c"])],
        [page(["a", "b"], hasNext=True, nextCursor="1"), page(["a", "b"], hasNext=True, nextCursor="1")],
        [page(["b", "a"])],
        [page(["a"], hasNext=True)],
        [page([], hasNext=True, nextCursor="1")],
    ],
    ids=["repeated", "in a circle", "not by name", "no cursor", "nothing and more"],
)
def test_pages_that_disagree_are_no_measurement(project, storage, pages):
    project.bucket("videos")
    project.faults = pages

    with pytest.raises(SourceUnreachable, match="listing of the bucket videos is not consistent"):
        storage.size("videos")
