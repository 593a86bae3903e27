"""Keys and parts, whatever they are and however they come: the same at every provider, or refused."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from core.errors import KeyRefused
from core.storage.checksums import combined, crc64nvme
from core.storage.keys import check_key, path_of
from core.storage.local import LocalProvider
from core.storage.provider import StorageProvider
from core.storage.s3 import S3Provider
from core.storage.supabase import SupabaseProvider
from tests.storage.contract import VIDEO, listed
from tests.support.supabase_stand_in import supabase_stand_in

NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)
#: What keys may trip over, beside whatever else there is.
_PIECES = st.sampled_from(
    ["/", ".", "..", "%", "%2e", "%2F", "+", "=", " ", "?", "#", "&", "~", "A", "a", "é", "e\u0301", "x" * 80]
)
KEYS = st.lists(_PIECES | st.text(max_size=3), min_size=1, max_size=8).map("".join)
_FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture
def supabase() -> Iterator[SupabaseProvider]:
    with supabase_stand_in() as project:
        project.bucket("videos")
        yield SupabaseProvider(project.url, project.key(), "videos", lambda: datetime.now(UTC), waits_s=())


def taken(key: str) -> bool:
    try:
        check_key(key)
    except KeyRefused:
        return False
    return True


@settings(max_examples=100, deadline=None)
@given(st.sets(KEYS, max_size=12))
@example({"x" * 80 + "..", "x" * 80 + "../%", "%"})
@example({"x" * 80, "x" * 80 + "/a", "x" * 81, "x" * 80 + "/a/", "a", "a/b", "a-b"})
def test_any_keys_are_kept_apart_and_listed_in_order(keys: set[str]):
    good = sorted(filter(taken, keys), key=str.encode)
    with TemporaryDirectory() as folder:
        provider = LocalProvider(Path(folder), b"", lambda: NOW)
        for key in good:
            provider.write(key, [key.encode()], VIDEO)

        assert listed(provider) == good
        assert [b"".join(provider.read(key)).decode() for key in good] == good
        for prefix in {key[: len(key) // 2] for key in good}:
            assert listed(provider, prefix) == [key for key in good if key.startswith(prefix)]


@settings(max_examples=300, deadline=None)
@given(KEYS)
def test_a_key_is_a_path_below_its_folder_or_refused(key: str):
    assume(taken(key))
    path = path_of(key)

    assert not path.is_absolute()
    assert not {".", ".."} & set(path.parts)
    assert str(path) == str(path).lower()
    assert all(len(part) <= 255 for part in path.parts)


def there_and_back(provider: StorageProvider, key: str) -> None:
    try:
        provider.write(key, [b"fight"], VIDEO)
    except KeyRefused:
        assert listed(provider) == []
        return
    assert listed(provider) == [key]
    assert b"".join(provider.read(key, 1, 3)) == b"ig"
    provider.delete(key)
    assert listed(provider) == []


@settings(max_examples=25, deadline=None, suppress_health_check=_FIXTURES)
@given(key=KEYS)
def test_s3_keeps_any_key_or_refuses_it(s3_provider: S3Provider, key: str):
    there_and_back(s3_provider, key)


@settings(max_examples=40, deadline=None, suppress_health_check=_FIXTURES)
@given(key=KEYS)
def test_supabase_keeps_any_key_or_refuses_it(supabase: SupabaseProvider, key: str):
    there_and_back(supabase, key)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_parts_in_any_order_and_any_repetition_are_the_file(data: st.DataObject):
    contents = data.draw(st.lists(st.binary(min_size=1, max_size=50), min_size=1, max_size=6))
    sent = data.draw(st.lists(st.tuples(st.integers(1, len(contents)), st.booleans()), max_size=12))
    last = data.draw(st.permutations(range(1, len(contents) + 1)))
    with TemporaryDirectory() as folder:
        provider = LocalProvider(Path(folder), b"", lambda: NOW)
        id = provider.start_upload("fight", VIDEO)
        for number, wrong in [*sent, *((number, False) for number in last)]:
            provider.write_part("fight", id, number, b"wrong" if wrong else contents[number - 1])

        parts = provider.parts("fight", id)
        assert [part.number for part in parts] == list(range(1, len(contents) + 1))
        whole = combined((crc64nvme(each), len(each)) for each in contents)
        assert whole == crc64nvme(b"".join(contents))
        provider.complete_upload("fight", id, parts, whole)
        assert b"".join(provider.read("fight")) == b"".join(contents)
        start, end = sorted(data.draw(st.tuples(st.integers(0, 300), st.integers(0, 300))))
        assert b"".join(provider.read("fight", start, end)) == b"".join(contents)[start:end]
