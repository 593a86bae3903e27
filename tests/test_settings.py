"""Settings: read from outside, checked at the start, and secrets stay secret."""

import re
import traceback
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.errors import SettingsError
from core.settings import DemoMode, Settings, load_settings

ROOT = Path(__file__).parent.parent
SECRET = "wJalrXUtnFEMI-K7MDENG"


def refusal() -> str:
    with pytest.raises(SettingsError) as refused:
        load_settings()
    return str(refused.value)


def test_nothing_has_to_be_set(tmp_path, settings):
    assert settings.phyght_home == tmp_path / "home"
    assert (settings.phyght_demo, settings.phyght_host, settings.phyght_port) == (DemoMode.AUTO, "127.0.0.1", 8501)
    assert settings.phyght_billing_sources == ()
    assert settings.aws_secret_access_key is None
    assert not settings.connected


def test_the_home_is_absolute_even_when_it_is_the_default(tmp_path, monkeypatch):
    monkeypatch.delenv("PHYGHT_HOME")
    monkeypatch.chdir(tmp_path)

    assert load_settings().phyght_home == tmp_path / ".phyght"


def test_an_environment_variable_wins_over_the_file(tmp_path, monkeypatch):
    file = tmp_path / "my.env"
    file.write_text("PHYGHT_PORT=9001\nPHYGHT_SESSION_HOURS=3\n")
    monkeypatch.setenv("PHYGHT_PORT", "9002")

    settings = load_settings(file)

    assert (settings.phyght_port, settings.phyght_session_hours) == (9002, 3)


def test_a_file_named_by_the_environment_is_read_instead_of_dot_env(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("PHYGHT_PORT=9001\n")
    (tmp_path / "other.env").write_text("PHYGHT_PORT=9002\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHYGHT_ENV_FILE", "other.env")

    assert load_settings().phyght_port == 9002


def test_a_file_written_on_windows_is_read(tmp_path):
    file = tmp_path / "my.env"
    file.write_bytes(b"\xef\xbb\xbfPHYGHT_PORT=9001\r\nPHYGHT_DEMO=off\r\n")

    settings = load_settings(file)

    assert (settings.phyght_port, settings.phyght_demo) == (9001, DemoMode.OFF)


def test_billing_sources_are_separated_by_commas_and_folders_become_absolute(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHYGHT_BILLING_SOURCES", "s3://bills/exports, my bills ,,/data/cur")

    settings = load_settings()

    assert settings.phyght_billing_sources == ("s3://bills/exports", str(tmp_path / "my bills"), "/data/cur")
    assert settings.connected


def test_a_supabase_project_alone_counts_as_connected(monkeypatch):
    monkeypatch.setenv("SUPABASE_URL", "https://abc.supabase.co/")

    settings = load_settings()

    assert settings.connected
    assert settings.supabase_url == "https://abc.supabase.co"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PHYGHT_PORT", "abc", "PHYGHT_PORT should be a valid integer"),
        ("PHYGHT_PORT", "0", "PHYGHT_PORT should be greater than or equal to 1."),
        ("PHYGHT_PORT", "65536", "PHYGHT_PORT should be less than or equal to 65535."),
        ("PHYGHT_HOST", "http://localhost/", "PHYGHT_HOST should be a plain name or address."),
        ("PHYGHT_HOME", "/etc/hosts", "PHYGHT_HOME should be a folder, and it is a file."),
        ("PHYGHT_HOME", "~nobody-by-that-name/x", "PHYGHT_HOME should not start with ~ and a user"),
        ("PHYGHT_DEMO", "yes", "PHYGHT_DEMO should be 'auto', 'on' or 'off'."),
        ("PHYGHT_BILLING_SOURCES", "/ok,https://bucket", "PHYGHT_BILLING_SOURCES should be folders or s3://"),
        ("PHYGHT_BILLING_SOURCES", "s3:///prefix", "PHYGHT_BILLING_SOURCES should name a bucket after s3://."),
        ("PHYGHT_PRICE_CATALOG", "/no/such.json", "PHYGHT_PRICE_CATALOG should be a file, and there is none"),
        ("PHYGHT_INGEST_MINUTES", "1", "PHYGHT_INGEST_MINUTES should be greater than or equal to 5."),
        ("SUPABASE_PLAN", "team", "SUPABASE_PLAN should be 'free' or 'pro'."),
        ("SUPABASE_URL", "abc.supabase.co", "SUPABASE_URL should be an address like https://example.com."),
        ("SUPABASE_GB_BYTES", "1", "SUPABASE_GB_BYTES should be greater than or equal to 1000000000."),
        ("AWS_ENDPOINT_URL", "http://me:pw@minio:9000", "AWS_ENDPOINT_URL should not hold a name or a password"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line_that_names_it_and_the_cure(monkeypatch, name, value, message):
    monkeypatch.setenv(name, value)

    line = refusal()

    assert line.startswith(message)
    assert f"Correct it in .env or the environment. It is: {Settings.model_fields[name.lower()].description}" in line
    assert "\n" not in line


def test_a_misspelt_name_is_not_silently_ignored(tmp_path, monkeypatch):
    monkeypatch.setenv("PHYGHT_PROT", "9000")
    assert refusal() == "PHYGHT_PROT is no setting. Did you mean PHYGHT_PORT?"

    monkeypatch.delenv("PHYGHT_PROT")
    (tmp_path / "home.env").write_text("PHYGHT_XYZZY=1\n")
    assert refusal() == "PHYGHT_XYZZY is no setting. See .env.example for those there are."


def test_a_line_of_the_file_that_is_no_assignment_is_named_by_its_number(tmp_path):
    (tmp_path / "home.env").write_text("# mine\nPHYGHT_PORT 9000\n")

    assert refusal() == f"{tmp_path / 'home.env'}, line 2 is not NAME=value. Correct that line."


def test_a_file_that_is_no_text_is_refused_by_name(tmp_path):
    (tmp_path / "home.env").write_bytes(b"\xff\xfe\x00P")

    assert refusal() == f"{tmp_path / 'home.env'} cannot be read (UnicodeDecodeError). It must be a UTF-8 text."


def test_a_file_that_is_named_has_to_exist(monkeypatch):
    monkeypatch.setenv("PHYGHT_ENV_FILE", "/no/such/file")

    assert refusal() == "PHYGHT_ENV_FILE should name a file, and there is none by that name. Correct or unset it."


@pytest.mark.parametrize(
    ("given", "missing"),
    [("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")],
)
def test_half_an_aws_key_is_refused(monkeypatch, given, missing):
    monkeypatch.setenv(given, SECRET)

    assert refusal() == f"{missing} should be set too: an AWS key has two halves. Set both, or neither."


def test_secrets_are_in_no_printed_form_of_the_settings(monkeypatch):
    secrets = [name for name, field in Settings.model_fields.items() if SecretStr in _types(field.annotation)]
    assert secrets == ["aws_secret_access_key", "aws_session_token", "supabase_service_role_key", "supabase_jwt_secret"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA0")
    for name in secrets:
        monkeypatch.setenv(name.upper(), SECRET)

    settings = load_settings()

    assert settings.aws_secret_access_key.get_secret_value() == SECRET
    assert SECRET not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize("name", ["PHYGHT_PORT", "PHYGHT_BILLING_SOURCES", "SUPABASE_URL", "SUPABASE_PLAN"])
def test_a_secret_put_into_the_wrong_variable_is_in_no_error_and_no_traceback(monkeypatch, name):
    monkeypatch.setenv(name, f"x://{SECRET}")

    with pytest.raises(SettingsError) as refused:
        load_settings()

    assert SECRET not in f"{refused.value} {refused.value!r} {''.join(traceback.format_exception(refused.value))}"
    assert refused.value.__context__ is None


def test_settings_cannot_be_changed_while_running(settings):
    with pytest.raises(ValueError, match="frozen"):
        settings.phyght_port = 1


def test_the_example_file_says_of_each_setting_what_the_code_says():
    example = (ROOT / ".env.example").read_text()
    documented = re.findall(r"^# (.+)\n# ([A-Z0-9_]+)=(.*)$", example, re.MULTILINE)

    assert documented == [
        (field.description, name.upper(), _as_text(field.default)) for name, field in Settings.model_fields.items()
    ]


def test_the_example_file_as_it_ships_changes_nothing(settings):
    assert load_settings(ROOT / ".env.example") == settings


def _types(annotation: object) -> tuple[object, ...]:
    return getattr(annotation, "__args__", (annotation,))


def _as_text(default: object) -> str:
    return "" if default is None or default == () else str(default)


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-2", "eu-central-2"], ids=["Virginia", "London", "Zurich"])
def test_data_of_the_eu_is_kept_in_no_region_outside_it(monkeypatch, region):
    monkeypatch.setenv("S3_RESIDENCY_BUCKETS", f"UK=fights-uk@eu-west-2, EU=fights@{region}")

    with pytest.raises(SettingsError, match=f"should not keep EU data in {region}") as told:
        load_settings()
    assert told.value.advice == "Name a bucket there, like EU=bucket@eu-central-1."


def test_what_a_region_of_another_server_is_called_says_nothing_of_where_it_is(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://s3.example.eu")
    monkeypatch.setenv("S3_RESIDENCY_BUCKETS", "EU=fights@us-east-1")

    assert load_settings().s3_residency_buckets == ("EU=fights@us-east-1",)
