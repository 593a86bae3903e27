"""Pools: what a line of the bill pays for, and by which measure that is shared out over the videos."""

from enum import StrEnum

from core.billing.usage_types import CLOUDFRONT, S3


class Pool(StrEnum):
    """What a charge pays for; each is in exactly one."""

    STORAGE = "storage"  #: bytes kept, with padding, overheads, early deletion and monitoring
    EGRESS = "egress"  #: bytes that CloudFront sent to viewers
    CDN_REQUESTS = "CDN requests"
    ORIGIN = "origin fetch"  #: what CloudFront and others read from buckets
    RETRIEVAL = "retrieval"  #: reading from classes that charge for it
    S3_EGRESS = "S3 egress"  #: bytes that left a bucket past the CDN
    PUTS = "puts"  #: writing, listing, moving between classes
    TRANSCODE = "transcode"
    OVERHEAD = "overhead"  #: keys, monitoring, name service ...
    SUPABASE_STORAGE = "Supabase storage"  #: with the plan's fee
    SUPABASE_EGRESS = "Supabase egress"
    TAX = "tax"
    CREDITS = "credits"  #: with refunds and discounts
    FEES = "fees"  #: with support and adjustments
    OTHER = "other"  #: nobody knows what for


class Measure(StrEnum):
    """What a pool is shared out by; whole numbers each."""

    STORED = "bytes stored"  #: byte-days: what lay there on each day, added up
    DELIVERED = "bytes delivered"
    REQUESTED = "requests"
    FETCHED = "bytes read from the bucket"
    MISSED = "bytes missed by the CDN"
    TAKEN = "bytes taken past the CDN"
    WRITTEN = "writing requests"
    ENCODED = "seconds encoded"
    FOLLOWED = "cost of the rest"  #: in units of 1e-10 of the currency
    NOTHING = "nothing"


#: Pools that are shared out by what the others came to.
FOLLOWING = (Pool.TAX, Pool.CREDITS, Pool.FEES)

_SUPABASE = "provider_name = 'Supabase'"
_S3, _CLOUDFRONT = f"service_name = '{S3}'", f"service_name = '{CLOUDFRONT}'"
_USAGE = "charge_category = 'usage'"
_KEEPING = ("storage", "storage overhead", "storage minimum size", "early deletion", "restored copies")
_ANSWERING = ("requests", "transfer to origin", "origin shield", "edge functions", "logs")
_RUNNING_BUCKETS = (
    "management",
    "transfer in",
    "transfer within region",
    "transfer between regions",
    "acceleration and replication",
)
_RUNNING_ALL = ("monitoring", "encryption keys", "queries", "name service", "firewall", "functions")


def _family(*names: str) -> str:
    return f"usage_family IN ({', '.join(repr(name) for name in names)})"


#: The first rule that holds tells the pool, and the measure. A plan's fee is what storing and sending costs there;
#: any other charge that is no usage follows what it is charged on.
_RULES: tuple[tuple[str, Pool, Measure], ...] = (
    (f"{_SUPABASE} AND {_family('plan')}", Pool.SUPABASE_STORAGE, Measure.STORED),
    (_family("flat-rate plan"), Pool.EGRESS, Measure.DELIVERED),
    ("charge_category = 'tax'", Pool.TAX, Measure.FOLLOWED),
    ("charge_category IN ('credit', 'refund', 'discount')", Pool.CREDITS, Measure.FOLLOWED),
    (f"NOT coalesce({_USAGE}, false) OR {_family('support')}", Pool.FEES, Measure.FOLLOWED),
    (f"{_SUPABASE} AND {_family('storage')}", Pool.SUPABASE_STORAGE, Measure.STORED),
    (f"{_SUPABASE} AND {_family('transfer out', 'transfer out, cached')}", Pool.SUPABASE_EGRESS, Measure.STORED),
    (f"{_CLOUDFRONT} AND {_family('transfer out')}", Pool.EGRESS, Measure.DELIVERED),
    (f"{_CLOUDFRONT} AND {_family(*_ANSWERING)}", Pool.CDN_REQUESTS, Measure.REQUESTED),
    (f"{_CLOUDFRONT} AND {_family('invalidations', 'certificates')}", Pool.OVERHEAD, Measure.FOLLOWED),
    (f"{_S3} AND {_family(*_KEEPING)}", Pool.STORAGE, Measure.STORED),
    (f"{_S3} AND usage_type LIKE '%Monitoring-Automation-INT%'", Pool.STORAGE, Measure.STORED),
    (f"{_S3} AND {_family('unfinished uploads')}", Pool.STORAGE, Measure.NOTHING),
    (f"{_S3} AND {_family('retrieval')}", Pool.RETRIEVAL, Measure.FETCHED),
    (f"{_S3} AND {_family('transfer to CloudFront')}", Pool.ORIGIN, Measure.FETCHED),
    (f"{_S3} AND {_family('transfer out')}", Pool.S3_EGRESS, Measure.TAKEN),
    (f"{_S3} AND {_family('requests')} AND usage_type LIKE '%-Tier1'", Pool.PUTS, Measure.WRITTEN),
    (f"{_S3} AND {_family('requests')} AND usage_type LIKE '%-Tier2'", Pool.ORIGIN, Measure.FETCHED),
    (f"{_S3} AND {_family(*_RUNNING_BUCKETS)}", Pool.OVERHEAD, Measure.FOLLOWED),
    (_family("transcoding"), Pool.TRANSCODE, Measure.ENCODED),
    (_family(*_RUNNING_ALL), Pool.OVERHEAD, Measure.FOLLOWED),
    ("true", Pool.OTHER, Measure.NOTHING),
)


def _cases(results: list[str]) -> str:
    whens = [f"WHEN {condition} THEN {result}" for (condition, _, _), result in zip(_RULES, results, strict=True)]
    return f"CASE {' '.join(whens)} END"


#: Number of a charge's rule, as SQL on `resource_charges`.
RULE = _cases([str(number) for number in range(len(_RULES))])
#: Each rule's number, pool and measure, as SQL.
RULES = "VALUES " + ", ".join(f"({number}, '{pool}', '{measure}')" for number, (_, pool, measure) in enumerate(_RULES))
#: The bucket or distribution that a charge is for, as SQL; empty where the bill names none, or nothing depends on it.
PLACE = f"""CASE
    WHEN {_S3} THEN regexp_replace(coalesce(resource_id, ''), '^arn:[^:]*:s3:::', '')
    WHEN ({_CLOUDFRONT} OR {_family("flat-rate plan")}) AND resource_id LIKE 'arn:%'
        THEN regexp_extract(resource_id, 'distribution/([^/]+)$', 1)
    WHEN {_CLOUDFRONT} OR {_family("flat-rate plan")} THEN coalesce(resource_id, '')
    ELSE '' END"""
#: The storage class, or CloudFront's price region, that a charge is for, as SQL; empty where it names none.
KIND = f"""CASE
    WHEN {_S3} AND usage_type LIKE '%Monitoring-Automation-INT%' THEN 'INTELLIGENT_TIERING'
    WHEN {_S3} AND {_family("requests")} AND usage_type LIKE '%-Tier2' THEN ''
    WHEN {_S3} THEN coalesce(storage_class, '')
    WHEN {_CLOUDFRONT} AND {_family("transfer out", "requests")}
        THEN regexp_extract(usage_type, '^(US|CA|EU|JP|AU|AP|IN|SA|ME|ZA|MX|IL|KR)-', 1)
    ELSE '' END"""
