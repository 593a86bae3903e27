"""Shell: the frame of every page."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.visitor import Visitor
from tests.environment import ROOT


@pytest.fixture
def shell(monkeypatch) -> AppTest:
    """The app as somebody at this machine opens it."""
    here = Visitor("127.0.0.1", "127.0.0.1:8501", origin="", proxied=False, token="a-token")
    monkeypatch.setattr(session, "visitor_of_page", lambda: here)
    return AppTest.from_file(ROOT / "dashboard" / "shell.py", default_timeout=60)


def test_a_database_that_breaks_is_a_sentence_and_not_a_traceback(shell, platform):
    platform.database.path.write_bytes(b"this is no database" * 100)

    shell.run()

    assert not shell.exception
    (error,) = shell.error
    assert error.value.startswith("**The database ")
    assert error.value.endswith("Restore it from a backup\\.")
