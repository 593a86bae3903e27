"""Languages: the names under which sounds and subtitles are offered."""

import pytest

from core.media.languages import Label, labels


@pytest.mark.parametrize(
    ("language", "title", "label"),
    [
        ("eng", "", Label("en", "English")),
        ("en", "", Label("en", "English")),
        ("pt-BR", "", Label("pt", "Portuguese")),
        ("ger", "Deutsch", Label("de", "German (Deutsch)")),
        ("deu", "german", Label("de", "German")),
        ("", "Commentary", Label("", "Commentary")),
        ("qaa", "", Label("", "Audio")),
        ("eng", 'Two "quotes"\nand\u202ea line', Label("en", "English (Two quotesanda line)")),
        ("eng", "x" * 100, Label("en", f"English ({'x' * 40})")),
    ],
)
def test_a_track_is_called_by_its_language_and_title(language, title, label):
    assert labels([(language, title)], "Audio") == [label]


def test_no_two_tracks_have_the_same_name():
    named = labels([("eng", ""), ("eng", ""), ("", ""), ("", ""), ("eng", "Commentary")], "Audio")

    assert [label.name for label in named] == ["English", "English 2", "Audio", "Audio 2", "English (Commentary)"]
