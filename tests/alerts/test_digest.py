"""Digest: the week in a mail, once, with figures worked out by hand and nothing in it that acts."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.alerts import digest_words
from core.alerts.digest import make_digest, put_digest, week_before
from core.alerts.figure import Handles
from core.alerts.week import Digest
from core.costs.period import Period
from core.settings import Settings
from tests.alerts.conftest import ADA, ADDRESS, Installation
from tests.billing.builders import deliver_cur2
from tests.billing.conftest import bucket, store
from tests.billing.store import Store
from tests.costs.test_breakdown import on
from tests.support.mail_server import mail_server

__all__ = ["bucket", "store"]
WEEK = Period(date(2026, 10, 5), date(2026, 10, 12))
MONDAY = datetime(2026, 10, 12, 7, tzinfo=UTC)
EVIL = '<script>alert(1)</script><img src="https://evil.example/x">'


@pytest.fixture
def bills(store: Store, bucket: Path) -> Store:
    """Ten dollars a day until the fourth of October, then twelve of which two are of a service with an evil name."""
    rows = [on(day, "10", line_item_product_code="AmazonS3") for day in range(1, 13)]
    rows += [on(day, "2", line_item_product_code="Evil", product={"product_name": EVIL}) for day in range(5, 13)]
    rows += [on(12, "0", until="10:00")]
    deliver_cur2(bucket, rows, "2026-10", execution="o", delivered_at=datetime(2026, 10, 12, 12, tzinfo=UTC))
    deliver_cur2(bucket, [on(day, "10", 9, line_item_product_code="AmazonS3") for day in range(1, 31)], "2026-09",
                 execution="s", delivered_at=datetime(2026, 10, 3, tzinfo=UTC))  # fmt: skip
    store.ingest(bucket)
    return store


@pytest.fixture
def handles(bills: Store, settings: Settings) -> Handles:
    return Handles(bills.database, lambda: bills.warehouse, lambda: (), settings, settings.phyght_home)


@pytest.fixture
def home(handles: Handles, settings: Settings) -> Installation:
    return Installation(handles.database, settings)


class Read(HTMLParser):
    """The tags, what can be read, and where links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.words, self.links = set[str](), list[str](), list[str]()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_week_before_is_the_last_one_that_is_over():
    assert week_before(MONDAY) == WEEK
    assert week_before(datetime(2026, 10, 18, 23, tzinfo=UTC)) == WEEK
    assert week_before(datetime(2026, 10, 19, 0, tzinfo=UTC)).start == date(2026, 10, 12)


def test_what_a_week_came_to(handles: Handles):
    made = make_digest(handles, WEEK, MONDAY)

    assert made.spend
    assert (made.spend.days, made.spend.total, made.spend.before) == (WEEK, Decimal(84), Decimal(70))
    assert [(each.cost, each.cost_before) for each in made.spend.services] == [(70, 70), (14, 0)]
    assert (made.hit_ratio, made.alerts) == (None, ())
    text = digest_words.body(made, ADDRESS)
    assert digest_words.title(made) == "Phyght, 5 Oct 2026 to 11 Oct 2026: $84.00"
    assert "$84.00, against $70.00 in the same days of the week before." in text
    ends = re.search(r"October is expected to end at \$([\d.]+) \(80 % range \$([\d.]+) to \$([\d.]+)\)\.", text)
    assert ends
    expected, low, high = map(Decimal, ends.groups())
    # 31 days of ten, and of the newer service the 16 that are billed to the 54 that it comes to at two a day
    assert low <= expected <= high
    assert 326 <= expected <= 364
    assert "No delivery of the week is known." in text
    assert "Nothing has fired." in text


def test_nothing_hostile_acts_in_the_mail_and_nothing_is_fetched(handles: Handles, home: Installation):
    home.rule(EVIL)
    home.evaluate(MONDAY - timedelta(days=3), **{EVIL: "0.08"})

    html = digest_words.html(make_digest(handles, WEEK, MONDAY), ADDRESS)

    read = Read(html)
    assert html.count("&lt;script&gt;") == 3  # the service; of the alert its title and its subject
    assert read.tags == {"h2", "h3", "p", "a", "table", "tr", "td"}
    assert all(link.startswith(f"{ADDRESS}/") for link in read.links)
    assert EVIL in "".join(read.words)


def test_bars_are_as_long_as_their_amounts(handles: Handles):
    html = digest_words.html(make_digest(handles, WEEK, MONDAY), ADDRESS)

    # 70 of 70 is the whole of 160 pixels, 14 of 70 is 32
    assert 'width="160" height="12" bgcolor="#2f6fed"' in html
    assert 'width="32" height="12" bgcolor="#2f6fed"' in html
    assert 'width="128" height="12" bgcolor="#e8ecf3"' in html


def test_without_a_bill_it_says_so(tmp_path: Path):
    empty = Digest(WEEK, None, None, (), None, None, ())

    assert digest_words.title(empty) == "Phyght, 5 Oct 2026 to 11 Oct 2026"
    assert "No bill covers any day of the week yet." in digest_words.body(empty, ADDRESS)


def test_the_digest_goes_out_once_to_those_who_want_it(handles: Handles, home: Installation):
    with mail_server() as mailbox:
        assert put_digest(handles, ADDRESS, MONDAY) is False  # nobody wants it
        home.channels.add(ADA, "ops", mailbox.address(), MONDAY)
        home.channels.add(ADA, "hook", "json://127.0.0.1:9/", MONDAY)

        assert put_digest(handles, ADDRESS, MONDAY - timedelta(hours=2)) is False  # too early in the day
        assert put_digest(handles, ADDRESS, MONDAY) is True
        assert put_digest(handles, ADDRESS, MONDAY + timedelta(hours=1)) is False
        home.send(MONDAY)

        (mail,) = mailbox.mails
        assert mail["Subject"] == "Phyght, 5 Oct 2026 to 11 Oct 2026: $84.00"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert [each[1] for each in home.deliveries()] == ["ops"]


def test_it_waits_for_the_bills_but_not_for_long(store: Store, bucket: Path, settings: Settings):
    rows = [on(day, "10") for day in range(5, 11)]
    deliver_cur2(bucket, rows, "2026-10", execution="o", delivered_at=datetime(2026, 10, 11, tzinfo=UTC))
    store.ingest(bucket)
    handles = Handles(store.database, lambda: store.warehouse, lambda: (), settings, settings.phyght_home)
    Installation(handles.database, settings).channels.add(ADA, "ops", "mailto://127.0.0.1:9?from=a@b.example", MONDAY)

    assert put_digest(handles, ADDRESS, MONDAY) is False
    assert put_digest(handles, ADDRESS, MONDAY + timedelta(days=1)) is False
    assert put_digest(handles, ADDRESS, MONDAY + timedelta(days=2)) is True
    made = make_digest(handles, WEEK, MONDAY)
    assert "The bills reach 8 Oct 2026: 4 of 7 days." in digest_words.body(made, ADDRESS)
