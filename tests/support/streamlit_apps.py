"""Streamlit apps under test: what each of them would look up anew in the installed packages is looked up once."""

from functools import cache

import pytest
from streamlit.components.v2 import manifest_scanner

_components = cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True)
def known_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the tests below the conftest.py that imports it: reading all packages takes longer than showing a page."""
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", _components)
