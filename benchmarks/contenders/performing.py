"""Performing: what the Performance page asks of ninety days of logs and sessions, each question for the first time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb

from benchmarks.measure import ROOT, Stopwatch
from core.costs.period import Period
from core.performance.delivery import By, Only
from core.segments import Shelf
from core.settings import DemoMode, Settings
from core.sql import literal
from core.sqlite_database import SqliteDatabase
from core.telemetry.statements import statements
from core.telemetry.store import Key, Segment, publish
from core.warehouse import Warehouse
from dashboard.performance_view import PerformanceView, Section

DAYS = Period(date(2026, 8, 1), date(2026, 10, 30))
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
_SQL = statements(str(ROOT / "benchmarks" / "viewing.py"))
_COUNTRIES = (
    "US DE GB JP BR IN FR AU CA ES IT NL SE PL MX KR SG AT BE CH DK FI IE NO PT CZ AR ZA TR TW".split()  # noqa: SIM905
)
_COUNTRY = f"[{', '.join(map(literal, _COUNTRIES))}][1 + country]"


def written(folder: str) -> int:
    """Contender: write the logs, a Parquet file a day; how many lines."""
    Path(folder).mkdir(parents=True)
    with duckdb.connect(config={"threads": 1}) as duck:
        return sum(_copy(duck, "lines", day, Path(folder) / f"cloudfront-{day}.parquet") for day in _days())


def _days() -> list[date]:
    return [DAYS.start + timedelta(number) for number in range(DAYS.days)]


def _copy(duck: duckdb.DuckDBPyConnection, name: str, day: date, target: Path, exact: bool = True) -> int:
    duck.execute(_filled("viewers", day, exact))
    return duck.execute(f"COPY ({_filled(name, day, exact)}) TO {literal(target)} (FORMAT parquet)").fetchall()[0][0]


def _filled(name: str, day: date, exact: bool) -> str:
    told = _SQL[name].replace("SESSIONS", f"({_SQL['sessions']})")
    return told.replace("$day", str(day)).replace("COUNTRY", _COUNTRY).replace("EXACT", str(exact))


def loaded(source: str, home: str) -> dict[str, Any]:
    """Contender: ingest the logs and put the sessions beside them; lines, sessions, and bytes of the store."""
    from core.ingestion import ingest

    settings = Settings(phyght_home=Path(home), phyght_demo=DemoMode.OFF, _env_file=None)  # pyright: ignore[reportCallIssue]
    database = SqliteDatabase(settings.phyght_home / "phyght.db")
    database.migrate()
    shelf = Shelf(settings.phyght_home / "warehouse")
    report = ingest(source, database, shelf.folder, settings, lambda: NOW)
    sessions = sum(_publish_sessions(Path(home), exact, shelf, database) for exact in (True, False))
    size = sum(file.stat().st_size for file in shelf.folder.rglob("*.parquet"))
    return {"lines": sum(day.lines for day in report.measured.days), "sessions": sessions, "bytes": size}


def _publish_sessions(home: Path, exact: bool, shelf: Shelf, database: SqliteDatabase) -> int:
    """Those that players told of, or those that logs let guess at."""
    segments: list[Segment] = []
    with duckdb.connect(config={"threads": 1}) as duck:
        for day in _days():
            folder = Path(mkdtemp(dir=home))
            count = _copy(duck, "sessions", day, folder / "sessions.parquet", exact)
            _copy(duck, "session_rungs", day, folder / "session_rungs.parquet", exact)
            segments.append(Segment(Key("players", str(exact), day), "1", {str(exact): count}, folder))
    publish(segments, [], "generated", {}, shelf, database, NOW)
    return sum(segment.lines for segment in segments)


_MONTH = Period(date(2026, 9, 30), date(2026, 10, 30))
_DELIVERY = PerformanceView(DAYS)
#: What a click asks for; each of another value, so that none is answered already.
FILTERS: dict[str, PerformanceView] = {
    "edge": replace(_DELIVERY, only=Only(edge="FRA")),
    "country": replace(_DELIVERY, only=Only(country="GB")),
    "device": replace(_DELIVERY, only=Only(device="phone")),
    "video": replace(_DELIVERY, only=Only(video="v003")),
    "rung": replace(_DELIVERY, only=Only(rung="1080p")),
    "edge and video": replace(_DELIVERY, only=Only(edge="LHR", video="v001")),
    "30 days": replace(_DELIVERY, period=_MONTH),
    "by country": replace(_DELIVERY, by=By.COUNTRY),
    "by device": replace(_DELIVERY, by=By.DEVICE),
    "by video": replace(_DELIVERY, by=By.VIDEO),
    "by rung": replace(_DELIVERY, by=By.RUNG),
    "by hour": replace(_DELIVERY, by=By.HOUR),
    "by video, of a country": replace(_DELIVERY, by=By.VIDEO, only=Only(country="FR")),
    "experience": replace(_DELIVERY, section=Section.EXPERIENCE, by=By.COUNTRY),
    "experience by video": replace(_DELIVERY, section=Section.EXPERIENCE, by=By.VIDEO),
    "experience of a video": replace(_DELIVERY, section=Section.EXPERIENCE, by=By.COUNTRY, only=Only(video="v004")),
    "experience, 30 days": replace(_DELIVERY, section=Section.EXPERIENCE, by=By.COUNTRY, period=_MONTH),
    "viewing": replace(_DELIVERY, section=Section.VIEWING),
    "viewing of a video": replace(_DELIVERY, section=Section.VIEWING, only=Only(video="v005")),
    "viewing, 30 days": replace(_DELIVERY, section=Section.VIEWING, period=_MONTH),
}


def asked(home: str) -> dict[str, Any]:
    """Contender: CPU and wall seconds of each click in a process that has shown the like, and of showing it first."""
    warehouse = Warehouse(Path(home) / "warehouse", SqliteDatabase(Path(home) / "phyght.db"))
    shown = {}
    for section in Section:
        shown[section.value] = _clicked(warehouse, _alike(_DELIVERY.of_section(section)))
    for view in FILTERS.values():
        _answer(warehouse, _alike(view))
    return {"first": shown, "clicks": {name: _clicked(warehouse, view) for name, view in FILTERS.items()}}


_OTHERS = {"edge": "AMS", "country": "ES", "device": "tv", "video": "v010", "rung": "720p"}


def _alike(view: PerformanceView) -> PerformanceView:
    """Of other values and days, so that nothing of what is asked afterwards is answered already."""
    other = replace(view, period=Period(view.period.start + timedelta(1), view.period.end))
    for by in view.filters:
        other = other.filtered(by, _OTHERS[by])
    return other


def _clicked(warehouse: Warehouse, view: PerformanceView) -> dict[str, float]:
    with Stopwatch() as watch:
        _answer(warehouse, view)
    return {"cpu_s": watch.cpu_s, "wall_s": watch.wall_s}


def _answer(warehouse: Warehouse, view: PerformanceView) -> object:
    """What the page asks, and the figures that it keeps with the answer."""
    from dashboard import performance_answers as answers

    ask: dict[Section, Callable[..., Any]] = {
        Section.DELIVERY: answers.delivered, Section.EXPERIENCE: answers.experienced, Section.VIEWING: answers.viewed,
    }  # fmt: skip
    found = ask[view.section](warehouse, view)
    names = {
        Section.DELIVERY: ("figure", "map"), Section.EXPERIENCE: ("figure",),
        Section.VIEWING: ("concurrency", "calendar", "curve"),
    }  # fmt: skip
    for name in names[view.section]:
        getattr(found, name)
    return found


def told(home: str) -> dict[str, str]:
    """Contender: what each click is answered, in words, to be compared."""
    warehouse = Warehouse(Path(home) / "warehouse", SqliteDatabase(Path(home) / "phyght.db"))
    return {name: repr(_answer(warehouse, view)) for name, view in FILTERS.items()}
