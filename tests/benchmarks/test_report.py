"""The report: what was measured, and first of all what was missed."""

from benchmarks.figures import Figure, Section, at_least, at_most, keep, kept, within
from benchmarks.report import as_text, write_page

FAST = at_most("ingestion", 4.2, 6, "times", "4.2 s against 1 s")
SLOW = at_most("page", 2.5, 2, "times", "2500 ms against 1000 ms")
PLAIN = Figure("pandas", "20.7 s of CPU", "4984 MB")


def section(*figures: Figure) -> Section:
    return Section("Speed", "Both run in turn.", figures, "2026-11-22", "python -m benchmarks", "2 cores")


def test_a_goal_is_met_up_to_its_limit_and_missed_beyond_it():
    assert at_most("x", 6, 6, "times", "").met is True
    assert at_most("x", 6.01, 6, "times", "").met is False


def test_a_goal_may_be_a_least_or_a_range_and_its_ends_belong_to_it():
    assert [at_least("x", value, 0.7, "", "").met for value in (0.69, 0.7)] == [False, True]
    assert [within("x", value, 76, 84, "%", "").met for value in (75.9, 76, 84, 84.1)] == [False, True, True, False]
    assert (at_least("x", 0.7, 0.7, "", "").goal, within("x", 80, 76, 84, "%", "").goal) == (
        "at least 0.7",
        "76 to 84 %",
    )


def test_the_page_begins_with_the_goals_that_were_missed(tmp_path):
    page = tmp_path / "docs" / "benchmarks.md"

    write_page(page, [section(FAST, SLOW, PLAIN)])

    text = page.read_text()
    assert "1 of 2 goals are met. Missed:\n\n* page: 2.5 times, goal at most 2 times\n" in text
    assert "| page | 2.5 times | at most 2 times | **missed** | 2500 ms against 1000 ms |" in text
    assert "| pandas | 20.7 s of CPU |  |  | 4984 MB |" in text


def test_the_page_says_so_when_every_goal_is_met(tmp_path):
    write_page(tmp_path / "benchmarks.md", [section(FAST, PLAIN)])

    assert "All 1 goals are met.\n" in (tmp_path / "benchmarks.md").read_text()


def test_the_terminal_shows_the_figure_its_evidence_and_the_verdict():
    assert as_text(section(SLOW)) == (
        "\nSpeed\n  page       2.5 times  (2500 ms against 1000 ms)  at most 2 times: missed"
    )


def test_figures_are_kept_until_they_are_measured_again(tmp_path):
    keep(tmp_path, "speed", section(FAST))
    keep(tmp_path, "speed", section(SLOW, PLAIN))

    assert kept(tmp_path, "speed") == section(SLOW, PLAIN)
    assert kept(tmp_path, "never run") is None
