"""Events of players that are in no session, or in one of two people, are counted and told."""

import json
from datetime import timedelta

import pytest

from core.__main__ import main
from core.costs.period import Period
from core.performance.told import Told, told
from core.settings import Settings
from core.telemetry.spool import Teller
from tests.telemetry.ingesting import Installation
from tests.telemetry.telling import BEGIN, Telling

FIRST = BEGIN - timedelta(days=5)
DAY = FIRST.date()
HOUR = 3600
ALL = Period(DAY, DAY + timedelta(days=10))


@pytest.fixture
def home(settings: Settings) -> Installation:
    return Installation(settings.phyght_home, settings.phyght_home / "telemetry")


def became(home: Installation) -> list[tuple]:
    home.ingest()
    return home.ask("SELECT * FROM player_events ORDER BY day")


def test_each_event_is_counted_once_on_the_day_on_which_it_came(home: Installation):
    telling = Telling(home.source, begin=FIRST).all((0, "s"), (1, "p"), (5 * HOUR, "q"))
    telling.tell(1, "p", number=1, late_s=2)

    assert became(home) == [(DAY, 2, 1, 0, 0), (DAY + timedelta(1), 1, 0, 0, 0)]
    assert home.ask("SELECT watched_ms FROM sessions") == [((5 * HOUR - 1) * 1000,)]


def test_what_comes_two_days_after_the_beginning_is_in_no_session_and_told(home: Installation):
    Telling(home.source, begin=FIRST).all((0, "s"), (1, "p"), (10 * HOUR, ""), (29 * HOUR, ""), (30 * HOUR, "q"))

    assert became(home) == [
        (DAY, 2, 0, 0, 0), (DAY + timedelta(1), 1, 0, 0, 0), (DAY + timedelta(2), 2, 0, 2, 0),
    ]  # fmt: skip
    assert home.ask("SELECT day, watched_ms FROM sessions") == [(DAY, (10 * HOUR - 1) * 1000)]
    assert told(home.warehouse, ALL) == Told(5, 0, 2, 0)


def test_two_players_under_one_name_are_told_where_nothing_tells_them_apart(home: Installation):
    one = Telling(home.source, begin=FIRST).all((0, "s"), (1, "p"), (4, "q"))
    one.another(begin=FIRST + timedelta(seconds=2)).all((0, "s"), (1, "p"), (4, "q"))
    Telling(home.source, sid="two", begin=FIRST).all((0, "s"), (1, "p"), (4, "q"))

    assert became(home) == [(DAY, 9, 0, 0, 6)]


def test_where_their_countries_or_devices_tell_them_apart_nothing_is_mixed(home: Installation):
    one = Telling(home.source, begin=FIRST, teller=Teller("DE", "tv")).all((0, "s"), (1, "p"), (4, "q"))
    one.another(begin=FIRST + timedelta(seconds=2), teller=Teller("AT", "phone")).all((0, "s"), (1, "p"), (4, "q"))

    assert became(home) == [(DAY, 6, 0, 0, 0)]
    assert home.ask("SELECT count(*) FROM sessions") == [(2,)]


def test_the_command_tells_of_them(
    home: Installation, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PHYGHT_DEMO", "off")
    one = Telling(home.source, begin=FIRST).all((0, "s"), (1, "p"), (10 * HOUR, ""), (29 * HOUR, "q"))
    for begin in (FIRST, FIRST + timedelta(seconds=2)):
        one.another(sid="two", begin=begin).all((0, "s"), (1, "p"))
    home.ingest()
    period = ["experience", "--from", str(DAY), "--to", str(DAY + timedelta(days=5))]

    assert main(period) == 0
    notes = capsys.readouterr().err
    assert "1 of 8 events of players came later than on the next day: not counted." in notes
    assert "4 of 8 events of players are of two players under one name: taken for one session." in notes
    assert main([*period, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["events"] == {"events": 8, "repeated": 0, "late": 1, "mixed": 4}
