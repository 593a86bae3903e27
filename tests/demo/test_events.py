"""A fight night every Saturday, a numbered event every month."""

from collections import Counter
from datetime import date
from pathlib import Path

from core.demo.events import planned_events, read_events, write_events
from core.demo.story import Story


def test_every_saturday_has_one_event(story: Story):
    events = planned_events(story)

    assert len({event.date for event in events}) == len(events) == 78  # Saturdays from 2025-06-01 to 2026-11-30
    assert {event.date.weekday() for event in events} == {5}
    assert (events[0].name, events[0].date) == ("Fight Night 131", date(2025, 6, 7))


def test_each_month_has_one_numbered_event_five_to_ten_times_as_big(story: Story):
    numbered = [event for event in planned_events(story) if event.name.startswith("Phyght ")]

    assert set(Counter((event.date.year, event.date.month) for event in numbered).values()) == {1}
    assert len(numbered) == 18
    assert all(5 <= event.peak <= 10 for event in numbered)


def test_events_are_read_as_they_were_written(story: Story, tmp_path: Path):
    events = planned_events(story)
    write_events(tmp_path, events)

    assert [(event.name, event.date) for event in read_events(tmp_path)] == [(e.name, e.date) for e in events]


def test_a_folder_without_events_has_none(tmp_path: Path):
    assert read_events(tmp_path) == ()
