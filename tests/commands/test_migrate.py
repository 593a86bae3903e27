"""python -m core migrate plan, plans, compare: for people and for programs."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.__main__ import main
from core.settings import Settings
from core.units import GB
from tests.support.supabase_stand_in import SupabaseStandIn, supabase_stand_in


@pytest.fixture
def project(own_environment: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SupabaseStandIn]:
    """A project with three videos that the platform is connected to, beside this machine's folder."""
    with supabase_stand_in() as project:
        project.bucket("fights").public = True
        for number in range(1, 4):
            project.bucket("fights").put(f"2024/fight {number}.mp4", number * GB)
        monkeypatch.setenv("SUPABASE_URL", project.url)
        monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", project.key())
        monkeypatch.setenv("SUPABASE_BUCKET", "fights")
        yield project


@pytest.fixture
def folder(project: SupabaseStandIn, settings: Settings) -> Path:
    """What was stored on this machine before anything was connected is a provider too."""
    folder = settings.phyght_home / "storage"
    folder.mkdir(parents=True)
    return folder


def test_a_plan_for_people(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["migrate", "plan", "--to", "local", "--order", "largest", "--name", "all of it"]) == 0

    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert err == "Looking at all that lies at supabase.\n"
    assert lines[0].split() == ["video", "objects", "size", "before", "USD/month", "after", "USD/month", "once", "USD"]
    assert lines[1].split() == ["Fight", "3", "1", "2.8", "GiB", "0.0630", "0.0000", "0.0000"]
    assert lines[4] == (
        "3 videos, 3 objects, 5.6 GiB would move; 0 cannot, 0 lie elsewhere already, 0 are left out by the filters."
    )
    assert lines[5].startswith("Takes 2 min to 6 min. Assumed: 40 MB/s")
    assert lines[6] == "Costs $0.00 once: $0.00 for the egress of 5.6 GiB, $0.00 for requests."
    assert lines[7] == (
        "Storage costs $0.13 a month before and $0.00 after it, $0.13 less, which pays for the move in 0 months."
    )
    assert lines[-1] == "Kept as 'all of it'; nothing was moved."


def test_a_plan_for_programs(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "plan.csv"
    words = ["migrate", "plan", "--to", "local", "--min-size", "1500M", "--limit-rate", "1M", "--csv", str(file)]

    assert main([*words, "--adopt", "--target-prefix", "moved/", "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert [each["title"] for each in told["videos"]] == ["Fight 3", "Fight 2"]
    assert told["options"] == {
        "source": "supabase", "target": "local", "adopts": True, "target_prefix": "moved/",
        "order": "cheapest wins first",
        "filters": {
            "prefix": "", "min_age_days": None, "max_age_days": None, "min_size_bytes": 1_572_864_000,
            "max_size_bytes": None, "min_views": None, "max_views": None, "residency": None, "include_moved": False,
        },
    }  # fmt: skip
    assert (told["estimate"]["monthly_before_usd"], told["estimate"]["filtered"]) == ("0.105", 1)
    with file.open(newline="") as rows:
        assert [row["title"] for row in csv.DictReader(rows)] == ["Fight 3", "Fight 2"]


def test_plans_are_listed_and_compared(folder: Path, capsys: pytest.CaptureFixture[str]):
    main(["migrate", "plan", "--to", "local", "--name", "all"])
    main(["migrate", "plan", "--to", "local", "--name", "large", "--min-size", "2500M"])
    capsys.readouterr()

    assert main(["migrate", "plans"]) == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == {"name", "all", "large"}
    assert main(["migrate", "plans", "--json"]) == 0
    assert {each["name"]: each["state"] for each in json.loads(capsys.readouterr().out)} == {
        "all": "planned", "large": "planned",
    }  # fmt: skip
    assert main(["migrate", "compare", "all", "large"]) == 0
    said = capsys.readouterr().out
    assert "Only in all: Fight 2, Fight 1." in said or "Only in all: Fight 1, Fight 2." in said
    assert "Only in large: nothing." in said
    assert main(["migrate", "compare", "all", "large", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    videos = next(each for each in told["differences"] if each["figure"] == "videos")
    assert (len(told["only_in_first"]), videos["first"], videos["second"]) == (2, 3, 1)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["plan", "--to", "s3-eu"], 2, "There is no provider 's3-eu'; there is supabase, local."),
        (["plan", "--to", "local", "--limit-rate", "10"], 1, "'10' is no rate"),
        (["plan", "--to", "local", "--min-views", "1"], 1, "Nothing is known of how often videos are watched."),
        (["plan", "--to", "supabase"], 1, "Source and target are both supabase."),
        (["compare", "one", "other"], 1, "There is no plan 'one'."),
    ],
)
def test_what_cannot_be_done_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
):
    assert main(["migrate", *words]) == status

    assert said in capsys.readouterr().err


def test_a_wrong_key_is_said_and_is_no_plan(
    folder: Path, project: SupabaseStandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", project.key("anon"))

    assert main(["migrate", "plan", "--to", "local"]) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert "service_role" in err


@pytest.mark.parametrize("wrong", [["--min-size", "-5"], ["--max-size", "2 GB"], ["--min-age", "x"], ["--order", "x"]])
def test_what_is_no_number_or_order_is_asked_wrongly(folder: Path, wrong: list[str]):
    with pytest.raises(SystemExit) as stopped:
        main(["migrate", "plan", "--to", "local", *wrong])

    assert stopped.value.code == 2
