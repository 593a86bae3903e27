"""Keys: which ones must not be worked with, because Supabase would answer them with less than there is."""

from datetime import date

import pytest

from core.errors import StorageDenied
from core.storage.supabase_key import project_ref, require_service_key
from tests.support.supabase_stand_in import SupabaseStandIn

URL = "https://abcd.supabase.co"
TODAY = date(2026, 11, 22)
YESTERDAY_S = 1795219200  # 2026-11-21T00:00:00Z
CURE = "Set SUPABASE_SERVICE_ROLE_KEY to the service_role (or sb_secret_) key from the project's API settings."
PROJECT = SupabaseStandIn()


@pytest.mark.parametrize(
    "key",
    [PROJECT.key(), PROJECT.key(ref="abcd"), PROJECT.opaque_key()],
    ids=["service role", "of this project", "secret"],
)
def test_a_service_key_is_let_through(key):
    require_service_key(key, URL, TODAY)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (PROJECT.key("anon"), "it is not the service role's"),
        (PROJECT.key("authenticated"), "it is not the service role's"),
        (PROJECT.opaque_key(prefix="sb_publishable_"), "it is not the service role's"),
        ("rubbish", "it is not the service role's"),
        ("a.b.c", "it is not the service role's"),
        ("a.W10.c", "it is not the service role's"),
        (PROJECT.key(ref="efgh"), "it is another project's"),
        (PROJECT.key(exp=YESTERDAY_S), "it has expired"),
        (PROJECT.key() + "\n" + PROJECT.key(), "it holds characters that no key has"),
        ("sb_secret_“quoted”", "it holds characters that no key has"),
    ],
    ids=["anon", "user", "publishable", "no key", "no JSON", "a list", "foreign", "expired", "two lines", "quotes"],
)
def test_a_limited_key_is_refused_with_the_reason_and_without_the_key(key, reason):
    with pytest.raises(StorageDenied) as raised:
        require_service_key(key, URL, TODAY)

    assert raised.value.message == f"SUPABASE_SERVICE_ROLE_KEY is a wrong or limited key: {reason}."
    assert raised.value.advice == CURE


def test_a_server_of_ones_own_gives_projects_no_reference():
    require_service_key(PROJECT.key(ref="default"), "http://supabase.lan:8000", TODAY)


@pytest.mark.parametrize(
    ("url", "project"),
    [("https://abcd.supabase.co", "abcd"), ("https://media.example.com", "media.example.com")],
    ids=["hosted", "a domain of one's own"],
)
def test_a_project_is_called_as_its_address_does(url, project):
    assert project_ref(url) == project
