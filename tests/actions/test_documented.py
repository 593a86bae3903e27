"""What docs/actions.md says of each kind is what its handler takes."""

import re
from typing import Any

import pytest

from core.actions.action import Kind
from core.actions.registry import open_actions
from core.billing.prices import load_prices
from core.settings import Settings
from core.storage.providers import Providers
from tests.environment import ROOT

TEXT = (ROOT / "docs" / "actions.md").read_text()
SECTIONS = dict(re.findall(r"^### (.+?)\n(.+?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL))


@pytest.fixture
def registered(settings: Settings) -> set[Kind]:
    nothing: Any = None
    actions = open_actions(nothing, nothing, Providers(()), load_prices(), settings, nothing, nothing)
    return set(actions.handles.handlers)


def test_each_kind_has_its_section_and_its_row(registered: set[Kind]):
    assert set(SECTIONS) == {str(each) for each in registered}
    rows = re.findall(r"^\| ([a-z ]+) \|", TEXT, re.MULTILINE)
    assert set(rows) - {"kind"} == {str(each) for each in registered}


@pytest.mark.parametrize(
    ("kind", "module"),
    [
        (Kind.PUT_LIFECYCLE_POLICY, "lifecycle_policy"),
        (Kind.CHANGE_STORAGE_CLASS, "storage_class"),
        (Kind.SET_CACHE_CONTROL, "cache_control"),
        (Kind.ABORT_INCOMPLETE_UPLOADS, "unfinished_uploads"),
        (Kind.DELETE_NONCURRENT_VERSIONS, "old_versions"),
        (Kind.DROP_RENDITION, "rung_dropping"),
        (Kind.RETIRE_COPY, "copy_retiring"),
        (Kind.PUT_DISTRIBUTION_SETTING, "distribution_setting"),
        (Kind.PUT_REPLICATION, "replication"),
    ],
)
def test_the_terms_that_a_kind_takes_are_named(kind: Kind, module: str):
    source = (ROOT / "core" / "actions" / "kinds" / f"{module}.py").read_text()
    for term in re.findall(r"`(\w+)`", source.split('"""')[1].partition("Terms:")[2].partition("\n\n")[0]):
        assert f"`{term}`" in SECTIONS[kind], term
