"""Providers: what the settings describe, and a folder of this machine while they describe none."""

import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.__main__ import main
from core.bootstrap import open_platform
from core.schedule import jobs
from core.settings import Settings, load_settings
from core.storage.breaker import State
from core.storage.lifecycle import LifecycleRule
from core.storage.local import LocalProvider
from core.storage.provider import Attributes
from core.storage.providers import Providers, open_providers, secret_key
from core.storage.s3 import S3Provider
from tests.environment import ROOT, environment

NOW = datetime(2026, 11, 25, 20, tzinfo=UTC)


def configured(monkeypatch: pytest.MonkeyPatch, home: Path, **variables: str) -> Providers:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return open_providers(load_settings(), home, lambda: NOW)


def described(providers: Providers) -> list[tuple[str, str, str, str]]:
    return [(each.name, each.bucket, each.region, each.residency) for each in providers.all]


def test_with_nothing_configured_there_is_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    assert described(configured(monkeypatch, tmp_path)) == [("local", "local", "local", "")]


def test_every_provider_that_is_configured_is_there_under_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    providers = configured(
        monkeypatch, tmp_path,
        S3_BUCKET="fights", AWS_REGION="us-west-2",
        S3_RESIDENCY_BUCKETS="EU=fights-eu@eu-central-1, UK=fights-uk@eu-west-2",
        SUPABASE_URL="https://abcd.supabase.co", SUPABASE_SERVICE_ROLE_KEY="key", SUPABASE_BUCKET="videos",
        SUPABASE_RESIDENCY="EU",
    )  # fmt: skip

    assert described(providers) == [
        ("s3", "fights", "us-west-2", ""),
        ("s3-eu", "fights-eu", "eu-central-1", "EU"),
        ("s3-uk", "fights-uk", "eu-west-2", "UK"),
        ("supabase", "videos", "abcd", "EU"),
    ]


def test_a_supabase_project_without_a_bucket_for_videos_is_no_provider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    providers = configured(
        monkeypatch, tmp_path, SUPABASE_URL="https://abcd.supabase.co", SUPABASE_SERVICE_ROLE_KEY="key"
    )

    assert [each.name for each in providers.all] == ["local"]


def test_what_was_kept_here_before_an_account_was_connected_can_still_be_reached(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    configured(monkeypatch, tmp_path).named("local").check()

    assert [each.name for each in configured(monkeypatch, tmp_path, S3_BUCKET="fights").all] == ["s3", "local"]


def test_the_secret_is_made_once_and_for_this_user_only(tmp_path: Path):
    home = tmp_path / "home"
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: secret_key(home), range(8)))

    (secret,) = secrets
    assert len(secret) == 32
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    assert [file.name for file in home.iterdir()] == ["secret.key"]


def test_the_demos_videos_never_go_to_the_users_bucket(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("S3_BUCKET", "fights")
    monkeypatch.setenv("PHYGHT_DEMO", "on")

    assert [each.name for each in open_platform(load_settings()).providers.all] == ["local", "demo-supabase", "demo-s3"]


def test_who_has_connected_a_bucket_sees_no_demo(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("S3_BUCKET", "fights")

    platform = open_platform(load_settings())

    assert not platform.demo
    assert [each.name for each in platform.providers.all] == ["s3"]


def test_the_worker_asks_each_provider_whether_it_is_well(settings: Settings):
    platform = open_platform(settings)
    job = next(each for each in jobs(platform) if each.name == "health")

    assert (job.cron, list(job.steps)) == ("*/5 * * * *", ["local", "demo-supabase", "demo-s3"])
    job.steps["local"]()
    condition = platform.health.condition("local")
    assert (condition.state, condition.well, condition.latency_ms is not None) == (State.CLOSED, True, True)


def test_the_worker_follows_a_folders_own_rules(settings: Settings):
    platform = open_platform(settings)
    local = platform.providers.named("local")
    assert isinstance(local, LocalProvider)
    local.write("old", [b"x"], Attributes("video/mp4"))
    local.set_lifecycle_rules([LifecycleRule("at once", expire_after_days=0)])
    job = next(each for each in jobs(platform) if each.name == "lifecycle")

    job.steps["local"]()

    assert (job.cron, list(local.list())) == ("0 */24 * * *", [])


def test_the_check_says_of_each_bucket_whether_it_can_be_reached(
    s3_provider: S3Provider, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("S3_BUCKET", s3_provider.bucket)
    monkeypatch.setenv("S3_RESIDENCY_BUCKETS", "EU=videos@eu-central-1")

    assert main(["check", "--json"]) == 1

    by_name = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert by_name["Videos at s3, bucket videos"]["ok"]
    refused = by_name["Videos at s3-eu, bucket videos"]
    assert not refused["ok"]
    assert refused["cure"] == "Correct S3_RESIDENCY_BUCKETS."


def test_what_is_not_configured_or_not_asked_for_is_not_even_imported(tmp_path: Path):
    spared = ("supabase", "httpx", "core.migration")
    asked = (
        "import sys; from core.bootstrap import open_platform; from core.settings import load_settings; "
        f"open_platform(load_settings()); print([name for name in {spared} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, env=environment(tmp_path / "home"),
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip

    assert done.stdout == "[]\n"
