"""Tiles: how many, and where each stands."""

import pytest

from core.media.tiles import Sheet, tile_count


@pytest.mark.parametrize(
    ("seconds", "frames", "count"),
    [(0.04, 1, 1), (3.0, 90, 3), (9.99, 300, 9), (10, 300, 10), (19.9, 500, 10), (60, 1500, 60), (9000, 10**6, 100),
     (3600, 4, 4)],
)  # fmt: skip
def test_there_is_a_tile_a_second_up_to_a_hundred_and_the_grid_is_full(seconds, frames, count):
    sheet = Sheet(tile_count(seconds, frames), 160, 90)

    assert sheet.count == count
    assert sheet.size[0] * sheet.size[1] == count * 160 * 90


def test_players_are_told_where_each_tile_is():
    vtt = Sheet(20, 160, 90).vtt("storyboard.jpg", 7_250)

    cues = vtt.split("\n\n")
    assert (cues[0], len(cues)) == ("WEBVTT", 21)
    assert cues[1] == "00:00:00.000 --> 00:06:02.500\nstoryboard.jpg#xywh=0,0,160,90"
    assert cues[12] == "01:06:27.500 --> 01:12:30.000\nstoryboard.jpg#xywh=160,90,160,90"
    assert cues[20].startswith("01:54:47.500 --> 02:00:50.000")
