"""Scheduled: the worker evaluates and sends by itself, from the jobs that it is given."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.bootstrap import open_platform
from core.errors import SourceUnreachable
from core.schedule import jobs
from core.settings import load_settings
from tests.alerts.conftest import ADA
from tests.environment import ROOT
from tests.support.webhook import webhook


def test_the_worker_holds_rules_against_figures_and_sends_what_comes_of_it(
    own_environment: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PHYGHT_DEMO", "off")
    platform = open_platform(load_settings())
    now = datetime.now(UTC)
    by_name = {job.name: job for job in jobs(platform)}
    with webhook() as hook:
        platform.alerts.channels.add(ADA, "hook", hook.address, now)
        with pytest.raises(SourceUnreachable):
            platform.ingest(str(tmp_path / "nowhere"), lambda: now)
        by_name["alerts"].steps["rules"]()
        by_name["messages"].steps["outbox"]()

    assert [each["title"] for each in hook.posted] == [f"Warning: A source could not be read: {tmp_path / 'nowhere'}"]
    assert (by_name["alerts"].cron, by_name["messages"].cron) == ("*/5 * * * *", "*/1 * * * *")


def test_a_worker_imports_nothing_that_reads_bills_or_sends():
    """It stays for days, and would keep it."""
    spared = ["duckdb", "pyarrow", "apprise", "boto3", "smtplib", "requests"]
    code = f"import sys; import core.commands.working; print([name for name in {spared} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )

    assert done.stdout == "[]\n"
