"""Buckets: where the platform keeps bytes on S3, and how bills name what happens there."""

from dataclasses import dataclass
from functools import cached_property

from core.demo.lines import EU, PRODUCTION_ACCOUNT, STAGING_ACCOUNT, US, Item, Product

PRODUCT = Product("AmazonS3", "Amazon Simple Storage Service")


@dataclass(frozen=True)
class Bucket:
    """A bucket, and what its resource tags say."""

    name: str
    region: str = US
    content: str = ""
    team: str = "media"
    environment: str = "production"
    request_class: str = ""  #: `INT-` where its objects are in Intelligent-Tiering
    origin_share: float = 0.0  #: of what CloudFront fetches

    @cached_property
    def tags(self) -> tuple[tuple[str, str], ...]:
        tags = {"content": self.content, "environment": self.environment, "team": self.team}
        return tuple((key, value) for key, value in tags.items() if value)

    def item(self, core: str, operation: str, unit: str, family: str, **attributes: str) -> Item:
        """Something billed for this bucket; in us-east-1 usage types have no prefix."""
        return Item(
            product=PRODUCT,
            usage_type=core if self.region == US else f"EU-{core}",
            operation=operation,
            unit=unit,
            family=family,
            region=self.region,
            resource=self.name,
            account=STAGING_ACCOUNT if self.environment == "staging" else PRODUCTION_ACCOUNT,
            tags=self.tags,
            attributes=tuple(attributes.items()),
        )


ORIGINALS = Bucket("phyght-originals", content="originals")
UPLOADS = Bucket("phyght-uploads", content="originals")
LOGS = Bucket("phyght-logs", team="platform")
STAGING = Bucket("phyght-staging-media", environment="staging")
BUCKETS = {
    bucket.name: bucket
    for bucket in (
        ORIGINALS,
        Bucket("phyght-originals-eu", EU, content="originals"),
        Bucket("phyght-renditions", content="renditions", request_class="INT-", origin_share=0.84),
        Bucket("phyght-renditions-eu", EU, content="renditions", request_class="INT-", origin_share=0.13),
        Bucket("phyght-thumbnails", content="thumbnails", team="web", origin_share=0.03),
        UPLOADS,
        LOGS,
        STAGING,
    )
}
