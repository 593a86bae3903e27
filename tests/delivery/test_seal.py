"""Seal: a link of ours opens one thing until it expires, and a changed one opens nothing."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest

from core.delivery.seal import Purpose, Seal

NOW = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
EXPIRES_AT = NOW + timedelta(hours=1)
SEAL = Seal(b"0" * 32)


def sealed(purpose=Purpose.WATCH, subject="stone", seal=SEAL) -> tuple[str, str]:
    told = parse_qs(seal.query(purpose, subject, EXPIRES_AT), strict_parsing=True)
    return told["expires"][0], told["signature"][0]


def test_a_link_opens_what_it_was_made_for_until_it_expires():
    expires, signature = sealed()

    assert SEAL.opens(Purpose.WATCH, "stone", expires, signature, NOW) == EXPIRES_AT
    last = EXPIRES_AT - timedelta(microseconds=1)
    assert SEAL.opens(Purpose.WATCH, "stone", expires, signature, last) == EXPIRES_AT
    assert SEAL.opens(Purpose.WATCH, "stone", expires, signature, EXPIRES_AT) is None


def test_a_link_opens_nothing_else():
    expires, signature = sealed()

    assert SEAL.opens(Purpose.PLAY, "stone", expires, signature, NOW) is None
    assert SEAL.opens(Purpose.WATCH, "rivera", expires, signature, NOW) is None
    assert SEAL.opens(Purpose.WATCH, "stone", str(int(expires) + 1), signature, NOW) is None
    assert Seal(b"1" * 32).opens(Purpose.WATCH, "stone", expires, signature, NOW) is None


@pytest.mark.parametrize(
    ("expires", "signature"),
    [("", ""), ("soon", "x"), ("1", ""), ("1795381200", "\ud800"), ("9" * 400, "é"), ("-1", "0" * 64)],
    ids=ascii,
)
def test_a_link_that_is_none_opens_nothing(expires, signature):
    assert SEAL.opens(Purpose.WATCH, "stone", expires, signature, NOW) is None


def test_parts_of_a_link_cannot_be_moved_into_each_other():
    signed = Seal(b"0" * 32)

    assert signed.query(Purpose.WATCH, "a&expires=1", NOW) != signed.query(Purpose.WATCH, "a", NOW)


def test_the_secret_is_in_no_text():
    assert "000" not in repr(SEAL)
