"""Settings: one typed field for each environment variable."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.errors import SettingsError


class DemoMode(StrEnum):
    """Whether the demo platform is shown."""

    AUTO = "auto"  #: while nothing real is connected or ingested
    ON = "on"
    OFF = "off"


class SupabasePlan(StrEnum):
    """The Supabase plan of the organisation, as in the price catalogue."""

    FREE = "free"
    PRO = "pro"


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


class Settings(BaseSettings):
    """What one installation is told from outside: the environment, then `.env`."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    phyght_home: Annotated[Path, AfterValidator(_absolute)] = Field(
        Path(".phyght"), description="Folder that holds the database, the warehouse and caches."
    )
    phyght_demo: DemoMode = Field(
        DemoMode.AUTO, description="auto: demo data while nothing real is connected; on; off."
    )
    phyght_host: str = Field("127.0.0.1", description="Address the dashboard listens on.")
    phyght_port: int = Field(8501, ge=1, le=65535, description="Port the dashboard listens on.")
    phyght_billing_sources: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Folders or s3://bucket/prefix with bill exports, separated by commas."
    )
    phyght_ingest_minutes: int = Field(60, ge=5, description="Minutes between two looks at the billing sources.")
    phyght_ingest_memory_mb: int = Field(
        160, ge=64, description="Memory DuckDB may use while ingesting; the process needs about 200 MB more."
    )
    phyght_price_catalog: Path | None = Field(
        None, description="A price catalogue of your own (JSON) instead of the one that ships."
    )
    phyght_session_hours: int = Field(12, ge=1, le=720, description="Hours until a sign-in expires.")
    phyght_query_seconds: int = Field(30, ge=1, description="Longest that a query on the Explore page may run.")
    phyght_query_rows: int = Field(10_000, ge=1, description="Most rows that a query on the Explore page returns.")
    aws_access_key_id: str | None = Field(None, description="AWS key; leave empty to use the machine's own role.")
    aws_secret_access_key: SecretStr | None = Field(None, description="Secret of the AWS key.")
    aws_session_token: SecretStr | None = Field(None, description="Session token, for temporary AWS keys.")
    aws_profile: str | None = Field(None, description="Named profile from ~/.aws to use instead of a key.")
    aws_region: str = Field("us-east-1", description="AWS region of the exports' bucket.")
    aws_endpoint_url: str | None = Field(None, description="Another S3 endpoint, for an S3-compatible server.")
    supabase_url: str | None = Field(None, description="URL of the Supabase project.")
    supabase_service_role_key: SecretStr | None = Field(None, description="Service-role key of the project.")
    supabase_plan: SupabasePlan = Field(SupabasePlan.PRO, description="Plan of the Supabase organisation.")
    supabase_gb_bytes: int = Field(
        10**9, ge=10**9, le=2**30, description="Bytes in one GB of the Supabase bill (10^9 or 2^30)."
    )

    @field_validator("phyght_billing_sources", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @property
    def connected(self) -> bool:
        """Whether any real account is configured."""
        return bool(self.phyght_billing_sources or self.supabase_url)


def load_settings(env_file: str | None = ".env") -> Settings:
    """The settings of this process.

    Raises SettingsError, in one line that names the variable, when a value is wrong.
    """
    try:
        return Settings(_env_file=env_file)  # pyright: ignore[reportCallIssue]
    except ValidationError as error:
        raise _as_settings_error(error) from None  # the cause would carry the value, which may be secret


def _as_settings_error(error: ValidationError) -> SettingsError:
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "The settings"
    field = Settings.model_fields.get(name.lower())
    hint = f" ({field.description})" if field else ""
    return SettingsError(f"{name}: {first['msg'].lower()}.", f"Correct it in .env or the environment{hint}.")
