"""The commands: what they print for people and for programs, and their exit status."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from core.__main__ import main
from core.settings import Settings
from tests.billing.builders import DELIVERED, csv_gz, cur2, deliver_cur2, focus, put
from tests.billing.store import Store


class Terminal:
    """Runs commands in this process, and keeps what they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.out = self.err = ""

    def run(self, *words: object) -> int:
        self.capsys.readouterr()
        try:
            return main([str(word) for word in words])
        except SystemExit as stopped:
            return int(stopped.code or 0)
        finally:
            self.out, self.err = self.capsys.readouterr()

    def json(self, *words: object) -> Any:
        assert self.run(*words, "--json") == 0, self.err
        return json.loads(self.out)


@pytest.fixture
def terminal(own_environment: None, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.fixture(scope="module")
def october_once(shared_store: Store, shared_bucket: Path) -> Store:
    rows = [cur2("10.50"), cur2("2.31", line_item_line_item_type="Tax", product_region_code=None)]
    deliver_cur2(shared_bucket, rows)
    assert shared_store.outcomes(shared_bucket) == ["loaded"]
    return shared_store


@pytest.fixture
def october(terminal: Terminal, october_once: Store, settings: Settings) -> Terminal:
    """10.50 of S3 and a tax of 2.31."""
    october_once.copy_to(settings.phyght_home, settings)
    return terminal


OCTOBER = ("--from", "2026-10-01", "--to", "2026-11-01")


def test_ingest_for_people(terminal: Terminal, bucket: Path):
    deliver_cur2(bucket, [cur2("10.50")])

    assert terminal.run("ingest", bucket) == 0
    head, row, counts = terminal.out.splitlines()
    assert head.split() == ["export", "kind", "period", "execution", "outcome", "rows", "total"]
    assert re.split(r" {2,}", row) == [
        "s3://billing-bucket/cur/platform", "cur2", "2026-10", "aaaaaaaa-0000-4000-8000-000000000001", "loaded", "1",
        "10.5 USD",
    ]  # fmt: skip
    assert counts == "1 loaded."
    assert terminal.run("ingest", bucket) == 0
    assert terminal.out.splitlines()[-1] == "1 unchanged."


def test_ingest_for_programs(terminal: Terminal, bucket: Path):
    deliver_cur2(bucket, [cur2("0.0000001")])

    answer = terminal.json("ingest", bucket)
    assert answer == {
        "deliveries": [
            {
                "export": "s3://billing-bucket/cur/platform",
                "kind": "cur2",
                "period": "2026-10-01",
                "execution": "aaaaaaaa-0000-4000-8000-000000000001",
                "outcome": "loaded",
                "reason": "",
                "rows": 1,
                "total": "0.0000001",
                "currency": "USD",
                "complete": True,
            }
        ],
        "refused": 0,
        "left_alone": {},
        "measured": {},
        "errors": [],
    }


def test_ingest_fails_when_anything_is_refused_and_loads_the_rest(terminal: Terminal, bucket: Path):
    deliver_cur2(bucket, [cur2("1")])
    put(bucket / "broken/bill.csv.gz", b"\x1f\x8b and no more")

    assert terminal.run("ingest", bucket, "--json") == 1
    answer = json.loads(terminal.out)
    assert sorted(delivery["outcome"] for delivery in answer["deliveries"]) == ["loaded", "refused"]
    assert answer["refused"] == 1
    assert terminal.json("costs", *OCTOBER)["total"] == "1"


def test_ingest_of_several_sources_goes_on_after_one_that_is_not_there(
    terminal: Terminal, bucket: Path, tmp_path: Path
):
    deliver_cur2(bucket, [cur2("1")])

    assert terminal.run("ingest", tmp_path / "nowhere", bucket) == 1
    assert "There is no folder" in terminal.err
    assert "1 loaded." in terminal.out


def test_ingest_without_a_source_says_how_to_name_one(terminal: Terminal):
    assert terminal.run("ingest") == 1
    assert "PHYGHT_BILLING_SOURCES" in terminal.err


def test_costs_for_programs(october: Terminal):
    assert october.json("costs", *OCTOBER, "--by", "charge_category") == {
        "from": "2026-10-01",
        "to": "2026-11-01",
        "by": "charge_category",
        "metric": "billed",
        "currency": "USD",
        "total": "12.81",
        "lines": [
            {"label": "usage", "cost": "10.5", "share": pytest.approx(10.5 / 12.81)},
            {"label": "tax", "cost": "2.31", "share": pytest.approx(2.31 / 12.81)},
        ],
        "previous_total": None,
        "estimated": False,
        "as_of": "2026-10-11T00:00:00.000000Z",
        "covered": [{"from": "2026-10-01", "to": "2026-11-01"}],
        "left_out": [],
    }


def test_costs_for_people(october: Terminal):
    assert october.run("costs", *OCTOBER, "--by", "region") == 0
    assert [line.split() for line in october.out.splitlines()[:4]] == [
        ["region", "billed", "USD", "share"],
        ["us-east-1", "10.5", "82.0%"],
        ["not", "stated", "2.31", "18.0%"],
        ["total", "12.81"],
    ]
    assert "Usage until 2026-10-11 00:00 UTC." in october.out


@pytest.mark.parametrize("name", ["Storage class", "storage-class", "STORAGE_CLASS"])
def test_costs_takes_the_names_of_the_page(october: Terminal, name: str):
    assert october.json("costs", *OCTOBER, "--by", name)["by"] == "storage_class"


def test_costs_may_be_narrowed(october: Terminal):
    assert october.json("costs", *OCTOBER, "--only", "category=tax")["total"] == "2.31"
    assert october.json("costs", *OCTOBER, "--only", "region=not stated")["total"] == "2.31"
    assert october.json("costs", *OCTOBER, "--only", "category=tax", "--only", "region=us-east-1")["total"] == "0"


def test_costs_knows_the_end_of_a_month_by_itself(october: Terminal):
    assert october.json("costs", "--from", "2026-10-01")["to"] == "2026-11-01"
    assert october.json("costs", "--to", "2026-11-01")["from"] == "2026-10-01"


@pytest.mark.parametrize("metric", ["billed", "effective", "list"])
def test_costs_has_three_metrics(october: Terminal, metric: str):
    assert october.json("costs", *OCTOBER, "--metric", metric)["metric"] == metric


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("--from", "2026-13-01"), 2, "'2026-13-01' is no day; write it as 2026-10-01"),
        (("--from", "last week"), 2, "is no day"),
        (("--from", "2026-10-01", "--to", "9999-12-01"), 2, "9999-12-01 is no day that anything is known of"),
        (("--from", "0001-01-02", "--to", "2026-11-01"), 2, "choose one from 2000 to 2099"),
        (("--from", "2026-10-02", "--to", "2026-10-01"), 2, "--to 2026-10-01 is not after --from 2026-10-02"),
        (("--from", "2026-10-01", "--to", "2026-10-01"), 2, "is not included"),
        ((*OCTOBER, "--by", "colour"), 2, "There is no dimension 'colour'"),
        ((*OCTOBER, "--by", "tag:owner"), 2, "No charge carries a tag 'owner'"),
        ((*OCTOBER, "--metric", "guessed"), 2, "'guessed' is no cost; choose one of billed, effective, list"),
        ((*OCTOBER, "--only", "service"), 2, "has no value"),
        ((*OCTOBER, "--currency", "XYZ"), 2, "No bill is in 'XYZ'. The bills are in USD."),
        ((*OCTOBER, "--currency", ""), 2, "No bill is in ''. The bills are in USD."),
        (("--from", "2030-01-01"), 1, "No bill covers 2030-01-01"),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_sentence_and_a_failure(
    october: Terminal, words: tuple[str, ...], status: int, said: str
):
    assert october.run("costs", *words) == status
    assert said in october.err
    assert october.out == ""
    assert "Traceback" not in october.err


def test_costs_of_two_currencies_asks_for_one(terminal: Terminal, bucket: Path):
    put(bucket / "bill.csv.gz", csv_gz([focus("1"), focus("2", BillingCurrency="EUR")]))
    terminal.run("ingest", bucket)

    assert terminal.run("costs", *OCTOBER) == 1
    assert terminal.err == (
        "The charges are in EUR and USD, which do not add up. Name one: --currency EUR or --currency USD.\n"
    )
    assert terminal.json("costs", *OCTOBER, "--currency", "EUR")["total"] == "2"
    assert terminal.json("costs", *OCTOBER, "--currency", "eur")["currency"] == "EUR"


def test_costs_in_one_currency_says_what_is_not_in_it(terminal: Terminal, bucket: Path):
    rows = [
        focus("1"),
        focus("2", BillingCurrency="EUR"),
        focus("3", BillingCurrency="EUR"),
        focus("1.5", BillingCurrency="\x1b[2J"),
    ]
    put(bucket / "bill.csv.gz", csv_gz(rows))
    terminal.run("ingest", bucket)

    assert terminal.run("costs", *OCTOBER, "--currency", "USD") == 0
    said = [line for line in terminal.out.splitlines() if line.startswith("Not in it")]
    assert said == [
        "Not in it: 1 charge in \N{REPLACEMENT CHARACTER}[2J, together 1.5 \N{REPLACEMENT CHARACTER}[2J.",
        "Not in it: 2 charges in EUR, together 5 EUR.",
    ]
    assert terminal.json("costs", *OCTOBER, "--currency", "USD")["left_out"] == [
        {"currency": "\x1b[2J", "charges": 1, "total": "1.5"},
        {"currency": "EUR", "charges": 2, "total": "5"},
    ]


def test_costs_of_days_that_bills_cover_in_part_says_so(october: Terminal):
    days = ("--from", "2026-09-15", "--to", "2026-10-16")

    assert october.json("costs", *days)["covered"] == [{"from": "2026-10-01", "to": "2026-10-16"}]
    assert october.run("costs", *days) == 0
    assert "Bills cover only a part of it: 2026-10-01 to 2026-10-16 (the end is not included)." in october.out


def test_costs_of_days_without_usage_says_so(october: Terminal):
    days = ("--from", "2026-10-20", "--to", "2026-10-25")

    assert october.json("costs", *days)["as_of"] is None
    assert october.run("costs", *days) == 0
    assert october.out.splitlines()[-1] == "No usage in this period yet."


def test_history_tells_each_delivery_and_the_difference(october: Terminal, bucket: Path):
    deliver_cur2(bucket, [cur2("10.50"), cur2("2", line_item_line_item_type="Tax")], execution="b",
                 delivered_at=DELIVERED + timedelta(days=1))  # fmt: skip
    october.run("ingest", bucket)

    told = october.json("history", "2026-10")
    assert [(b["total"], b["previous_total"], b["difference"], b["current"]) for b in told] == [
        ("12.5", "12.81", "-0.31", True),
        ("12.81", None, None, False),
    ]
    assert october.run("history", "2026-10") == 0
    assert "-0.31  current" in october.out


def test_history_of_a_month_that_is_none(terminal: Terminal):
    assert terminal.run("history", "October") == 2
    assert "is no month; write it as 2026-10" in terminal.err


def test_users_are_added_listed_and_changed(terminal: Terminal):
    assert terminal.run("users", "add", "ann", "analyst") == 0
    assert "Sign in as ann with this one-time password" in terminal.out
    assert terminal.run("users", "set-role", "ann", "viewer") == 0
    assert terminal.run("users", "disable", "ann") == 0
    assert terminal.run("users", "list") == 0
    assert ["ann", "viewer", "disabled"] in [line.split() for line in terminal.out.splitlines()]
    assert terminal.run("users", "enable", "ann") == 0
    assert terminal.run("users", "reset-password", "nobody") == 1
    assert "Traceback" not in terminal.err


@pytest.mark.parametrize("words", [(), ("fly",), ("users",), ("history",), ("users", "add", "ann", "emperor")])
def test_a_command_that_is_none_is_asked_wrongly(terminal: Terminal, words: tuple[str, ...]):
    assert terminal.run(*words) == 2
    assert "usage: python -m core" in terminal.err


def test_a_name_from_a_bill_cannot_steer_the_terminal(terminal: Terminal, bucket: Path):
    put(bucket / "bill.csv.gz", csv_gz([focus("1", ResourceId="\x1b[2J\x07boom")]))
    terminal.run("ingest", bucket)

    assert terminal.run("costs", *OCTOBER, "--by", "resource") == 0
    assert "\x1b" not in terminal.out
    assert "boom" in terminal.out
