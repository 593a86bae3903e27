"""Meanings: one name for what providers write in several ways."""

from core.billing.usage_types import CLOUDFRONT, S3

#: AWS product codes, which tax and credit lines carry even where no product name stands.
_AWS_SERVICES = {
    "AmazonS3": S3,
    "AmazonCloudFront": CLOUDFRONT,
    "CloudFrontPlans": CLOUDFRONT,
    "AmazonS3GlacierDeepArchive": S3,
    "AmazonGlacier": "Amazon S3 Glacier",
    "AmazonEC2": "Amazon Elastic Compute Cloud",
    "AmazonECS": "Amazon Elastic Container Service",
    "AmazonEKS": "Amazon Elastic Container Service for Kubernetes",
    "AmazonECR": "Amazon EC2 Container Registry (ECR)",
    "AmazonEFS": "Amazon Elastic File System",
    "AmazonRDS": "Amazon Relational Database Service",
    "AmazonDynamoDB": "Amazon DynamoDB",
    "AmazonElastiCache": "Amazon ElastiCache",
    "AmazonRedshift": "Amazon Redshift",
    "AmazonAthena": "Amazon Athena",
    "AmazonCloudWatch": "AmazonCloudWatch",
    "AmazonVPC": "Amazon Virtual Private Cloud",
    "AmazonRoute53": "Amazon Route 53",
    "AmazonApiGateway": "Amazon API Gateway",
    "AmazonSNS": "Amazon Simple Notification Service",
    "AmazonSES": "Amazon Simple Email Service",
    "AmazonKinesis": "Amazon Kinesis",
    "AmazonKinesisFirehose": "Amazon Kinesis Firehose",
    "AmazonLightsail": "Amazon Lightsail",
    "AmazonStates": "AWS Step Functions",
    "AmazonMQ": "Amazon MQ",
    "AWSQueueService": "Amazon Simple Queue Service",
    "AWSELB": "Elastic Load Balancing",
    "AWSLambda": "AWS Lambda",
    "AWSGlue": "AWS Glue",
    "AWSCloudTrail": "AWS CloudTrail",
    "AWSConfig": "AWS Config",
    "AWSDataTransfer": "AWS Data Transfer",
    "AWSElementalMediaConvert": "AWS Elemental MediaConvert",
    "AWSElementalMediaLive": "AWS Elemental MediaLive",
    "AWSElementalMediaPackage": "AWS Elemental MediaPackage",
    "AWSSecretsManager": "AWS Secrets Manager",
    "AWSSystemsManager": "AWS Systems Manager",
    "AWSCostExplorer": "AWS Cost Explorer",
    "AWSCertificateManager": "AWS Certificate Manager",
    "AWSShield": "AWS Shield",
    "AWSEvents": "CloudWatch Events",
    "AWSSupportBusiness": "AWS Support (Business)",
    "AWSSupportDeveloper": "AWS Support (Developer)",
    "AWSSupportEnterprise": "AWS Support (Enterprise)",
    "AWSMarketplace": "AWS Marketplace",
    "awskms": "AWS Key Management Service",
    "awswaf": "AWS WAF",
    "ComputeSavingsPlans": "Savings Plans for AWS Compute usage",
}

_PROVIDERS = {
    "aws": "AWS",
    "amazon web services": "AWS",
    "amazon web services, inc.": "AWS",
    "amazon": "AWS",
    "microsoft azure": "Microsoft",
    "azure": "Microsoft",
    "google cloud platform": "Google Cloud",
    "gcp": "Google Cloud",
    "oracle cloud infrastructure": "Oracle",
    "oci": "Oracle",
}

_CATEGORIES = {
    # FOCUS
    "purchase": "fee",
    "adjustment": "adjustment",
    # CUR; a plan's negation takes back usage that the plan covers
    "discountedusage": "usage",
    "savingsplancoveredusage": "usage",
    "savingsplannegation": "usage",
    "rifee": "fee",
    "savingsplanrecurringfee": "fee",
    "savingsplanupfrontfee": "fee",
    "flatratesubscription": "fee",
}
_PLAIN = ("usage", "tax", "credit", "refund", "fee")


def provider_name(stated: str | None) -> str | None:
    """The provider under one name: "Amazon Web Services, Inc." is AWS."""
    return _PROVIDERS.get((stated or "").lower(), stated)


def spellings(provider: str) -> list[str]:
    """What a provider is called in bills, in small letters."""
    return [provider.lower(), *(stated for stated, name in _PROVIDERS.items() if name == provider)]


def service_name(code: str | None, stated: str | None) -> str | None:
    """The service under the name that FOCUS uses; by its code where that is known."""
    return _AWS_SERVICES.get(code or "") or stated or code


def is_known_service(code: str | None) -> bool:
    """Whether the code alone tells the name."""
    return code in _AWS_SERVICES


def charge_category(line_item_type: str | None) -> str:
    """usage, tax, credit, refund, discount, fee or adjustment; "other" for a type not known yet."""
    plain = (line_item_type or "").lower()
    if plain in _PLAIN:
        return plain
    if plain.endswith("discount"):
        return "discount"
    return _CATEGORIES.get(plain, "other")
