"""A month whose requests are known one by one: what the page shows is what adding them up by hand gives."""

import gzip
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from core.__main__ import main
from core.settings import Settings
from dashboard import format
from tests.environment import settle
from tests.pages.bills import tiles
from tests.telemetry.logged import V2, line, w3c

OCTOBER = {"from_": "2026-10-01", "to": "2026-11-01"}
EDGES = {"FRA56-P2": "FRA", "IAD89-C1": "IAD", "SYD1-C2": "SYD", "GRU3-P1": "GRU"}
COUNTRIES = {"DE": "Germany", "US": "United States", "AU": "Australia", "BR": "Brazil"}
VIDEOS, RUNGS = ("v1", "v2", "v3"), ("1080p", "720p", "480p")
#: What CloudFront calls it, the status that goes with it, and how often.
RESULTS = {("Hit", "206"): 12, ("RefreshHit", "200"): 2, ("Miss", "206"): 4, ("Error", "404"): 1, ("Error", "503"): 1}


@dataclass(frozen=True)
class Request:
    """One line of a log."""

    at: datetime
    edge: str
    country: str
    video: str
    rung: str
    result: str
    status: str
    size_bytes: int

    @property
    def logged(self) -> str:
        return line(
            V2,
            date=f"{self.at:%Y-%m-%d}",
            time=f"{self.at:%H:%M:%S}",
            x_edge_location=self.edge,
            c_country=self.country,
            cs_uri_stem=f"/videos/{self.video}/hls/{self.rung}.mp4",
            x_edge_response_result_type=self.result,
            sc_status=self.status,
            sc_bytes=str(self.size_bytes),
        )


def some_request(random: Random, day: date) -> Request:
    at = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=random.randrange(86_400))
    places = (random.choice(list(EDGES)), random.choice(list(COUNTRIES)))
    result, status = random.choices(list(RESULTS), list(RESULTS.values()))[0]
    return Request(at, *places, random.choice(VIDEOS), random.choice(RUNGS), result, status, random.randrange(10**7))


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Request]]:
    """A home that the month was ingested into. Some lines come a day late, and some a second time."""
    random, folder = Random(20261001), tmp_path_factory.mktemp("known-month")
    days = {date(2026, 10, 1) + timedelta(number): list[Request]() for number in range(31)}
    late = list[str]()
    for day, requests in days.items():
        requests += [some_request(random, day) for _ in range(random.randrange(20, 60))]
        lines = [each.logged for each in requests]
        half = len(lines) // 2
        deliver(folder / "logs", f"{day}-13", lines[:half])
        deliver(folder / "logs", f"{day}-23", [*lines[half:-3], *lines[:2], *late])
        late = lines[-3:]
    deliver(folder / "logs", "2026-11-01-01", late)
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, folder / "home")
        patch.setenv("PHYGHT_DEMO", "on")
        assert main(["ingest", str(folder / "logs")]) == 0
    return folder / "home", [each for requests in days.values() for each in requests]


def deliver(folder: Path, hour: str, lines: list[str]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"E2K2LNL5N3WR51.{hour}.a103fd5a.gz").write_bytes(gzip.compress(w3c(*lines, fields=V2)))


@pytest.fixture
def month(ingested: tuple[Path, list[Request]], settings: Settings, visitor: None) -> list[Request]:
    """The requests, in an installation that this test may change."""
    home, requests = ingested
    shutil.copytree(home, settings.phyght_home)
    return requests


def hits(requests: list[Request], weight: Callable[[Request], int] = lambda _: 1) -> float:
    """The hit ratio in percent, added up one by one."""
    by_result = Counter[str]()
    for each in requests:
        by_result[each.result] += weight(each)
    hit = by_result["Hit"] + by_result["RefreshHit"]
    return 100 * hit / (hit + by_result["Miss"])


def test_the_tiles_are_the_sums_of_all_lines(month, visit):
    found = {label: value for label, (value, _) in tiles(visit("performance", **OCTOBER)).items()}

    assert found["Requests"] == f"{len(month):,}"
    assert found["Bytes sent"] == format.size(sum(each.size_bytes for each in month))
    assert found["Cache hit ratio"] == f"{hits(month):.1f} %"
    assert found["Hit ratio by bytes"] == f"{hits(month, lambda each: each.size_bytes):.1f} %"
    failed = sum(each.status in ("404", "503") for each in month)
    assert found["Failed requests"] == f"{100 * failed / len(month):.1f} %"


@pytest.mark.parametrize(
    ("by", "label_of"),
    [
        ("country", lambda each: COUNTRIES[each.country]),
        ("video", lambda each: each.video),
        ("rung", lambda each: each.rung),
        ("hour", lambda each: f"{each.at:%Y-%m-%d %H}:00"),
    ],
)
def test_every_line_of_a_table_is_the_sum_of_its_requests(month, visit, by, label_of):
    (table,) = visit("performance", **OCTOBER, by=by).dataframe

    shown = {row["label"]: row for row in table.value.to_dict("records")}
    of_label: dict[str, list[Request]] = {}
    for each in month:
        of_label.setdefault(label_of(each), []).append(each)
    assert {label: row["requests"] for label, row in shown.items() if row["requests"]} == {
        label: len(requests) for label, requests in of_label.items()
    }
    for label, requests in of_label.items():
        if any(each.result != "Error" for each in requests):
            assert shown[label]["hits"] == pytest.approx(hits(requests), abs=1e-9)
        assert shown[label]["errors_5xx"] * len(requests) / 100 == pytest.approx(
            sum(each.status == "503" for each in requests), abs=1e-9
        )


def test_an_edge_by_itself_is_the_sum_of_its_requests(month, visit):
    app = visit("performance", **OCTOBER, edge="SYD", country="AU")

    of_it = [each for each in month if each.edge == "SYD1-C2" and each.country == "AU"]
    assert tiles(app)["Requests"][0] == f"{len(of_it):,}"
    assert tiles(app)["Cache hit ratio"][0] == f"{hits(of_it):.1f} %"
