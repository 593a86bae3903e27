"""Numbers: every figure on screen has its section, with formula, unit, source and delay."""

import re

import pytest

from dashboard.numbers import Number, explanation, summary
from tests.environment import ROOT

PAGE = (ROOT / "docs" / "numbers.md").read_text()


def test_each_figure_has_a_section_and_each_section_is_of_a_figure():
    assert re.findall(r"^## (.+)$", PAGE, re.MULTILINE) == [str(number) for number in Number]


@pytest.mark.parametrize("number", Number)
def test_each_section_says_how_the_figure_is_made(number):
    text = explanation(number)

    assert "**Formula:**" in text
    assert "**Unit:**" in text
    assert "**Source" in text
    assert re.search(r"\*\*(Source and )?[Dd]elay:\*\*", text)


@pytest.mark.parametrize("number", Number)
def test_each_section_begins_with_what_the_figure_is_in_one_sentence(number):
    assert summary(number).endswith(".")
    assert not summary(number).startswith("*")
