"""Documented: what README.md and docs/ say exists, does, and their commands run."""

import re
from pathlib import Path

import pytest

from core.settings import ENV_FILE, Settings

ROOT = Path(__file__).parent.parent
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
