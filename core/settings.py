"""Settings: one typed field for each environment variable."""

import os
import re
from collections.abc import Iterator
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path

from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.errors import SettingsError
from core.setting_types import File, Folder, PostgresAddress, ResidencyBuckets, Sources, WebAddress

#: Names another file than `.env`; the one variable that cannot stand in that file.
ENV_FILE = "PHYGHT_ENV_FILE"


class DemoMode(StrEnum):
    """Whether the demo platform is shown."""

    AUTO = "auto"  #: while nothing real is connected or ingested
    ON = "on"
    OFF = "off"


class MediaEngine(StrEnum):
    """Who makes renditions."""

    LOCAL = "local"  #: ffmpeg on this machine
    MEDIACONVERT = "mediaconvert"  #: AWS Elemental MediaConvert


class SupabasePlan(StrEnum):
    """The Supabase plan of the organisation, as in the price catalogue."""

    FREE = "free"
    PRO = "pro"


#: AWS's regions in the European Union; eu-west-2 is London and eu-central-2 is Zurich.
IN_EU = r"eu-(central-1|north-1|south-[12]|west-[13])|eusc-[a-z]+-[a-z]+-\d"
_INSTANT_CLASS = "^(STANDARD|INTELLIGENT_TIERING|STANDARD_IA|ONEZONE_IA|GLACIER_IR)$"
_CLASS = "^(STANDARD|INTELLIGENT_TIERING|STANDARD_IA|ONEZONE_IA|GLACIER_IR|GLACIER|DEEP_ARCHIVE)$"
_COLUMN = "^[^.]{1,63}$"
_TABLE = r"^[^.]{1,63}(\.[^.]{1,63})?$"


class Settings(BaseSettings):
    """What one installation is told from outside: the environment, then `.env`."""

    model_config = SettingsConfigDict(
        env_ignore_empty=True,
        env_file_encoding="utf-8-sig",
        extra="ignore",
        str_strip_whitespace=True,
        hide_input_in_errors=True,
        frozen=True,
    )

    phyght_home: Folder = Field(
        Path(".phyght"), validate_default=True, description="Folder that holds the database, the warehouse and caches."
    )
    database_url: PostgresAddress | None = Field(
        None,
        description="Postgres for the database, to work on several machines; a SQLite file where empty.",
    )
    phyght_demo: DemoMode = Field(
        DemoMode.AUTO, description="auto: demo data while nothing real is connected; on; off."
    )
    phyght_host: str = Field(
        "127.0.0.1", pattern=r"^[A-Za-z0-9.:_-]+$", description="Address the dashboard listens on."
    )
    phyght_port: int = Field(8501, ge=1, le=65535, description="Port the dashboard listens on.")
    phyght_billing_sources: Sources = Field(
        (), description="Folders or s3://bucket/prefix with bill exports, separated by commas."
    )
    phyght_ingest_minutes: int = Field(
        60,
        ge=5,
        description="Minutes between two looks at the sources, rounded down to a part of an hour or a day: 45 is 30.",
    )
    phyght_ingest_memory_mb: int = Field(
        160, ge=64, description="Memory DuckDB may use while ingesting; the process needs about 300 MB more."
    )
    phyght_price_catalog: File | None = Field(
        None, description="A price catalogue of your own (JSON) instead of the one that ships."
    )
    phyght_video_pattern: str = Field(
        "videos/{video}/...",
        pattern=r"^[^{}]*\{video\}[^{}]*$",
        description="Where the videos' files lie, for keys and paths that the catalog does not know.",
    )
    phyght_reported_percent: float = Field(
        100, gt=0, le=100, description="Percent of the players that report how watching went; those stand for all."
    )
    phyght_session_hours: int = Field(12, ge=1, le=720, description="Hours until a sign-in expires.")
    phyght_query_seconds: int = Field(30, ge=1, description="Longest that a query on the Explore page may run.")
    phyght_query_rows: int = Field(10_000, ge=1, description="Most rows that a query on the Explore page returns.")
    aws_access_key_id: str | None = Field(None, description="AWS key; leave empty to use the machine's own role.")
    aws_secret_access_key: SecretStr | None = Field(None, description="Secret of the AWS key.")
    aws_session_token: SecretStr | None = Field(None, description="Session token, for temporary AWS keys.")
    aws_profile: str | None = Field(None, description="Named profile from ~/.aws to use instead of a key.")
    aws_region: str = Field("us-east-1", description="AWS region of the exports' bucket.")
    aws_endpoint_url: WebAddress | None = Field(None, description="Another S3 endpoint, for an S3-compatible server.")
    s3_bucket: str | None = Field(
        None, pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", description="S3 bucket of the videos."
    )
    s3_residency_buckets: ResidencyBuckets = Field(
        (), description="Buckets for videos that must stay somewhere, as EU=bucket@region, separated by commas."
    )
    storage_class_originals: str = Field(
        "GLACIER_IR", pattern=_CLASS, description="S3 storage class of originals, once they are packaged."
    )
    storage_class_renditions: str = Field(
        "INTELLIGENT_TIERING", pattern=_INSTANT_CLASS, description="S3 storage class of renditions."
    )
    storage_class_thumbnails: str = Field(
        "STANDARD", pattern=_INSTANT_CLASS, description="S3 storage class of thumbnails and playlists."
    )
    upload_max_bytes: int = Field(
        5 * 2**30, ge=2**20, le=5 * 2**40, description="Largest file that may be uploaded; S3 takes 5 TB."
    )
    upload_abandoned_hours: int = Field(
        72, ge=1, description="Hours without a byte after which an unfinished upload is given up."
    )
    cloudfront_domain: str | None = Field(
        None, pattern=r"^[a-z0-9.-]+$", description="Domain of the CloudFront distribution in front of S3_BUCKET."
    )
    cloudfront_distribution_id: str | None = Field(
        None,
        pattern=r"^[A-Z0-9]{8,20}$",
        description="Id of that distribution, to ask CloudWatch about it and to change it here.",
    )
    cloudfront_key_pair_id: str | None = Field(None, description="Id of the public key that signs private links.")
    cloudfront_private_key_file: File | None = Field(
        None, description="File with the private key (PEM) that signs private links."
    )
    media_engine: MediaEngine = Field(MediaEngine.LOCAL, description="local: ffmpeg here; mediaconvert: AWS does it.")
    mediaconvert_role_arn: str | None = Field(None, description="Role that MediaConvert takes to read and write S3.")
    mediaconvert_queue: str | None = Field(None, description="MediaConvert queue; its default one where empty.")
    supabase_url: WebAddress | None = Field(None, description="URL of the Supabase project.")
    supabase_service_role_key: SecretStr | None = Field(None, description="Service-role key of the project.")
    supabase_plan: SupabasePlan = Field(SupabasePlan.PRO, description="Plan of the Supabase organisation.")
    supabase_gb_bytes: int = Field(
        10**9, ge=10**9, le=2**30, description="Bytes in one GB of the Supabase bill (10^9 or 2^30)."
    )
    supabase_bucket: str | None = Field(None, description="Bucket of the videos in the Supabase project.")
    supabase_jwt_secret: SecretStr | None = Field(
        None, description="JWT secret of the project; with it signed links that it gave out work until they expire."
    )
    supabase_residency: str = Field("", description="Jurisdiction that the Supabase project lies in, like EU.")
    phyght_public_url: WebAddress | None = Field(
        None, description="Address that viewers reach this dashboard at; links that are given to others begin with it."
    )
    platform_database_url: PostgresAddress | None = Field(
        None, description="Postgres of the platform whose own table of videos follows a migration; none where empty."
    )
    platform_table: str = Field("public.videos", pattern=_TABLE, description="That table, with its schema.")
    platform_id_column: str = Field("id", pattern=_COLUMN, description="Its column that names a row.")
    platform_url_column: str = Field("url", pattern=_COLUMN, description="Its column with the address of the video.")

    @property
    def connected(self) -> bool:
        """Whether any real account is configured."""
        return bool(self.phyght_billing_sources or self.s3_bucket or self.s3_residency_buckets or self.supabase_url)


def load_settings(env_file: Path | None = None) -> Settings:
    """The settings of this process; from `.env`, or the file that PHYGHT_ENV_FILE names, where one is.

    Raises SettingsError, in one line that names the variable and the cure, when a value is wrong.
    """
    path = env_file or _env_file()
    written = set(_names_in(path)) if path.is_file() else set[str]()
    _check_names(written | os.environ.keys())
    read = _read(path)
    if isinstance(read, ValidationError):
        # not raised where it was caught: its context would carry the values, which may be secret
        raise _explained(read)
    _check_pairs(read)
    return read


def _read(path: Path) -> Settings | ValidationError:
    try:
        return Settings(_env_file=path)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        return error


def _explained(error: ValidationError) -> SettingsError:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    name = str(first["loc"][0])
    about = Settings.model_fields[name].description or ""
    wrong = first["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if first["type"] == "string_pattern_mismatch":
        wrong = "should be a plain name or address"
    return SettingsError(f"{name.upper()} {wrong}.", f"Correct it in .env or the environment. It is: {about}")


def _env_file() -> Path:
    named = os.environ.get(ENV_FILE)
    if named and not Path(named).is_file():
        raise SettingsError(f"{ENV_FILE} should name a file, and there is none by that name.", "Correct or unset it.")
    return Path(named or ".env")


def _names_in(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} cannot be read ({type(error).__name__}).", "It must be a UTF-8 text.") from None
    for binding in bindings:
        if binding.error:
            raise SettingsError(f"{path}, line {binding.original.line} is not NAME=value.", "Correct that line.")
        if binding.key:
            yield binding.key


def _check_names(names: set[str]) -> None:
    known = [name.upper() for name in Settings.model_fields]
    for name in sorted(names):
        if name.upper().startswith("PHYGHT_") and name.upper() not in (ENV_FILE, *known):
            nearest = get_close_matches(name.upper(), known, n=1, cutoff=0.8)
            cure = f"Did you mean {nearest[0]}?" if nearest else "See .env.example for those there are."
            raise SettingsError(f"{name} is no setting.", cure)


def _check_pairs(settings: Settings) -> None:
    if settings.platform_database_url and not settings.phyght_public_url:
        raise SettingsError(
            "PHYGHT_PUBLIC_URL should be set too: the platform's table is to hold links that begin with it.",
            "Set it to the address that viewers reach this dashboard at.",
        )
    if bool(settings.aws_access_key_id) != bool(settings.aws_secret_access_key):
        missing = "AWS_SECRET_ACCESS_KEY" if settings.aws_access_key_id else "AWS_ACCESS_KEY_ID"
        raise SettingsError(f"{missing} should be set too: an AWS key has two halves.", "Set both, or neither.")
    for place in settings.s3_residency_buckets if settings.aws_endpoint_url is None else ():
        region = place.partition("@")[2]
        if place.startswith("EU=") and not re.fullmatch(IN_EU, region):
            raise SettingsError(
                f"S3_RESIDENCY_BUCKETS should not keep EU data in {region}: it is not in the European Union.",
                "Name a bucket there, like EU=bucket@eu-central-1.",
            )
