"""Where alerts lead to: each page that a figure names has a link of its own."""

import re
from pathlib import Path

import core.alerts.figures
from dashboard.alerts_links import PAGES

FIGURES = Path(core.alerts.figures.__file__).parent


def test_each_page_that_a_figure_leads_to_has_a_link_of_its_own():
    named = re.findall(r'\bpage\(\s*"(\w+)"', "".join(file.read_text() for file in FIGURES.glob("*.py")))

    assert {"costs", "lifecycle", "settings"} <= set(named)
    assert set(named) <= set(PAGES)
    assert all(page.is_file() for page, _, _ in PAGES.values())
