"""Usage types: what an AWS usage type and operation say about a charge."""

import re
from dataclasses import dataclass
from functools import cache

from core.billing.prices import load_prices

#: For a usage type that no rule knows: kept and shown, never dropped.
UNMAPPED = "unmapped"

S3 = "Amazon Simple Storage Service"
CLOUDFRONT = "Amazon CloudFront"

_SUPABASE = {
    "Plan": "plan",
    "Storage Size": "storage",
    "Egress": "transfer out",
    "Cached Egress": "transfer out, cached",
}


@dataclass(frozen=True)
class Usage:
    """What a usage type says."""

    family: str
    storage_class: str | None = None  #: S3's own name for it; None where the type does not tell
    region: str | None = None  #: None where the type does not tell


_CLASSES = {
    "ByteHrs": "STANDARD",
    "SIA-ByteHrs": "STANDARD_IA",
    "ZIA-ByteHrs": "ONEZONE_IA",
    "GIR-ByteHrs": "GLACIER_IR",
    "GlacierByteHrs": "GLACIER",
    "GDA-ByteHrs": "DEEP_ARCHIVE",
    "RRS-ByteHrs": "REDUCED_REDUNDANCY",
    "XZ-ByteHrs": "EXPRESS_ONEZONE",
}
_SHORT_CLASSES = {
    "SIA": "STANDARD_IA",
    "ZIA": "ONEZONE_IA",
    "GIR": "GLACIER_IR",
    "Glacier": "GLACIER",
    "GLACIER": "GLACIER",
    "GDA": "DEEP_ARCHIVE",
    "INT": "INTELLIGENT_TIERING",
    "XZ": "EXPRESS_ONEZONE",
}
_OPERATION_CLASSES = {
    "Standard": "STANDARD",
    "StandardIA": "STANDARD_IA",
    "OneZoneIA": "ONEZONE_IA",
    "IntelligentTiering": "INTELLIGENT_TIERING",
    "Int": "INTELLIGENT_TIERING",
    "GlacierInstantRetrieval": "GLACIER_IR",
    "Glacier": "GLACIER",
    "DeepArchive": "DEEP_ARCHIVE",
    "ReducedRedundancy": "REDUCED_REDUNDANCY",
}
_TIER = "(?:-[A-Z]{2,3})?"  # Intelligent-Tiering's FA, IA, AIA, AA, DAA
_CLASS = "(SIA|ZIA|GIR|Glacier|GLACIER|GDA|INT|XZ)"

#: Core usage type of S3, whole: the family it belongs to; group 1 is the storage class's short name.
_S3_RULES = [
    (re.compile(pattern), family)
    for pattern, family in [
        (rf"TimedStorage-{_CLASS}{_TIER}-SmObjects", "storage minimum size"),
        (rf"(?:TimedStorage|EarlyDelete)-{_CLASS}?-?Staging", "unfinished uploads"),
        (rf"TimedStorage-(INT){_TIER}-ByteHrs", "storage"),
        (rf"EarlyDelete-{_CLASS}?.*", "early deletion"),
        (rf"Retrieval-{_CLASS}?.*", "retrieval"),
        (rf"Requests-{_CLASS}-?.*", "requests"),
        (r"Requests-Tier\d+", "requests"),
        (r"(?:Select-(?:Scanned|Returned)|.*Retrieval).*-Bytes", "retrieval"),
        (
            r"(?:Monitoring-Automation|Inventory|StorageAnalytics|StorageLens|TagStorage|BatchOperations).*",
            "management",
        ),
        (r"CloudFront-Out-Bytes", "transfer to CloudFront"),
        (r"CloudFront-In-Bytes", "transfer in"),
        (r"DataTransfer-Out-(?:ABytes|Bytes)|C3DataTransfer-Out-Bytes", "transfer out"),
        (r"DataTransfer-In-(?:ABytes|Bytes)|C3DataTransfer-In-Bytes", "transfer in"),
        (r"DataTransfer-Regional-Bytes", "transfer within region"),
        (r"AWS-(?:Out|In)-(?:ABytes|Bytes).*", "transfer between regions"),
        (r"(?:S3RTC|S3G|ABytes).*|.*ABytes.*", "acceleration and replication"),
    ]
]
_CLOUDFRONT_RULES = [
    (re.compile(pattern), family)
    for pattern, family in [
        (r"DataTransfer-Out-Bytes", "transfer out"),
        (r"DataTransfer-Out-OBytes", "transfer to origin"),
        (r"Requests-(?:Tier1|Tier2-HTTPS|HTTP-Proxy|HTTPS-Proxy|.*QUIC.*)", "requests"),
        (r"Requests-.*OriginShield|.*OriginShield.*", "origin shield"),
        (r"Invalidations", "invalidations"),
        (r"(?:Executions|Lambda-).*|.*(?:Function|KeyValueStore).*", "edge functions"),
        (r".*(?:RealTimeLog|StandardLog|Logs).*", "logs"),
        (r"CloudFrontPlan.*", "flat-rate plan"),
        (r"SSL-Cert-Custom|.*Cert.*", "certificates"),
    ]
]
#: What a whole service is for, by how its name begins.
_SERVICE_FAMILIES = {
    "AWS Elemental MediaConvert": "transcoding",
    "AWS Lambda": "functions",
    "AmazonCloudWatch": "monitoring",
    "AWS CloudTrail": "monitoring",
    "AWS Key Management Service": "encryption keys",
    "AWS Support": "support",
    "Amazon Athena": "queries",
    "Amazon Route 53": "name service",
    "AWS WAF": "firewall",
    "Amazon Elastic Compute Cloud": "compute",
}

#: Price regions of CloudFront, which look like region prefixes and are not.
_CLOUDFRONT_PREFIXES = frozenset(["US", "CA", "EU", "JP", "AU", "AP", "IN", "SA", "ME", "ZA", "MX", "IL", "KR"])
_REGION_ID = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)-(.+)")


@cache
def classify(service_name: str, usage_type: str, operation: str | None) -> Usage:
    """What the usage type of a service says; the family is "unmapped" where no rule knows it."""
    if service_name.startswith("Supabase"):
        return Usage(_SUPABASE.get(usage_type, UNMAPPED))
    if service_name == CLOUDFRONT or "CloudFrontPlan" in usage_type:
        return Usage(_family(_CLOUDFRONT_RULES, _without_price_region(usage_type))[0])
    region, core = split_region(usage_type)
    if service_name == S3:
        family, storage_class = _s3(core, operation or "")
        return Usage(family, storage_class, region)
    return Usage(_general_family(service_name, core), None, region)


def split_region(usage_type: str) -> tuple[str | None, str]:
    """(region, core) of `[region-]core`; the region is None where there is no prefix."""
    if found := _REGION_ID.fullmatch(usage_type):
        return found[1], found[2]
    prefixes = load_prices().region_prefixes
    head, _, core = usage_type.partition("-")
    if head == "Global":
        return None, core
    if head not in prefixes or not core:
        return None, usage_type
    other, _, rest = core.partition("-")  # R1-R2-AWS-Out-Bytes: from R1 to R2
    return prefixes[head], rest if other in prefixes and rest else core


def _without_price_region(usage_type: str) -> str:
    head, _, core = usage_type.partition("-")
    return core if core and (head in _CLOUDFRONT_PREFIXES or head == "Global") else usage_type


def _s3(core: str, operation: str) -> tuple[str, str | None]:
    if found := re.fullmatch(r"TimedStorage-(.+)", core):
        if "Overhead" in operation and not found[1].endswith("SmObjects"):  # padding calls itself SizeOverhead
            return "storage overhead", _operation_class(operation)
        if "Restore" in operation:
            return "restored copies", _operation_class(operation)
        if storage_class := _CLASSES.get(found[1]):
            return "storage", storage_class
    family, short = _family(_S3_RULES, core)
    return family, _SHORT_CLASSES.get(short or "")


def _operation_class(operation: str) -> str | None:
    known = [name for name in _OPERATION_CLASSES if operation.startswith(name)]
    return _OPERATION_CLASSES[max(known, key=len)] if known else None


def _general_family(service_name: str, core: str) -> str:
    """Transfer is billed alike by every service; the rest of a service is one family."""
    for pattern, family in _S3_RULES:
        if "transfer" in family and pattern.fullmatch(core):
            return family
    return next((family for start, family in _SERVICE_FAMILIES.items() if service_name.startswith(start)), UNMAPPED)


def _family(rules: list[tuple[re.Pattern[str], str]], core: str) -> tuple[str, str | None]:
    for pattern, family in rules:
        if found := pattern.fullmatch(core):
            return family, found[1] if pattern.groups else None
    return UNMAPPED, None
