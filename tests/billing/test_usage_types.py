"""Truth 8: what a usage type and its operation say; what no rule knows is kept as "unmapped"."""

import pytest

from core.billing.usage_types import CLOUDFRONT, S3, UNMAPPED, Usage, classify, split_region

EC2 = "Amazon Elastic Compute Cloud"


@pytest.mark.parametrize(
    ("usage_type", "region", "core"),
    [
        ("TimedStorage-ByteHrs", None, "TimedStorage-ByteHrs"),
        ("USE1-TimedStorage-ByteHrs", "us-east-1", "TimedStorage-ByteHrs"),
        ("USW2-Requests-Tier1", "us-west-2", "Requests-Tier1"),
        ("EU-TimedStorage-ByteHrs", "eu-west-1", "TimedStorage-ByteHrs"),
        ("EUC1-DataTransfer-Out-Bytes", "eu-central-1", "DataTransfer-Out-Bytes"),
        ("USE1-EUC1-AWS-Out-Bytes", "us-east-1", "AWS-Out-Bytes"),
        ("EU-USE1-AWS-In-Bytes", "eu-west-1", "AWS-In-Bytes"),
        ("us-east-1-KMS-Requests", "us-east-1", "KMS-Requests"),
        ("ap-southeast-2-KMS-Requests", "ap-southeast-2", "KMS-Requests"),
        ("Global-CloudFrontPlan-Pro", None, "CloudFrontPlan-Pro"),
        ("BoxUsage:t3.micro", None, "BoxUsage:t3.micro"),
        ("EU", None, "EU"),
        ("", None, ""),
    ],
)
def test_a_region_may_stand_before_the_type(usage_type: str, region: str | None, core: str):
    assert split_region(usage_type) == (region, core)


@pytest.mark.parametrize(
    ("usage_type", "operation", "family", "storage_class"),
    [
        ("TimedStorage-ByteHrs", "StandardStorage", "storage", "STANDARD"),
        ("EUC1-TimedStorage-SIA-ByteHrs", "StandardIAStorage", "storage", "STANDARD_IA"),
        ("TimedStorage-ZIA-ByteHrs", "OneZoneIAStorage", "storage", "ONEZONE_IA"),
        ("TimedStorage-GIR-ByteHrs", "GlacierInstantRetrievalStorage", "storage", "GLACIER_IR"),
        ("TimedStorage-GlacierByteHrs", "GlacierStorage", "storage", "GLACIER"),
        ("TimedStorage-GDA-ByteHrs", "DeepArchiveStorage", "storage", "DEEP_ARCHIVE"),
        *(
            (f"TimedStorage-INT-{tier}-ByteHrs", "IntelligentTieringStorage", "storage", "INTELLIGENT_TIERING")
            for tier in ("FA", "IA", "AIA", "AA", "DAA")
        ),
        ("TimedStorage-ByteHrs", "GlacierS3ObjectOverhead", "storage overhead", "GLACIER"),
        ("TimedStorage-ByteHrs", "DeepArchiveS3ObjectOverhead", "storage overhead", "DEEP_ARCHIVE"),
        ("TimedStorage-ByteHrs", "DeepArchiveRestoreObjectStorage", "restored copies", "DEEP_ARCHIVE"),
        ("TimedStorage-SIA-SmObjects", "StandardIASizeOverhead", "storage minimum size", "STANDARD_IA"),
        ("TimedStorage-GIR-SmObjects", "GlacierInstantRetrievalSizeOverhead", "storage minimum size", "GLACIER_IR"),
        ("TimedStorage-GlacierStaging", "GlacierStagingStorage", "unfinished uploads", "GLACIER"),
        ("EarlyDelete-SIA", "", "early deletion", "STANDARD_IA"),
        ("EarlyDelete-ByteHrs", "", "early deletion", None),
        ("Retrieval-SIA", "GetObject", "retrieval", "STANDARD_IA"),
        ("Retrieval-GIR", "GetObject", "retrieval", "GLACIER_IR"),
        ("Retrieval-ZIA", "GetObject", "retrieval", "ONEZONE_IA"),
        ("Requests-Tier1", "PutObject", "requests", None),
        ("Requests-Tier2", "GetObject", "requests", None),
        ("Requests-SIA-Tier1", "PutObject", "requests", "STANDARD_IA"),
        ("Requests-GIR-Tier2", "GetObject", "requests", "GLACIER_IR"),
        ("DataTransfer-Out-Bytes", "GetObject", "transfer out", None),
        ("EUC1-DataTransfer-Out-Bytes", "GetObject", "transfer out", None),
        ("EU-CloudFront-Out-Bytes", "GetObject", "transfer to CloudFront", None),
        ("USE1-EUC1-AWS-Out-Bytes", "GetObject", "transfer between regions", None),
        ("Tables-TimedStorage-ByteHrs", "StandardStorage", UNMAPPED, None),
        ("SomethingNew-2027", "", UNMAPPED, None),
    ],
)
def test_s3(usage_type: str, operation: str, family: str, storage_class: str | None):
    usage = classify(S3, usage_type, operation)
    assert (usage.family, usage.storage_class) == (family, storage_class)


@pytest.mark.parametrize(
    ("usage_type", "family"),
    [
        *(
            (f"{place}-DataTransfer-Out-Bytes", "transfer out")
            for place in ["US", "CA", "EU", "JP", "AU", "AP", "IN", "SA", "ME", "ZA"]
        ),
        ("EU-DataTransfer-Out-OBytes", "transfer to origin"),
        ("US-Requests-Tier1", "requests"),
        ("JP-Requests-Tier2-HTTPS", "requests"),
        ("AP-Requests-HTTP-Proxy", "requests"),
        ("AP-Requests-HTTPS-Proxy", "requests"),
        ("IN-Requests-OriginShield", "origin shield"),
        ("Invalidations", "invalidations"),
        ("Global-CloudFrontPlan-Business", "flat-rate plan"),
        ("US-SomethingNew", UNMAPPED),
    ],
)
def test_cloudfront(usage_type: str, family: str):
    assert classify(CLOUDFRONT, usage_type, None).family == family


def test_cloudfronts_price_regions_are_no_aws_regions():
    assert classify(CLOUDFRONT, "EU-DataTransfer-Out-Bytes", None) == Usage("transfer out", None, None)


def test_other_services_transfer_is_told_and_the_rest_is_theirs_or_unmapped():
    assert classify(EC2, "EUC1-DataTransfer-Out-Bytes", "RunInstances").family == "transfer out"
    assert classify(EC2, "EUC1-BoxUsage:t3.micro", "RunInstances") == Usage("compute", None, "eu-central-1")
    assert classify("Amazon Braket", "EUC1-Task", None) == Usage(UNMAPPED, None, "eu-central-1")


@pytest.mark.parametrize(
    ("usage_type", "family"),
    [
        ("Plan", "plan"),
        ("Storage Size", "storage"),
        ("Egress", "transfer out"),
        ("Cached Egress", "transfer out, cached"),
        ("Realtime Messages", UNMAPPED),
    ],
)
def test_supabase(usage_type: str, family: str):
    assert classify("Supabase Storage", usage_type, None).family == family
