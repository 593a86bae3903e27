"""Rungs: what an object of a video is, by its key or by the catalogue: one rule, for Python and for DuckDB."""

import re

from core.sql import literal

AUDIO = "audio"
#: What an object of the catalogue is called, by its kind; a rendition has its own name.
_KINDS = {"original": "original", "playlist": "playlist", "thumbnail": "thumbnail", "subtitles": "subtitles"}


def _either_case(expression: str) -> str:
    """The same in capitals too. Not by a flag, as engines differ on letters of other alphabets that look the same."""
    return re.sub("[a-z]", lambda letter: f"[{letter[0]}{letter[0].upper()}]", expression)


#: The first that fits, in the syntax that Python and RE2 share; `$` is the end of the key, whatever the key ends with.
_NAMED = tuple(
    (name, _either_case(expression))
    for name, expression in (
        ("playlist", r"\.(m3u8|mpd)$"),
        ("thumbnail", r"(^|/)(poster|storyboard|thumb)[^/]*$|\.(jpe?g|png|webp|gif)$"),
        ("subtitles", r"\.(vtt|srt)$"),
        ("original", r"(^|/)original(\.|/|$)"),
        (AUDIO, r"(^|/)hls/audio[^/.]*[/.]"),
    )
)
#: Else its folder or file in `hls` is called like its rung.
_RUNG = r"(?:^|/)hls/([^/.]+)[/.]"
_COMPILED = tuple((name, re.compile(expression.replace("$", r"\Z"))) for name, expression in _NAMED)
_COMPILED_RUNG = re.compile(_RUNG)


def rung_of(kind: str, name: str, width: int | None) -> str:
    """What an object of the catalogue is called among measurements."""
    return _KINDS.get(kind) or (name if width else AUDIO)


def rung_of_key(key: str) -> str:
    """1080p, original, playlist, thumbnail, subtitles, audio; empty where the name does not tell."""
    if named := next((rung for rung, expression in _COMPILED if expression.search(key)), ""):
        return named
    found = _COMPILED_RUNG.search(key)
    return found[1] if found else ""


def rung_sql(key: str) -> str:
    """The same as SQL."""
    cases = " ".join(f"WHEN regexp_matches({key}, {literal(end)}) THEN {literal(name)}" for name, end in _NAMED)
    return f"CASE {cases} ELSE regexp_extract({key}, {literal(_RUNG)}, 1) END"


def video_expression(pattern: str) -> str:
    """What PHYGHT_VIDEO_PATTERN means to both: the first group of what fits the whole key is the video.

    `{video}` is a name without a slash, `...` is anything.
    """
    pieces = (re.escape(piece) for piece in re.split(r"(\{video\}|\.\.\.)", pattern.strip("/")))
    meant = {re.escape("{video}"): "([^/]+)", re.escape("..."): "(?s:.*)"}
    return "".join(meant.get(piece, piece) for piece in pieces)
