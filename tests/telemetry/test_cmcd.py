"""CMCD: what players of both versions tell is read, however often it was encoded, and garbage is passed over."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.telemetry.cmcd import KINDS, LONGEST, parse, reports

# as hls.js 1.7 writes them
V1 = (
    'bl=29900,br=1800,bs,cid="stone-7hq2mx",d=6006,mtp=25000,ot=v,sf=h,'
    'sid="6e2fb550-c457-11e9-bb97-0800200c9a66",st=v,su,tb=4200'
)
V2 = 'bg,br=(1800;v 128;a),cid="stone",e=ps,msd=812,pt=1500,sid="6e2f",sn=3,sta=p,ts=1795381200123,v=2'
READ_V1 = {
    "bl": 29900, "br": 1800, "bs": True, "cid": "stone-7hq2mx", "d": 6006, "mtp": 25000, "ot": "v", "sf": "h",
    "sid": "6e2fb550-c457-11e9-bb97-0800200c9a66", "st": "v", "su": True, "tb": 4200,
}  # fmt: skip
READ_V2 = {
    "bg": True, "br": (1800, 128), "cid": "stone", "e": "ps", "msd": 812, "pt": 1500, "sid": "6e2f", "sn": 3,
    "sta": "p", "ts": 1795381200123, "v": 2,
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), [(V1, READ_V1), (V2, READ_V2)], ids=["version 1", "version 2"])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_a_report_is_read_however_often_it_was_encoded(text, told, times):
    for _ in range(times):
        text = quote(text, safe="")

    assert parse(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("br=(517)", {"br": 517}),
        ("br=(517;v)", {"br": 517}),
        ("br=517;v", {"br": 517}),
        ('br=(517;x="a b" 64)', {"br": (517, 64)}),
        ("br=()", {}),
        ('ec=("bufferStalled" fragLoad)', {"ec": ("bufferStalled", "fragLoad")}),
        ("pr=1.25", {"pr": 1.25}),
        ("pr=0", {"pr": 0}),
        ("ltc=-20", {"ltc": -20}),
        ("bs=?0,su=?1", {"bs": False, "su": True}),
        (" bl=1 , bs ,d=2 ", {"bl": 1, "bs": True, "d": 2}),
        ('cid="a,b=c;(d)",bl=1', {"cid": "a,b=c;(d)", "bl": 1}),
        (r'cid="say \"hi\" \\ there"', {"cid": r'say "hi" \ there'}),
        ('cid="100%25"', {"cid": "100%25"}),
        ("cid=plain-token", {"cid": "plain-token"}),
        ("bl=1,bl=2", {"bl": 2}),
        ("bs", {"bs": True}),
    ],
)
def test_each_kind_of_value_is_read(text, told):
    assert parse(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "", ",", ",,,", "=", "==", '"', "(", ")", "%", "%%%", "bl", "bl=", "bl=x", "bl=1e9", "bl=NaN", "bl=(", "bl=1)",
        "bl=9999999999999999999999", "bs=1", "bs=true", 'cid=""', 'cid="', "BL=1", "unknown=1", "com.example-key=1",
        "\0", "🥊", "\ud800", "<script>", "'; drop table reports; --", "cid=\"\x00\x01\"",
    ],
    ids=ascii,
)  # fmt: skip
def test_garbage_tells_nothing(text):
    assert parse(text) == {}


@pytest.mark.parametrize("garbage", ["", "x", "bl=(", '"', "🥊=1", "=5", 'cid="un', "a b c"], ids=ascii)
def test_what_stands_behind_garbage_is_read_all_the_same(garbage):
    assert parse(f"{garbage},d=2")["d"] == 2
    assert parse(f"bl=1,{garbage}")["bl"] == 1


@pytest.mark.parametrize("key", ["url", "nor", "nrr"])
def test_addresses_are_not_kept_because_they_may_be_signed(key):
    assert parse(f'{key}="https://cdn.example.com/a.mp4?Signature=secret",bl=1') == {"bl": 1}


def test_texts_are_kept_short_and_lists_too():
    assert parse(f'cid="{"x" * 5_000}"') == {"cid": "x" * 200}
    assert parse(f"br=({' '.join(map(str, range(50)))})") == {"br": (0, 1, 2, 3, 4, 5, 6, 7)}


def test_no_more_is_read_than_any_player_tells():
    assert parse("x," * 64 + "bl=1") == {}
    assert parse(f'cid="{"x" * LONGEST}",bl=1') == {}


def test_a_version_2_report_has_an_event_on_each_line():
    assert list(reports(f"{V2}\n\r\ngarbage\n{V2}\n")) == [READ_V2, READ_V2]
    assert list(reports("")) == []


@given(st.text(max_size=300))
def test_whatever_comes_nothing_breaks(text):
    assert parse(text).keys() <= KINDS.keys()


@given(st.text(alphabet='blscid=,"\\();%? 0123456789.-', max_size=200))
def test_whatever_comes_in_its_own_letters_nothing_breaks(text):
    assert parse(text).keys() <= KINDS.keys()


@pytest.mark.parametrize(
    "attack", ['"' + "\\" * 8_000, "(" * 8_000, '("' * 4_000, "a" * 8_000, "bl=" + ";a" * 4_000, "bl=(" + '"a"' * 2_700]
)
def test_no_text_takes_long(attack):
    parse(attack)  # what backtracks would not come back within the time that a test may take


def test_a_report_that_was_cut_is_read_up_to_there():
    whole = V1.split(",")
    for members in range(1, len(whole)):
        cut = ",".join(whole[:members]) + f",{whole[members][:-1]}"
        assert list(parse(cut).items())[:members] == list(READ_V1.items())[:members]
