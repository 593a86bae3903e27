"""python -m core actions: for people and for programs."""

import json
from pathlib import Path

import pytest

from core.__main__ import main
from core.actions.doing import Doer
from core.bootstrap import open_platform
from core.settings import Settings
from core.storage.lifecycle import LifecycleRule
from core.storage.lifecycle_told import told
from core.storage.provider import LifecycleRules

TIDY = LifecycleRule("phyght-tidy", abort_unfinished_after_days=7)
TERMS = json.dumps({"rules": [told(TIDY)]})
WORDS = ["put-lifecycle-policy", "local", "--terms", TERMS]


@pytest.fixture
def here(own_environment: None, settings: Settings) -> Settings:
    return settings


def rules(settings: Settings) -> tuple[LifecycleRule, ...]:
    provider = open_platform(settings).providers.named("local")
    assert isinstance(provider, LifecycleRules)
    return provider.lifecycle_rules()


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> dict:
    assert main(["actions", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_preview_is_applied_shown_and_undone(here: Settings, capsys: pytest.CaptureFixture[str]):
    seen = printed(capsys, "preview", *WORDS)
    assert seen["summary"] == "Adds phyght-tidy, a lifecycle rule of local."
    id = printed(capsys, "apply", *WORDS, "--seen", seen["seen"])["id"]
    platform = open_platform(here)
    Doer(platform.actions.handles).do(id, lambda: False)
    assert rules(here) == (TIDY,)
    shown = printed(capsys, "show", id)
    assert (shown["phase"], shown["items"]) == ("applied", {"done": 1})

    assert printed(capsys, "undo", id, "--dry-run")["possible"] is True
    printed(capsys, "undo", id)
    Doer(platform.actions.handles).do(id, lambda: False)
    assert rules(here) == ()
    assert printed(capsys, "list")[0]["phase"] == "undone"


def test_a_preview_says_in_words_what_would_be(here: Settings, capsys: pytest.CaptureFixture[str]):
    assert main(["actions", "preview", *WORDS]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Adds phyght-tidy, a lifecycle rule of local."
    assert lines[3] == "  phyght-tidy: nothing -> all objects: unfinished uploads aborted after 7 days"
    assert lines[-1].startswith("To apply exactly this, add --seen ")


def test_what_was_not_seen_is_not_applied(here: Settings, capsys: pytest.CaptureFixture[str]):
    assert main(["actions", "apply", *WORDS, "--seen", "0123456789abcdef"]) == 1
    assert "not as it was when you looked" in capsys.readouterr().err
    assert rules(here) == ()


@pytest.mark.parametrize(
    ("terms", "said"), [("{", "cannot be read"), ("[]", "no JSON object"), ("@no/such/file", "cannot be read")]
)
def test_terms_that_are_none_are_told(here: Settings, capsys: pytest.CaptureFixture[str], terms: str, said: str):
    assert main(["actions", "preview", "put-lifecycle-policy", "local", "--terms", terms]) == 2
    assert said in capsys.readouterr().err


def test_terms_may_lie_in_a_file(here: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    file = tmp_path / "terms.json"
    file.write_text(TERMS)
    assert printed(capsys, "preview", *WORDS[:2], "--terms", f"@{file}")["items"] == 1


def test_an_action_that_is_not_there_is_named(here: Settings, capsys: pytest.CaptureFixture[str]):
    assert main(["actions", "show", "nope"]) == 1
    assert "no action 'nope'" in capsys.readouterr().err
