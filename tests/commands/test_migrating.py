"""python -m core migrate start to retire: from a shell, a migration is begun, followed, taken back and finished."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core import bootstrap
from core.__main__ import main
from core.access.access import shell_user
from core.bootstrap import Platform
from core.jobs.work import Requests
from core.migration.state import DISCARD, MOVE, RETIRE, SAMPLE
from core.settings import Settings, load_settings
from core.storage.provider import Attributes
from tests.support.supabase_stand_in import SupabaseStandIn, supabase_stand_in


@pytest.fixture
def project(own_environment: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[SupabaseStandIn]:
    """A project with two small videos, and a folder of this machine that they can go to."""
    (settings.phyght_home / "storage").mkdir(parents=True)
    with supabase_stand_in() as project:
        for number in (1, 2):
            project.bucket("fights").put(f"2024/fight {number}.mp4", 5)
            project.bucket("fights").objects[f"2024/fight {number}.mp4"].content = b"fight"
        monkeypatch.setenv("SUPABASE_URL", project.url)
        monkeypatch.setenv("SUPABASE_SERVICE_ROLE_KEY", project.key())
        monkeypatch.setenv("SUPABASE_BUCKET", "fights")
        yield project


@pytest.fixture
def platform(project: SupabaseStandIn) -> Platform:
    return bootstrap.open_platform(load_settings())


@pytest.fixture
def ask(project: SupabaseStandIn, capsys: pytest.CaptureFixture[str]):
    """Run a command of `migrate`, and what it answers to programs."""

    def ask(*words: str, status: int = 0) -> Any:
        capsys.readouterr()
        assert main(["migrate", *words, "--json"]) == status
        return json.loads(capsys.readouterr().out)

    return ask


def work(platform: Platform, later: timedelta = timedelta(0)) -> None:
    """What a worker does with all that is due."""
    requests, mover = Requests(platform.database), platform.mover
    for name, do in ((MOVE, mover.move), (DISCARD, mover.discard), (RETIRE, mover.retire)):
        for request in requests.due(bootstrap.now() + later, name, 100):
            do(request.argument, lambda: False)
            requests.over(request.id)


def test_a_migration_from_its_plan_to_its_end(ask, platform, project):
    ask("plan", "--to", "local", "--name", "move", "--grace", "0")

    assert ask("start", "--dry-run") == {"name": "move", "videos": 2, "dry_run": True}
    assert ask("start", "--first", "1") == {"name": "move", "videos": 1, "dry_run": False}
    work(platform)
    assert ask("status", "--wait")["videos"] == {"done": 1, "waiting": 1}  # the rest was not started

    assert ask("pause")["phase"] == "paused"
    assert ask("resume")["videos"] == 1
    work(platform)
    told = ask("status", "move", "--wait")
    assert (told["phase"], told["moved"], told["to_move"], told["done_bytes"]) == ("running", 2, 2, 10)

    assert ask("rollback", "--dry-run")["videos"] == 2
    assert ask("rollback", "--video", "/v/object/public/fights/2024/fight%201.mp4")["videos"] == 1
    assert ask("status")["videos"] == {"done": 1, "rolled back": 1}
    assert ask("retire", "--dry-run")["videos"] == 1
    assert ask("retire")["videos"] == 1
    work(platform)
    assert ask("status")["videos"] == {"retired": 1, "rolled back": 1}
    assert list(project.bucket("fights").objects) == ["2024/fight 1.mp4"]


def test_what_has_happened_to_one_video(ask, platform):
    ask("plan", "--to", "local", "--name", "move")
    ask("start")
    work(platform)

    events = ask("status", "--video", "/v/object/public/fights/2024/fight%201.mp4")

    assert [each["kind"] for each in events] == ["copying", "uploaded", "verified", "cut over"]
    assert events[-1]["detail"] == "from supabase to local"


def test_what_failed_is_said_grouped_with_status_1_and_tried_again(ask, platform, project):
    ask("plan", "--to", "local", "--name", "move")
    project.bucket("fights").objects["2024/fight 2.mp4"].content = None
    del project.bucket("fights").objects["2024/fight 1.mp4"]
    ask("start")
    work(platform)

    told = ask("status", status=1)

    assert told["videos"]["failed"] == 1
    assert "2024/fight 1.mp4" in told["problems"][-1]["problem"] + told["problems"][0]["problem"]
    assert ask("retry")["videos"] == 1
    assert ask("cancel")["videos"] == 2


def test_what_another_tool_has_moved_is_adopted(ask, platform):
    platform.providers.named("local").write("2024/fight 1.mp4", [b"fight"], Attributes("video/mp4"))

    told = ask("adopt", "--to", "local", "--prefix", "2024/fight 1", "--name", "rclone")
    work(platform)

    assert (told["name"], told["videos"]) == ("rclone", 1)
    assert ask("status", "rclone")["videos"]["done"] == 1


def test_one_that_somebody_waits_for_is_moved_first(ask, platform):
    ask("plan", "--to", "local", "--name", "move", "--order", "largest")
    ask("start")

    ask("first", "/v/object/public/fights/2024/fight%202.mp4")

    first = Requests(platform.database).due(bootstrap.now(), MOVE, 1)[0]
    assert platform.catalog.video(first.argument.partition("/")[2]).title == "Fight 2"


def test_for_people_it_says_what_comes_next(platform, capsys):
    assert main(["migrate", "plan", "--to", "local", "--name", "move"]) == 0
    capsys.readouterr()

    assert main(["migrate", "start"]) == 0
    out, err = capsys.readouterr()
    assert out == "2 videos of 'move' are to be moved. `python -m core migrate status move` says how far it is.\n"
    assert err == "No worker runs: it begins with the dashboard, `python -m dashboard`, or `python -m core work`.\n"

    work(platform)
    assert main(["migrate", "status"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "move: done, from supabase to local."
    assert lines[2].split() == ["done", "2", "10", "bytes", "10", "bytes"]
    assert lines[3].startswith("2 of 2 videos are moved; ")
    assert lines[4].startswith("Spent $")


@pytest.mark.parametrize("command", ["start", "pause", "status", "retire"])
def test_where_it_is_not_clear_which_is_meant_that_is_asked(project, capsys, command):
    assert main(["migrate", command]) == 2

    assert "Which migration is meant? Now there is none." in capsys.readouterr().err


def test_who_waits_for_what_does_not_run_is_told_at_once(ask, platform):
    ask("plan", "--to", "local", "--name", "move")
    assert ask("status", "--wait")["phase"] == "planned"

    ask("start")
    ask("pause")
    assert ask("status", "--wait")["phase"] == "paused"


def test_a_trial_of_retiring_counts_the_video_that_is_named_alone(ask, platform):
    ask("plan", "--to", "local", "--name", "move", "--grace", "0")
    ask("start")
    work(platform)

    one = "/v/object/public/fights/2024/fight%201.mp4"
    assert ask("retire", "--dry-run", "--video", one)["videos"] == 1
    assert ask("retire", "--dry-run")["videos"] == 2


def test_the_command_that_comes_next_can_be_copied_into_a_shell(platform, capsys):
    main(["migrate", "plan", "--to", "local", "--name", "all; of it"])
    capsys.readouterr()
    main(["migrate", "start"])

    assert "`python -m core migrate status 'all; of it'`" in capsys.readouterr().out


def test_what_takes_no_parts_is_no_target_that_can_be_planned_for(platform, capsys):
    platform.providers.named("local").write("back.mp4", [b"fight"], Attributes("video/mp4"))

    assert main(["migrate", "plan", "--from", "local", "--to", "supabase", "--name", "back"]) == 1
    assert "supabase takes no parts of large objects." in capsys.readouterr().err
    assert platform.plans.all(shell_user(platform.home)) == ()


def test_links_of_what_was_moved_are_sampled_and_the_status_says_how_many_answer(ask, platform, capsys):
    ask("plan", "--to", "local", "--name", "move")
    ask("start")
    work(platform)
    assert ask("status")["links"] is None

    ask("sample")
    (request,) = Requests(platform.database).due(bootstrap.now(), SAMPLE, 9)
    platform.sampler.run(request.argument, lambda: False)

    told = ask("status")["links"]
    assert (told["sampled"], told["answered"], told["failed"]) == (2, 2, [])
    main(["migrate", "status"])
    assert "2 links sampled: 2 answer, " in capsys.readouterr().out
