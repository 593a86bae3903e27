"""Thumbnails: a poster that shows something, and a storyboard without gaps."""

import re

import pytest
from PIL import Image, ImageStat

from core.media.thumbnails import interest


def pictures(package) -> tuple[Image.Image, Image.Image]:
    return Image.open(package.folder / "poster.jpg"), Image.open(package.folder / "storyboard.jpg")


@pytest.mark.parametrize(
    ("name", "poster", "storyboard"),
    [
        ("plain.mp4", (160, 90), (320, 90)),
        ("one-frame.mp4", (160, 90), (160, 90)),
        ("tiny.mp4", (16, 16), (32, 16)),
        ("rotated.mp4", (90, 160), (180, 160)),
        ("anamorphic.mp4", (170, 90), (320, 84)),
        ("many-keys.mp4", (160, 90), (1600, 90)),
        ("hdr10.mp4", (160, 90), (320, 90)),
    ],
)
def test_they_are_upright_and_of_the_videos_shape_and_the_sheet_is_full(packaged, name, poster, storyboard):
    shown, sheet = pictures(packaged(name))

    assert (shown.size, sheet.size) == (poster, storyboard)
    columns = sheet.resize((sheet.width, 1), Image.Resampling.BOX).convert("L")
    assert min(columns.tobytes()) > 20  # no part of it is empty


def test_every_tile_has_its_time_and_place(packaged):
    text = (packaged("many-keys.mp4").folder / "storyboard.vtt").read_text()

    cues = re.findall(r"(\S+) --> (\S+)\nstoryboard.jpg#xywh=(\d+),(\d+),160,90\n", text)
    assert len(cues) == 10
    assert cues[0] == ("00:00:00.000", "00:00:01.200", "0", "0")
    assert cues[9] == ("00:00:10.800", "00:00:12.000", "1440", "0")


@pytest.mark.parametrize("name", ["many-keys.mp4", "all-keys.mp4", "plain.mp4"])
def test_tiles_differ_whether_there_are_many_key_frames_or_few(packaged, name):
    _, sheet = pictures(packaged(name))
    tiles = [sheet.crop((x, 0, x + 160, 90)).tobytes() for x in range(0, sheet.width, 160)]

    assert len(set(tiles)) == len(tiles)


def test_five_black_seconds_at_the_beginning_are_not_the_poster(packaged):
    poster, _ = pictures(packaged("dark-beginning.mp4"))

    assert ImageStat.Stat(poster.convert("L")).mean[0] > 80


def test_a_video_that_is_black_almost_to_its_end_still_has_a_poster_that_is_not(packaged):
    poster, _ = pictures(packaged("dark-nearly.mp4"))

    assert ImageStat.Stat(poster.convert("L")).mean[0] > 80


def test_a_video_that_is_all_black_has_a_black_poster(packaged):
    poster, _ = pictures(packaged("dark.mp4"))

    assert ImageStat.Stat(poster.convert("L")).mean[0] < 5


def test_a_picture_is_interesting_where_it_is_neither_flat_nor_dark():
    black, grey = (Image.new("L", (8, 8), light) for light in (0, 118))
    chess, dim = grey.copy(), black.copy()
    for n in range(32):
        chess.putpixel((n % 8, n // 8), 218)
        dim.putpixel((n % 8, n // 8), 60)

    assert interest(black) == interest(grey) == 0
    assert interest(chess) > interest(dim) > 0
