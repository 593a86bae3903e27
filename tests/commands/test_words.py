"""Words that a command does not understand are refused with those that it would, and never in Python's."""

import pytest

from core.__main__ import main
from core.bootstrap import open_platform
from core.performance.delivery import By
from core.performance.experience import ExperienceBy
from core.settings import Settings
from tests.telemetry.logged import NAME, NOW, Logged, line


def refusal(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("command", ["costs", "performance", "experience", "viewing", "reconcile"])
def test_a_day_that_is_none(command: str, capsys: pytest.CaptureFixture[str]):
    assert "'yesterday' is no day; write it as 2026-10-01" in refusal([command, "--from", "yesterday"], capsys)
    assert "0026-11-01 is no day that anything is known of" in refusal([command, "--to", "0026-11-01"], capsys)


@pytest.mark.parametrize(
    ("command", "known"),
    [
        ("performance", ", ".join(By)),
        ("experience", ", ".join(ExperienceBy)),
    ],
)
def test_something_to_tell_apart_by_that_is_none(command: str, known: str, capsys: pytest.CaptureFixture[str]):
    assert f"'nonsense' is none of {known}" in refusal([command, "--by", "nonsense"], capsys)


def test_this_month_until_now_is_told_apart_by_nothing(own_environment: None, capsys: pytest.CaptureFixture[str]):
    assert main(["costs", "--now", "--by", "video"]) == 2

    assert "--now goes with none of --from, --to, --only and --by." in capsys.readouterr().err


def test_requests_that_no_option_fits_are_not_unknown(
    own_environment: None, settings: Settings, tmp_path, capsys: pytest.CaptureFixture[str]
):
    logged = Logged(tmp_path / "logs", settings.phyght_home, settings)
    logged.deliver(line(), name=NAME)
    open_platform(settings).ingest(str(logged.folder), lambda: NOW)
    days = ["--from", "2026-11-28", "--to", "2026-11-29"]

    assert main(["performance", *days, "--edge", "XXX"]) == 0
    assert "No requests of this period are as the options ask" in capsys.readouterr().err
    assert main(["performance", "--from", "2026-01-01", "--to", "2026-01-02"]) == 0
    assert "No requests are known of this period." in capsys.readouterr().err
