"""Sources: write everything that the demo platform's bills and measurements are read from."""

import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from core.costs.period import add_months, midnight
from core.demo.bill import TAX_CORRECTED_AFTER, make_bill
from core.demo.catalogue import Catalogue
from core.demo.cur2 import write_cur2
from core.demo.events import Event, read_events, write_events
from core.demo.legacy import write_legacy
from core.demo.measurements import write_measurements
from core.demo.story import CUR2_MONTHS, MONTHS, Story
from core.demo.supabase_usage import write_supabase_usage
from core.demo.traffic import Traffic

__all__ = ["DemoSources", "read_events", "write_sources"]

#: After a month's end: its first invoice is delivered, and its last restatement.
FIRST_INVOICE, SETTLED = timedelta(days=3, hours=5), timedelta(days=10, hours=5)


@dataclass(frozen=True)
class DemoSources:
    """Where the demo's source files lie."""

    folder: Path
    steps: tuple[Path, ...]  #: to be ingested in this order: the bucket as it stood, and as it stands now
    events: tuple[Event, ...]
    story: Story
    catalogue: Catalogue

    @property
    def current(self) -> Path:
        """What the bucket holds today: all that an hourly look needs."""
        return self.steps[-1]


def write_sources(folder: Path, today: date, seed: int = 20261122) -> DemoSources:
    """Write 18 months of bills and usage that end today, and what was measured, in the place of what was there.

    The same day and seed give the same bytes; until the month ends, settled months and days stay as they are.
    The first step holds the newest settled month as first invoiced; the second restates it.
    """
    story = Story(today, seed)
    traffic = Traffic(story, Catalogue(story))
    aside = folder.with_name(f"{folder.name}.writing")
    _remove(aside)  # left by one that was interrupted
    _write_first_invoice(aside / "as-first-invoiced", traffic)
    _write_current(aside / "current", traffic)
    write_measurements(aside, folder, traffic)
    write_events(aside, traffic.events)
    _remove(folder)
    aside.rename(folder)
    steps = (folder / "as-first-invoiced", folder / "current")
    return DemoSources(folder, steps, traffic.events, story, traffic.catalogue)


def _write_first_invoice(root: Path, traffic: Traffic) -> None:
    month = _restated_month(traffic.story)
    write_cur2(root, make_bill(traffic, month, _after(month, FIRST_INVOICE)))


def _write_current(root: Path, traffic: Traffic) -> None:
    story = traffic.story
    for ago in range(MONTHS - 1, -1, -1):
        month = story.months_ago(ago)
        bill = make_bill(traffic, month, min(story.now, _after(month, SETTLED)))
        if not bill.lines:
            continue  # on the first of a month nothing of it is known yet
        if ago < CUR2_MONTHS:
            write_cur2(root, bill)
        else:
            write_legacy(root, bill)
    _write_superseded_assembly(root, traffic)
    write_supabase_usage(root, traffic)


def _write_superseded_assembly(root: Path, traffic: Traffic) -> None:
    """What legacy reports leave behind: an older assembly, from before the month was settled."""
    month = traffic.story.restated_legacy_month
    write_legacy(root, make_bill(traffic, month, _after(month, timedelta(hours=6))), current=False)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _restated_month(story: Story) -> date:
    """The newest month whose invoice was put right before today."""
    last = story.months_ago(1)
    return last if _after(last, TAX_CORRECTED_AFTER) <= story.now else story.months_ago(2)


def _after(month: date, delay: timedelta) -> datetime:
    return midnight(add_months(month, 1)) + delay
