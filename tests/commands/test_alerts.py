"""python -m core alerts: for people and for programs."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.__main__ import main
from core.settings import Settings
from core.storage.health import Health
from core.storage.local import LocalProvider
from core.storage.provider import StorageProvider
from tests.support.databases import fresh_database
from tests.support.webhook import webhook


@pytest.fixture
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation without bills, whose folder of videos has failed for long."""
    monkeypatch.setenv("PHYGHT_DEMO", "off")
    database = fresh_database(settings.phyght_home / "phyght.db")
    gone = LocalProvider(settings.phyght_home / "missing" / "storage", b"0" * 32, lambda: datetime.now(UTC), "local")
    health = Health(database, lambda: datetime(2026, 11, 1, tzinfo=UTC))
    fail(health, gone)
    return settings.phyght_home


def fail(health: Health, provider: StorageProvider) -> None:
    from core.errors import StorageUnreachable

    for _ in range(3):
        with pytest.raises(StorageUnreachable), health.attempt(provider.name):
            raise StorageUnreachable("The folder is gone.", "Put it back.")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    def run(*words: str, told: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(told))
        status = main(["alerts", *words])
        out, err = capsys.readouterr()
        return status, out, err

    return run


def told(answer: tuple[int, str, str]) -> Any:
    status, out, _ = answer
    assert status == 0
    return json.loads(out)


def test_from_a_rule_to_a_message_to_somebody_who_is_at_it(home: Path, run):
    with webhook() as hook:
        assert run("channels")[2].startswith("Nobody is told yet.")
        status, out, _ = run("add-channel", "hook", told=f"{hook.address}\n")
        assert (status, out) == (0, "hook goes to JSON by 127.0.0.1. Try it: python -m core alerts test hook\n")
        assert run("test", "hook")[:2] == (0, "hook has taken a message. See whether it arrives.\n")
        added = told(run("add-rule", "Folder is gone", "provider_down", "above", "0", "--severity", "critical",
                         "--channel", "hook", "--json"))  # fmt: skip

        done = told(run("evaluate", "--send", "--json"))

        assert [(each["title"], each["subject"]) for each in done["fired"]] == [("Folder is gone", "local")]
        assert [each["title"] for each in hook.posted] == ["A test from Phyght", "Critical: Folder is gone: local"]
        (alert,) = [each for each in told(run("list", "--json")) if each["state"] == "firing"]
        assert (alert["rule"], alert["link"]) == (added["id"], "/settings?section=Connections")
        assert told(run("messages", "--json"))[0]["state"] == "sent"
        assert run("acknowledge", alert["id"], "--note", "on it")[0] == 0
        assert told(run("history", "--json"))[0]["state"] == "acknowledged"
        status, out, _ = run("list")
        assert "acknowledged by" in out
        assert run("turn", added["id"], "off")[0] == 0
        assert run("remove-rule", added["id"])[0] == 0
        assert run("remove-channel", "hook")[0] == 0


def test_rules_and_figures_are_listed(home: Path, run):
    assert len(told(run("rules", "--json"))) == 22
    status, out, _ = run("rules")
    assert status == 0
    assert "Cache hit ratio below 90 %" in out
    assert "cost_of_month" in run("figures")[1]
    assert {"name", "unit", "filters", "by"} <= set(told(run("figures", "--json"))[0])


def test_the_digest_is_shown_without_being_sent(home: Path, run):
    assert "No bill covers any day of the week yet." in run("digest")[1]
    assert run("digest", "--html")[1].startswith("<h2>")
    assert told(run("digest", "--json"))["title"].startswith("Phyght, ")


def test_what_is_asked_wrongly_is_said_in_words(home: Path, run):
    assert run("acknowledge", "nothing")[::2] == (
        1, "There is no alert 'nothing'. `python -m core alerts list` lists what fires.\n",
    )  # fmt: skip
    status, _, err = run("add-rule", "x", "phlogiston", "above", "5%")
    assert (status, err.splitlines()[0].startswith("There is no figure 'phlogiston'.")) == (1, True)
    status, _, err = run("add-channel", "x", told="nonsense\n")
    assert (status, "nonsense" in err) == (1, False)
    with pytest.raises(SystemExit):
        run("add-rule", "x", "error_rate", "above", "five")


def test_how_often_one_is_reminded_is_said_with_the_rule(home: Path, run):
    asked = (("critical",), ("warning",), ("warning", "--remind", "6h"), ("critical", "--remind", "never"))
    for words in asked:
        assert run("add-rule", "x", "error_rate", "above", "5%", "--severity", *words)[0] == 0

    found = [each["remind_minutes"] for each in told(run("rules", "--json")) if each["title"] == "x"]
    assert sorted(found) == [0, 0, 360, 1440]
