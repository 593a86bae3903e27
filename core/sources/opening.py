"""Opening: the source at an address."""

from core.settings import Settings
from core.sources.source import Source, open_folder


def open_source(address: str, settings: Settings) -> Source:
    """A folder, or `s3://bucket/prefix`. Raises SourceUnreachable where there can be none."""
    if not address.startswith("s3://"):
        return open_folder(address, settings.phyght_home)
    from core.sources.s3_source import open_prefix  # here, because boto3 takes a fifth of a second to import

    return open_prefix(address, settings)
