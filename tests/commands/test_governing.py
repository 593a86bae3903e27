"""python -m core lifecycle: for people and for programs."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.__main__ import main
from core.actions.store import ACTION
from core.bootstrap import open_platform
from core.lifecycle.drill import DRILL
from core.schedule import works
from core.settings import Settings
from core.storage.lifecycle import LifecycleRule
from core.storage.local import LocalProvider
from core.storage.provider import Attributes
from core.storage.replication import ReplicationRule
from tests.catalog.videos import original, put, video

RULES = {"Rules": [
    {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "videos/"}, "Expiration": {"Days": 1}},
]}  # fmt: skip


@pytest.fixture
def here(own_environment: None, settings: Settings) -> Settings:
    platform = open_platform(settings)
    local = platform.providers.named("local")
    put(platform.database, video("v1"), [("local", [original("v1")])])
    local.write("videos/v1/original.mp4", [b"x" * 1_000], Attributes("video/mp4"))
    local.set_lifecycle_rules([LifecycleRule("theirs", "logs/", expire_after_days=3)])  # type: ignore[attr-defined]
    return settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(RULES))
    return file


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert main(["lifecycle", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_rules_are_listed_in_words(here: Settings, capsys: pytest.CaptureFixture[str]):
    assert main(["lifecycle", "rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split(maxsplit=3) == ["local", "theirs", "another's", "objects below logs/: removed after 3 days"]


def test_what_would_go_by_a_day_is_named(here: Settings, file: Path, capsys: pytest.CaptureFixture[str]):
    today = datetime.now(UTC).date()
    [now] = printed(capsys, "going", "local", str(file))
    assert (now["by"], now["objects"], now["keys"]) == (f"{today + timedelta(1)}", 0, [])
    [then] = printed(capsys, "going", "local", str(file), "--until", "2099-01-01")
    assert (then["rule"], then["objects"], then["keys"]) == ("phyght-old", 1, ["videos/v1/original.mp4"])


def test_what_if_prices_the_catalogue_of_the_platform(here: Settings, file: Path, capsys: pytest.CaptureFixture[str]):
    [found] = printed(capsys, "what-if", "local", str(file), "--region", "us-east-1")
    assert found["days"] == 30
    assert (found["removed"], found["removed_by"]) == (0, f"{datetime.now(UTC).date() + timedelta(1)}")
    assert "nothing is known of reads" in found["remarks"][0]


def test_a_region_without_prices_is_told_and_never_guessed(
    here: Settings, file: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["lifecycle", "what-if", "local", str(file)]) == 1
    assert "has no price for" in capsys.readouterr().err


def test_rules_are_exported_as_s3_takes_them(here: Settings, capsys: pytest.CaptureFixture[str]):
    assert main(["lifecycle", "export", "local"]) == 0
    assert json.loads(capsys.readouterr().out) == {"Rules": [
        {"ID": "theirs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 3}}
    ]}  # fmt: skip


def test_rules_are_imported_after_a_preview_and_others_stay(
    here: Settings, file: Path, capsys: pytest.CaptureFixture[str]
):
    file.write_text(json.dumps(RULES | {"Rules": [RULES["Rules"][0] | {"Filter": {"Prefix": "exports/"}}]}))
    seen = printed(capsys, "import", "local", str(file))
    assert seen["summary"] == "Adds phyght-old, a lifecycle rule of local."
    assert [each.id for each in rules_of(here)] == ["theirs"], "a preview changes nothing"
    assert main(["lifecycle", "import", "local", str(file)]) == 0
    told = capsys.readouterr()
    assert f"add --seen {seen['seen']} to the same words" in told.out
    day = datetime.now(UTC).date() + timedelta(1)
    assert f"phyght-old would have removed 0 objects, 0 bytes, by {day}; `lifecycle going` names them." in told.err

    asked = printed(capsys, "import", "local", str(file), "--seen", seen["seen"])
    (work,) = [each for each in works(open_platform(here)) if each.name == ACTION]
    work.do(asked["id"], lambda: False)
    assert [(each.id, each.prefix) for each in rules_of(here)] == [("theirs", "logs/"), ("phyght-old", "exports/")]


def test_rules_that_remove_most_of_a_bucket_are_imported_with_its_name(
    here: Settings, file: Path, capsys: pytest.CaptureFixture[str]
):
    seen = printed(capsys, "import", "local", str(file))
    assert seen["confirm"]["name"] == "local"
    assert main(["lifecycle", "import", "local", str(file)]) == 0
    assert "1 of 1 original that lie there, once each is old enough. To have it done, add --yes-remove local" in (
        capsys.readouterr().err
    )
    words = ("import", "local", str(file), "--seen", seen["seen"])
    assert main(["lifecycle", *words]) == 1
    assert "confirmed with the name local" in capsys.readouterr().err
    assert printed(capsys, *words, "--yes-remove", "local")["id"]


@pytest.mark.parametrize(
    ("document", "said"),
    [("{}", "no lifecycle configuration"), ('{"Rules": []}', "has these rules already"),
     (json.dumps(RULES), "on legal hold")],
)  # fmt: skip
def test_what_cannot_be_imported_is_refused(
    here: Settings, file: Path, document: str, said: str, capsys: pytest.CaptureFixture[str]
):
    main(["lifecycle", "hold", "v1", "--reason", "case 4711"])
    file.write_text(document)
    assert main(["lifecycle", "import", "local", str(file)]) == 1
    assert said in capsys.readouterr().err


def test_what_has_changed_since_the_preview_is_not_imported(
    here: Settings, file: Path, capsys: pytest.CaptureFixture[str]
):
    seen = printed(capsys, "import", "local", str(file))
    open_platform(here).providers.named("local").set_lifecycle_rules([])  # type: ignore[attr-defined]
    assert main(["lifecycle", "import", "local", str(file), "--seen", seen["seen"]]) == 1
    assert "not as it was when you looked" in capsys.readouterr().err


def rules_of(here: Settings) -> tuple[LifecycleRule, ...]:
    return open_platform(here).providers.named("local").lifecycle_rules()  # type: ignore[attr-defined]


def test_a_new_hold_asks_each_bucket_for_its_rules_once(
    here: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    asked, rules = list[str](), LocalProvider.lifecycle_rules
    open_platform(here).providers.named("local").set_lifecycle_rules(  # type: ignore[attr-defined]
        [LifecycleRule("gone", "videos/", expire_after_days=3)]
    )
    monkeypatch.setattr(LocalProvider, "lifecycle_rules", lambda self: asked.append(self.name) or rules(self))
    assert main(["lifecycle", "hold", "v1", "--reason", "case 4711"]) == 0
    assert asked == ["local"]
    assert "The rule 'gone' of local removes objects of 1 video on legal hold" in capsys.readouterr().err


def test_a_video_is_held_listed_and_released(here: Settings, capsys: pytest.CaptureFixture[str]):
    printed(capsys, "hold", "v1", "--reason", "case 4711")
    [hold] = printed(capsys, "holds")
    assert (hold["video"], hold["reason"]) == ("v1", "case 4711")
    printed(capsys, "release", "v1")
    assert printed(capsys, "holds") == []


@pytest.mark.parametrize("words", [("export", "nowhere"), ("going", "local", "no/such/file"), ("hold", "nope")])
def test_what_is_not_there_is_named(here: Settings, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    more = ("--reason", "x") if words[0] == "hold" else ()
    assert main(["lifecycle", *words, *more]) in (1, 2)
    assert words[-1] in capsys.readouterr().err


def test_what_lies_outside_of_where_it_must_is_listed_and_is_no_success(
    here: Settings, capsys: pytest.CaptureFixture[str]
):
    assert printed(capsys, "residency")["objects_outside"] == 0
    put(open_platform(here).database, video("v2", residency="EU"), [("local", [original("v2")])])
    assert printed(capsys, "residency")["outside"] == []
    assert main(["lifecycle", "residency", "--again", "--json"]) == 1
    (astray,) = json.loads(capsys.readouterr().out)["outside"]
    assert (astray["video"], astray["place"], astray["name"]) == ("v2", "local", "videos/v2/original.mp4")
    assert main(["lifecycle", "residency"]) == 1
    assert "1 objects lie where they may not" in capsys.readouterr().err


def test_a_drill_is_priced_asked_for_and_its_result_shown(here: Settings, capsys: pytest.CaptureFixture[str]):
    assert printed(capsys, "drill", "--dry-run") == {
        "objects": 0, "size_bytes": 0, "archived": 0, "usd": "0", "dry_run": True,
    }  # fmt: skip
    assert main(["lifecycle", "drill"]) == 1
    assert "There is no backup" in capsys.readouterr().err
    platform = open_platform(here)
    platform.providers.named("local").put_replication(ReplicationRule("r", "replica"), "")  # type: ignore[attr-defined]
    id = printed(capsys, "drill", "--sample", "1")["id"]
    (work,) = [each for each in works(platform) if each.name == DRILL]
    work.do(id, lambda: False)
    (drill,) = printed(capsys, "drills")
    assert (drill["passed"], drill["objects"][0]["outcome"]) == (False, "missing")
    assert main(["lifecycle", "drills"]) == 0
    assert "0 of 1 came back." in capsys.readouterr().out
