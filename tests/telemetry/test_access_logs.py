"""What reaches the buckets past the CDN, from S3's server access logs: each thing once, bad lines counted."""

import gzip
from datetime import date
from pathlib import Path
from string import printable

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.telemetry.store import read_files
from tests.telemetry.ingesting import Installation

_COLUMNS = "hour::VARCHAR, bucket, video, rung, operation, tier, status, via_cdn, requests, bytes"
_ROWS = f"SELECT {_COLUMNS} FROM origin_requests ORDER BY ALL"
_SUMS = "SELECT operation, sum(requests)::INT, sum(bytes)::INT FROM origin_requests GROUP BY 1 ORDER BY 1"
OAI = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLE"


@pytest.fixture
def home(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "home", tmp_path / "source")


def line(
    request: str = "R1",
    key: str = "videos/a/hls/1080p/1.m4s",
    operation: str = "REST.GET.OBJECT",
    at: str = "28/Nov/2026:10:15:00 +0000",
    status: object = 200,
    sent: object = 1000,
    agent: str = '"Amazon CloudFront"',
    requester: str = "svc:cloudfront.amazonaws.com",
    asked: str = "GET /videos HTTP/1.1",
    referrer: str = '"-"',
) -> str:
    return (
        f'79a59df900b949e55 media [{at}] 192.0.2.3 {requester} {request} {operation} {key} "{asked}" {status} - {sent} '
        f"5000 21 20 {referrer} {agent} - s9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV= SigV4 "
        "ECDHE-RSA-AES128-GCM-SHA256 AuthHeader media.s3.us-east-1.amazonaws.com TLSv1.3 - - us-east-1\n"
    )


def write(home: Installation, *lines: str, name: str = "2026-11-28-11-00-00-1234567890ABCDEF") -> None:
    (home.source / name).write_text("".join(lines), newline="")


def test_requests_are_summed_up_by_hour_video_and_operation(home: Installation):
    write(
        home,
        line("R1"),
        line("R2", sent=500),
        line("R3", at="28/Nov/2026:11:00:00 +0100"),
        line("R4", at="28/Nov/2026:11:59:59 +0000", status=304, sent="-"),
        line("R5", key="videos/b/original.mp4", operation="REST.PUT.OBJECT", requester="arn:aws:iam::1:user/x",
             agent='"aws-cli/2.1"', sent="-"),
    )  # fmt: skip

    assert home.outcomes() == ["origin 2026-11-28 loaded"]
    assert home.ask(_ROWS) == [
        ("2026-11-28 10:00:00", "media", "a", "1080p", "REST.GET.OBJECT", "2", 200, True, 3, 2500),
        ("2026-11-28 10:00:00", "media", "b", "original", "REST.PUT.OBJECT", "1", 200, False, 1, 0),
        ("2026-11-28 11:00:00", "media", "a", "1080p", "REST.GET.OBJECT", "2", 304, True, 1, 0),
    ]


@pytest.mark.parametrize(
    ("told", "via_cdn"),
    [
        ({"requester": "-"}, True),
        ({"requester": "svc:cloudfront.amazonaws.com", "agent": '"-"'}, True),
        ({"requester": OAI, "agent": "-"}, True),
        ({"requester": "-", "agent": '"Mozilla/5.0 (Amazon CloudFront is not me)"'}, False),
        ({"requester": "-", "agent": '"a \\"quoted\\" agent"'}, False),
        (
            {"requester": "-", "agent": '"a "bare" agent"', "asked": 'GET /a"b HTTP/1.1', "referrer": '"http://x/"y"'},
            False,
        ),
    ],
    ids=["agent", "access control", "access identity", "another", "quoted", "bare quotes"],
)
def test_who_asks_for_cloudfront_is_told_by_agent_or_requester(home: Installation, told: dict, via_cdn: bool):
    write(home, line(**told))
    home.ingest()

    assert home.ask("SELECT via_cdn, status, bytes FROM origin_requests") == [(via_cdn, 200, 1000)]


@pytest.mark.parametrize(
    ("operation", "tier"),
    [
        ("REST.GET.OBJECT", "2"), ("REST.HEAD.OBJECT", "2"), ("WEBSITE.GET.OBJECT", "2"), ("REST.GET.ACL", "2"),
        ("REST.PUT.PART", "1"), ("REST.POST.UPLOAD", "1"), ("REST.COPY.OBJECT", "1"), ("REST.GET.BUCKET", "1"),
        ("REST.GET.UPLOADS", "1"), ("REST.COPY.OBJECT_GET", ""), ("REST.DELETE.OBJECT", ""), ("REST.DELETE.UPLOAD", ""),
        ("REST.POST.MULTI_OBJECT_DELETE", ""), ("BATCH.DELETE.OBJECT", ""), ("S3.EXPIRE.OBJECT", ""),
    ],
)  # fmt: skip
def test_an_operation_has_the_price_of_its_tier(home: Installation, operation: str, tier: str):
    write(home, line(operation=operation))
    home.ingest()

    assert home.ask("SELECT tier FROM origin_requests") == [(tier,)]


def test_keys_are_encoded_twice_and_some_have_none(home: Installation):
    write(
        home,
        line("R1", key="videos/a%2520%25C3%25A9%252B1/original.mp4"),
        line("R2", key="-"),
        line("R3", key="%ff%25zz"),
    )
    home.ingest()

    assert home.ask("SELECT video, rung, requests FROM origin_requests ORDER BY 1") == [
        ("", "", 2),
        ("a é+1", "original", 1),
    ]


def test_each_request_counts_once_and_each_key_that_one_request_removes(home: Installation):
    batch = [line("R9", key=f"k{n}", operation="BATCH.DELETE.OBJECT", status=204, sent="-") for n in range(3)]
    write(home, line("R1"), line("R1"), *batch)
    write(home, line("R1"), line("R2"), *batch, name="again")

    assert home.outcomes() == ["origin 2026-11-28 loaded"]
    assert home.ask(_SUMS) == [("BATCH.DELETE.OBJECT", 3, 0), ("REST.GET.OBJECT", 2, 2000)]


def test_a_late_line_reopens_its_day_and_no_other(home: Installation):
    write(home, line("R1"), line("R2", at="27/Nov/2026:23:59:59 +0000"))
    assert home.outcomes() == ["origin 2026-11-27 loaded", "origin 2026-11-28 loaded"]
    assert home.outcomes() == []
    write(home, line("R3", at="27/Nov/2026:10:00:00 +0000"), name="late.gz.not")

    assert home.outcomes() == ["origin 2026-11-27 loaded"]
    assert home.ask("SELECT hour::DATE::VARCHAR, sum(requests)::INT FROM origin_requests GROUP BY 1 ORDER BY 1") == [
        ("2026-11-27", 2),
        ("2026-11-28", 1),
    ]


def test_the_same_lines_again_come_to_the_same(home: Installation):
    write(home, line("R1"))
    home.ingest()
    write(home, line("R1"))

    assert home.outcomes() in ([], ["origin 2026-11-28 unchanged"])


def test_bad_lines_are_counted_told_without_addresses_and_do_no_harm(home: Installation):
    bad = [
        line("R2").replace("[28/Nov/2026", "[99/Nov/2026"),
        line("R3", at="28/Nov/2099:00:00:00 +0000"),
        "192.0.2.9 x\n",
        "\n",
    ]
    write(home, line("R1"), *bad, line("R4"))
    measured = home.ingest().measured

    assert (measured.lines, measured.bad_lines) == (5, 3)
    assert measured.unwell[0].reason == "line 2: its time is none, or later than its file"
    assert home.ask(_SUMS) == [("REST.GET.OBJECT", 2, 2000)]
    (file,) = read_files(home.database, str(home.source)).values()
    assert (file.days, file.bad_lines) == ({date(2026, 11, 28): 2}, 3)


def test_a_compressed_log_that_is_cut_is_refused_and_its_day_stays(home: Installation):
    content = gzip.compress("".join(line(f"R{n}") for n in range(2000)).encode())
    (home.source / "log.gz").write_bytes(content)
    home.ingest()
    (home.source / "log.gz").write_bytes(content[:-200])

    assert "log.gz is cut off or damaged" in home.refusal()
    assert home.ask(_SUMS) == [("REST.GET.OBJECT", 2000, 2_000_000)]


def test_a_log_that_is_gone_takes_nothing_with_it(home: Installation):
    write(home, line("R1"))
    write(home, line("R2"), name="second")
    home.ingest()
    (home.source / "second").unlink()
    assert home.outcomes() == []
    write(home, line("R3"), name="third")
    (report,) = home.ingest().measured.days

    assert (report.outcome, report.reason) == (
        "refused",
        "second that 2026-11-28 was made of is gone. Put it back, or what came late is not counted.",
    )
    assert home.ask(_SUMS) == [("REST.GET.OBJECT", 2, 2000)]


def test_a_line_that_is_being_written_is_read_once_it_is_whole(home: Installation):
    write(home, line("R1"), line("R2")[:120])
    home.ingest()
    assert home.ask(_SUMS) == [("REST.GET.OBJECT", 1, 1000)]
    write(home, line("R1"), line("R2"))
    home.ingest()

    assert home.ask(_SUMS) == [("REST.GET.OBJECT", 2, 2000)]


_TEXT = st.text(st.sampled_from(printable + "é\x00\x01\x1f\x02\u2028"), max_size=60)


@settings(
    max_examples=15,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(texts=st.lists(_TEXT, min_size=1, max_size=20), agent=_TEXT, key=_TEXT)
def test_whatever_a_line_is_each_is_counted_or_told(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], agent: str, key: str
):
    folder = tmp_path_factory.mktemp("any")
    home = Installation(folder / "home", folder / "source")
    odd = line("R2", agent=f'"{agent}"', key=key)
    (home.source / "log").write_bytes((line("R1") + odd + "\n".join(texts) + "\n").encode())
    measured = home.ingest().measured

    counted = home.ask("SELECT sum(requests)::INT FROM origin_requests")[0][0]
    written = (odd + "\n".join(texts)).replace("\r\n", "\n").split("\n")
    assert measured.refused == 0
    assert counted in (1, 2)
    assert counted + measured.bad_lines == 1 + sum(bool(each) for each in written)
