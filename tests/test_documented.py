"""Documented: what README.md and docs/ say exists, does, and their commands run."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import core.__main__ as commands
from core.settings import ENV_FILE, Settings
from tests.environment import ROOT, environment

DOCUMENTS = [
    file for file in (ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")) if file.exists()
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name_of(file: Path) -> str:
    return str(file.relative_to(ROOT))


def anchors(text: str) -> set[str]:
    """What a link's #part may be: GitHub's form of each heading."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_link_leads_to_a_file_and_to_a_heading_in_it(document):
    text = document.read_text()
    links = [link for link in re.findall(r"\]\(([^)\s]+)", FENCE.sub("", text)) if "://" not in link]

    for link in links:
        place, _, heading = link.partition("#")
        target = document.parent / place if place else document
        assert target.exists(), link
        assert not heading or heading in anchors(target.read_text()), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_file_that_is_named_is_there(document):
    named = re.findall(
        r"`((?:core|dashboard|pages|tests|docs|benchmarks|supabase|\.streamlit)/[\w./-]+)`", document.read_text()
    )

    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_variable_that_is_named_is_a_setting(document):
    named = set(re.findall(r"\b(?:PHYGHT|SUPABASE)_[A-Z_]+\b|\bAWS_[A-Z_]+\b", document.read_text()))

    assert named - {name.upper() for name in Settings.model_fields} - {ENV_FILE} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=name_of)
def test_a_make_target_that_is_named_is_in_the_makefile(document):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"\bmake ([a-z]+)\b(?=`|$| *#)", document.read_text(), re.MULTILINE)) <= targets


def commands_of(document: Path) -> list[str]:
    """What a reader is told to type after `python -m core`, in blocks and in lines."""
    text = document.read_text().replace("\\\n", " ")
    blocks = [line.split("#")[0] for _, block in FENCE.findall(text) for line in block.splitlines()]
    inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    typed = [re.search(r"(?:^|[\s/])python3? -m core (.+)", line) for line in (*blocks, *inline)]
    return [match[1].strip() for match in typed if match and "..." not in match[1]]


DOCUMENTED = [(document, command) for document in DOCUMENTS for command in commands_of(document)]
QUESTIONS = ("costs", "history", "check", "users list")


@pytest.mark.parametrize(("document", "command"), DOCUMENTED, ids=str)
def test_a_command_that_is_named_is_understood(document, command, monkeypatch):
    done: list[str] = []
    understood = {
        name: (text, add, lambda arguments, _: done.append(arguments.command) or 0)
        for name, (text, add, _run) in commands._COMMANDS.items()
    }
    monkeypatch.setattr(commands, "_COMMANDS", understood)

    assert commands.main(shlex.split(command)) == 0
    assert len(done) == 1


@pytest.mark.parametrize("command", sorted({c for _, c in DOCUMENTED if c.startswith(QUESTIONS)}))
def test_a_question_that_is_named_is_answered_by_the_demo(seeded_home, tmp_path, command):
    home = tmp_path / "demo"
    shutil.copytree(seeded_home, home)

    done = subprocess.run(
        [sys.executable, "-m", "core", *shlex.split(command)],
        cwd=ROOT,
        env=environment(home, PHYGHT_DEMO="on"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0
    assert done.stderr in ("", "Demo data. Ingest a bill of your own: python -m core ingest SOURCE.\n")
    assert done.stdout


def test_every_command_is_documented():
    named = {command.split()[0] for _, command in DOCUMENTED}

    assert set(commands._COMMANDS) <= named
