"""Checks: what is connected is tried for real, and whatever fails says what to do."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from core.billing.checks import Check, check_connections
from core.billing.prices import SHIPPED, load_prices
from core.billing.supabase_egress import egress_file
from core.settings import load_settings
from tests.billing.builders import cur2, deliver_cur2
from tests.support.supabase_answers import proxy_error
from tests.support.supabase_stand_in import supabase_stand_in

COMPILED = load_prices().compiled
TODAY = COMPILED + timedelta(days=10)


@pytest.fixture
def check(monkeypatch):
    """The first check of an installation with these variables."""

    def check(today: date = TODAY, **variables: object) -> Check:
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))
        return check_connections(load_settings(), today)[0]

    return check


@contextmanager
def refusing_s3(status: int, code: str) -> Iterator[str]:
    """The address of an S3 that refuses every request with one code of AWS's."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>no</Message></Error>".encode()

    class Refuse(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Refuse)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def failed(check: Check) -> tuple[str, str]:
    """What went wrong and the cure, of a check that failed."""
    assert not check.ok
    return check.detail, check.cure


# --- what is tried ------------------------------------------------------------------------------------------------


def test_everything_that_is_configured_is_tried(monkeypatch, tmp_path):
    monkeypatch.setenv("PHYGHT_BILLING_SOURCES", f"{tmp_path}/one,{tmp_path}/two")
    monkeypatch.setenv("SUPABASE_URL", "http://127.0.0.1:9")

    assert [check.name for check in check_connections(load_settings(), TODAY)] == [
        f"Bills in {tmp_path}/one",
        f"Bills in {tmp_path}/two",
        "Supabase at http://127.0.0.1:9",
        "Price catalogue",
    ]


def test_one_failure_does_not_keep_the_others_from_being_tried(monkeypatch, tmp_path):
    monkeypatch.setenv("PHYGHT_BILLING_SOURCES", f"{tmp_path}/absent")

    assert [check.ok for check in check_connections(load_settings(), TODAY)] == [False, True]


# --- folders ------------------------------------------------------------------------------------------------------


def test_a_folder_with_an_export_says_what_is_in_it(check, bucket):
    deliver_cur2(bucket, [cur2("1")])

    assert check(PHYGHT_BILLING_SOURCES=bucket) == Check(f"Bills in {bucket}", True, "1 export, 1 delivery.", "")


def test_a_folder_that_is_not_there_is_named(check, tmp_path):
    assert failed(check(PHYGHT_BILLING_SOURCES=tmp_path / "absent")) == (
        f"There is no folder {tmp_path}/absent.",
        "Check the path, or give s3://bucket/prefix.",
    )


def test_a_folder_without_an_export_is_no_success(check, bucket):
    assert failed(check(PHYGHT_BILLING_SOURCES=bucket)) == (
        "It can be read and holds no bill export.",
        "Check the path, or wait for the first delivery.",
    )


def test_a_delivery_that_lacks_a_file_is_told_before_it_is_ingested(check, bucket):
    deliver_cur2(bucket, [cur2("1")])
    for file in bucket.rglob("*.parquet"):
        file.unlink()

    detail, cure = failed(check(PHYGHT_BILLING_SOURCES=bucket))

    assert detail.endswith("is in the manifest and not there.")
    assert cure == "Copy it too, or wait until the delivery is complete."


# --- S3 -----------------------------------------------------------------------------------------------------------

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "hush-hush"}


@pytest.mark.parametrize(
    ("status", "code", "named_in_the_cure"),
    [
        (404, "NoSuchBucket", "bucket"),
        (403, "AccessDenied", "s3:ListBucket"),
        (403, "InvalidAccessKeyId", "AWS_ACCESS_KEY_ID"),
        (403, "SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"),
        (400, "ExpiredToken", "sign in to AWS again"),
        (400, "InvalidToken", "AWS_SESSION_TOKEN"),
        (400, "AuthorizationHeaderMalformed", "AWS_REGION"),
        (418, "Teapot", "AWS"),
    ],
)
def test_each_refusal_of_s3_has_its_cure(check, status, code, named_in_the_cure):
    with refusing_s3(status, code) as address:
        checked = check(PHYGHT_BILLING_SOURCES="s3://bills/cur", AWS_ENDPOINT_URL=address, **KEYS)

    detail, cure = failed(checked)
    assert checked.name == "Bills in s3://bills/cur"
    assert "s3://bills" in detail
    assert named_in_the_cure in cure
    assert "hush-hush" not in str(checked)


def test_without_credentials_it_says_which_to_set(check):
    detail, cure = failed(check(PHYGHT_BILLING_SOURCES="s3://bills/cur"))

    assert detail == "s3://bills cannot be read: no AWS credentials."
    assert "AWS_ACCESS_KEY_ID" in cure
    assert "AWS_PROFILE" in cure


def test_a_profile_that_is_not_there_is_named(check):
    detail, cure = failed(check(PHYGHT_BILLING_SOURCES="s3://bills/cur", AWS_PROFILE="absent"))

    assert "(absent)" in detail
    assert cure == "Check the AWS_ variables in .env."


# --- Supabase -----------------------------------------------------------------------------------------------------


@pytest.fixture
def project():
    with supabase_stand_in() as project:
        yield project


def test_a_project_that_can_be_measured_says_so_and_that_egress_is_not(check, project):
    project.bucket("videos")

    assert check(SUPABASE_URL=project.url, SUPABASE_SERVICE_ROLE_KEY=project.key()) == Check(
        f"Supabase at {project.url}", True, "1 bucket. Egress is not measured.", ""
    )


def test_a_project_without_buckets_is_fine_with_a_key_that_would_be_shown_them(check, project):
    checked = check(SUPABASE_URL=project.url, SUPABASE_SERVICE_ROLE_KEY=project.opaque_key())

    assert (checked.ok, checked.detail) == (True, "0 buckets. Egress is not measured.")


def test_typed_egress_is_told_by_its_last_day(check, project, settings):
    egress_file(settings.phyght_home).parent.mkdir(parents=True)
    egress_file(settings.phyght_home).write_text("date,egress_bytes,cached_egress_bytes\n2026-10-31,1,2\n")

    checked = check(SUPABASE_URL=project.url, SUPABASE_SERVICE_ROLE_KEY=project.key())

    assert checked.detail == "0 buckets. Egress is known until 2026-10-31."


def test_without_a_key_it_says_which_variable_to_set(check, project):
    assert failed(check(SUPABASE_URL=project.url)) == (
        "SUPABASE_SERVICE_ROLE_KEY is not set.",
        "Copy it from the project's API settings.",
    )


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        (lambda project: project.key("anon"), "it is not the service role's"),
        (lambda project: project.key(exp=1), "it has expired"),
        (lambda project: project.key() + "x", "Supabase refuses it"),
        (lambda project: project.opaque_key("anon"), "Supabase refuses it"),
        (lambda _: "sb_secret_of_nobody", "Supabase refuses it"),
    ],
    ids=["anon", "expired", "forged", "limited secret", "unknown secret"],
)
def test_a_wrong_key_is_never_no_buckets(check, project, key, reason):
    project.bucket("videos")
    secret = key(project)

    checked = check(SUPABASE_URL=project.url, SUPABASE_SERVICE_ROLE_KEY=secret)

    assert failed(checked) == (
        f"SUPABASE_SERVICE_ROLE_KEY is a wrong or limited key: {reason}.",
        "Set SUPABASE_SERVICE_ROLE_KEY to the service_role (or sb_secret_) key from the project's API settings.",
    )
    assert secret not in str(checked)


def test_an_address_where_nothing_answers_is_named(check, project):
    checked = check(SUPABASE_URL="http://127.0.0.1:9", SUPABASE_SERVICE_ROLE_KEY=project.key())

    assert failed(checked) == (
        "http://127.0.0.1:9 cannot be reached (ConnectError).",
        "Check SUPABASE_URL and the network.",
    )


def test_somebody_who_waits_is_told_of_a_fault_at_once(check, project):
    project.faults = [proxy_error(503)]

    checked = check(SUPABASE_URL=project.url, SUPABASE_SERVICE_ROLE_KEY=project.key())

    assert failed(checked)[0] == f"{project.url} is not well or too busy (status 503)."
    assert len(project.requests) == 1


# --- prices -------------------------------------------------------------------------------------------------------


def test_prices_are_told_by_their_day(check):
    assert check() == Check("Price catalogue", True, f"List prices of {COMPILED}.", "")


def test_prices_of_half_a_year_ago_want_a_look(check):
    assert check(today=COMPILED + timedelta(days=180)).ok
    assert failed(check(today=COMPILED + timedelta(days=181))) == (
        f"The list prices are of {COMPILED}, 181 days ago.",
        "Set PHYGHT_PRICE_CATALOG to newer ones.",
    )


def test_a_catalogue_of_ones_own_that_is_none_is_named(check, tmp_path):
    own = tmp_path / "prices.json"
    own.write_text("[]")

    detail, cure = failed(check(PHYGHT_PRICE_CATALOG=own))

    assert detail.startswith(f"PHYGHT_PRICE_CATALOG: {own} is not a price catalogue")
    assert cure == f"Give it the shape of {SHIPPED.name}, or leave the variable empty to use that one."


def test_a_catalogue_of_ones_own_without_the_plan_is_no_success(check, tmp_path):
    content = json.loads(SHIPPED.read_text())
    del content["supabase_pro"]["egress_gb"]
    own = tmp_path / "prices.json"
    own.write_text(json.dumps(content))

    detail, _ = failed(check(PHYGHT_PRICE_CATALOG=own))

    assert detail == f"PHYGHT_PRICE_CATALOG: {own} is not a price catalogue (KeyError: 'egress_gb')."
