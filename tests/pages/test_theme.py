"""Theme: a name keeps its colour, colours stay apart for everybody, and text can be read."""

import itertools
import math
import re
import tomllib

import pytest

from dashboard import theme
from tests.environment import ROOT

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
#: Where charts and text stand: cards, and the page around them (dashboard/assets/style.css).
GROUNDS = {"light": ("#ffffff", "#f5f6f8"), "dark": ("#14171d", "#0b0d11")}
#: Linear RGB as it is seen: by most, and without the red, green or blue cones (Machado 2009).
EYES = {
    "most": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.28, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
THEMES = pytest.mark.parametrize("mode", GROUNDS)


def linear(colour: str) -> list[float]:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(linear, (one, other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def oklab(colour: str, eye) -> tuple[float, ...]:
    red, green, blue = (min(max(sum(a * b for a, b in zip(row, linear(colour), strict=True)), 0), 1) for row in eye)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    middle = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


@THEMES
@pytest.mark.parametrize("eye", EYES.values(), ids=EYES)
def test_the_colours_of_a_chart_stay_apart_for_every_eye(mode, eye):
    hues = CONFIG[mode]["chartCategoricalColors"][:8]
    distances = {pair: math.dist(oklab(pair[0], eye), oklab(pair[1], eye)) for pair in itertools.combinations(hues, 2)}

    assert min(distances.values()) > 0.07, min(distances, key=lambda pair: distances[pair])


@THEMES
def test_every_colour_of_a_chart_stands_off_its_card(mode):
    assert all(contrast(hue, GROUNDS[mode][0]) >= 3 for hue in CONFIG[mode]["chartCategoricalColors"][:8])


@THEMES
@pytest.mark.parametrize("role", ["textColor", "grayTextColor", "linkColor"])
def test_text_can_be_read_on_cards_and_on_the_page(mode, role):
    assert all(contrast(CONFIG[mode][role], ground) >= 4.5 for ground in GROUNDS[mode])


@THEMES
def test_white_text_can_be_read_on_a_button(mode):
    assert contrast(CONFIG[mode]["primaryColor"], "#ffffff") >= 4.5


def test_the_config_has_the_ten_colours_that_the_theme_names():
    slots = {*theme.HUES, theme.GREY, theme.FAINT, theme.INK}

    assert slots == {f"#{number:06d}" for number in range(1, 11)}
    assert [len(CONFIG[mode]["chartCategoricalColors"]) for mode in GROUNDS] == [10, 10]


def test_known_names_have_the_same_colour_in_any_company():
    alone = theme.colours(["Amazon CloudFront"])["Amazon CloudFront"]
    company = theme.colours(["x", "y", "z", "Supabase Storage", "Amazon CloudFront"])["Amazon CloudFront"]

    assert alone == company == theme.VIOLET


def test_unknown_names_do_not_share_a_colour_while_one_is_free():
    hues = theme.colours([f"service {number}" for number in range(7)])

    assert set(hues.values()) == set(theme.HUES)


def test_an_unknown_name_has_its_colour_by_its_letters():
    assert theme.colours(["mystery"]) == theme.colours(["mystery"])
    assert theme.colours(["mystery"])["mystery"] in theme.HUES


def test_other_and_not_stated_are_grey():
    assert theme.colours(["Other", "not stated"]) == {"Other": theme.GREY, "not stated": theme.GREY}


def test_the_legends_have_the_colours_of_the_charts():
    style = (ROOT / "dashboard" / "assets" / "legend.css").read_text()
    stated = re.findall(r"\.hue-(\d+) \{\n  --hue: light-dark\((#\w+), (#\w+)\);\n\}", style)

    light, dark = (CONFIG[mode]["chartCategoricalColors"] for mode in ("light", "dark"))
    assert stated == [(str(number), *pair) for number, pair in enumerate(zip(light, dark, strict=True), 1)]


def selectors_of_every_page() -> list[str]:
    looks = re.sub(r"/\*.*?\*/", "", theme._looks(()), flags=re.DOTALL)
    heads = re.findall(r"([^{}]+)\{", looks)
    return [" ".join(head.split()) for head in heads if not head.strip().startswith("@")]


def test_no_rule_of_every_page_has_the_browser_look_at_whatever_is_put_into_it():
    asked = [each for selector in selectors_of_every_page() for each in re.findall(r":has\((> )?([^)]*)", selector)]

    assert [selector for selector in selectors_of_every_page() if selector.endswith("*")] == []
    assert [selector for selector in selectors_of_every_page() if ".stApp:has(" in selector] == []
    assert [child for _, child in asked if not child.startswith((".", "["))] == []


def test_a_page_has_its_own_looks_after_those_of_all():
    assert theme._looks(("video.css",)).startswith(theme._looks(()))
    assert "/library" in theme._looks(("video.css",))
    assert "/library" not in theme._looks(())
