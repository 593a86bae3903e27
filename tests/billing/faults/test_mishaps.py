"""An error that nobody foresaw refuses the delivery it comes up in, and no run stays "running"."""

import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from core.billing import deliveries as deliveries_module
from core.billing import ingest as ingest_module
from core.billing.runs import ingestion_runs
from core.settings import Settings
from tests.billing.builders import cur2, deliver_cur2, put
from tests.billing.store import Store
from tests.environment import ROOT, environment

MISTAKE = "could not be read, because of a mistake in Phyght (KeyError)."
NEXT_STEP = "Report it, with the lines of the log that name it."


def deliver_two(bucket: Path) -> None:
    for account, name in (("111111111111", "bad"), ("333333333333", "good")):
        deliver_cur2(bucket, [cur2("7", bill_payer_account_id=account)], export=f"cur/{name}", execution=name)


def failing(real: Any, name: str, error: BaseException) -> Any:
    def fail(first: Any, *others: Any, **named: Any) -> Any:
        if name in str(first):
            raise error
        return real(first, *others, **named)

    return fail


def ends(store: Store) -> list[tuple[str, str]]:
    """How each run ended, the newest first."""
    return [(run.outcome, run.error) for run in ingestion_runs(store.database)]


def test_a_mistake_in_one_delivery_keeps_no_other_from_loading(
    store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    deliver_two(bucket)
    monkeypatch.setattr(ingest_module, "stage", failing(ingest_module.stage, "cur/bad", KeyError("x")))

    bad, good = store.ingest(bucket).deliveries

    assert (bad.outcome, bad.reason) == ("refused", f"{bad.export} {MISTAKE} {NEXT_STEP}")
    assert (good.outcome, good.total) == ("loaded", Decimal(7))
    assert [(record.levelname, bool(record.exc_info)) for record in caplog.records] == [("ERROR", True)]
    assert ends(store) == [("refused", "")]


def test_a_mistake_in_one_manifest_keeps_no_other_from_loading(
    store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch
):
    deliver_two(bucket)
    real = deliveries_module.read_manifest
    monkeypatch.setattr(deliveries_module, "read_manifest", failing(real, "cur/bad", KeyError("x")))

    (reason,) = [report.reason for report in store.ingest(bucket).refused]

    assert reason == f"cur/bad/metadata/BILLING_PERIOD=2026-10/bad-Manifest.json {MISTAKE} {NEXT_STEP}"
    assert store.total() == Decimal(7)


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000], ids=["lists", "objects"])
def test_a_manifest_that_is_nested_deeply_is_refused(store: Store, bucket: Path, content: str):
    deliver_two(bucket)
    put(bucket / "cur/bad/metadata/BILLING_PERIOD=2026-10/bad-Manifest.json", content)

    assert store.refusal(bucket) == (
        "cur/bad/metadata/BILLING_PERIOD=2026-10/bad-Manifest.json is no complete manifest (RecursionError). "
        "Copy it again, or wait for the next one."
    )
    assert store.total() == Decimal(7)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyError("x"), "It ended unexpectedly (KeyError). Report it, with the last lines of the log."),
        (KeyboardInterrupt(), "It was cut off in the middle. Run it again."),
    ],
    ids=["a mistake", "interrupted"],
)
def test_a_run_that_ends_by_an_exception_is_on_record_as_failed(
    store: Store, bucket: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, told: str
):
    deliver_two(bucket)
    monkeypatch.setattr(ingest_module, "adopt_segments", failing(None, "", error))

    with pytest.raises(type(error)):
        store.ingest(bucket)
    assert ends(store) == [("failed", told)]


_UNDER_WAY = """
import sys
from pathlib import Path
from core.billing.runs import recorded_run
from core.sqlite_database import SqliteDatabase
from tests.billing.store import NOW
with recorded_run("a folder", SqliteDatabase(Path(sys.argv[1])), Path(sys.argv[1]).parent, lambda: NOW):
    print("under way", flush=True)
    sys.stdin.read()
"""


def test_a_run_that_was_killed_is_on_record_as_failed_when_the_next_one_begins(
    store: Store, bucket: Path, settings: Settings
):
    deliver_two(bucket)
    home = settings.phyght_home
    process = subprocess.Popen(
        [sys.executable, "-c", _UNDER_WAY, str(home / "phyght.db")],
        cwd=ROOT, env=environment(home), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "under way\n"
    store.ingest(bucket)
    assert sorted(ends(store)) == [("done", ""), ("running", "")]

    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    store.ingest(bucket)

    assert sorted(ends(store)) == [
        ("done", ""),
        ("done", ""),
        ("failed", "It was cut off in the middle. Run it again."),
    ]
    assert list((home / "scratch").iterdir()) == []
