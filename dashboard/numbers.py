"""Numbers: how each figure on screen is made, as docs/numbers.md says it."""

import re
from enum import StrEnum
from functools import cache
from pathlib import Path

_PAGE = Path(__file__).parent.parent / "docs" / "numbers.md"
_SECTION = re.compile(r"^## (.+)\n((?:(?!^## ).*\n?)*)", re.MULTILINE)


class Number(StrEnum):
    """A figure, by the heading that explains it."""

    BILLED = "Billed cost"
    EFFECTIVE = "Effective cost"
    LIST = "List cost"
    SO_FAR = "Spend so far"
    LAST_MONTH = "Last full month"
    STORED = "Bytes stored"
    PER_TIB = "Cost per TiB stored"
    DAILY = "Daily spend"
    SHARE = "Share"
    CHANGE = "Change"
    DRIVERS = "What changed"
    RESTATEMENT = "Restatement"
    KEEPING = "Cost of keeping a video"
    PER_VIDEO = "Cost of a video"
    RECONCILIATION = "As billed"
    RUNNING = "This month until now"
    BUDGET = "Budget"
    MONTH_END = "Month-end forecast"
    FORECAST_ACCURACY = "Accuracy of forecasts"
    WHAT_IF = "What if"
    ODD_DAYS = "Odd days"
    ODD_DAY_CAUSES = "Causes of an odd day"
    PACKAGING_SAVED = "Saved by packaging"
    DATA_AGE = "Data age"
    COMPLETENESS = "Completeness"
    UPLOADED = "Uploaded"
    UPLOAD_SUCCESS = "Upload success"
    UPLOAD_SPEED = "Upload speed"
    MONTHLY_STORAGE = "Cost a month"
    LATENCY = "Storage latency"
    MOVED = "Videos moved"
    MOVE_SPEED = "Migration speed"
    TIME_LEFT = "Time left"
    MOVE_COST = "Cost of a move"
    MOVE_SAVING = "Saved by a move"
    PAYBACK = "Pay-back"
    MOVE_TIME = "Time of a move"
    CACHE_HIT_RATIO = "Cache hit ratio"
    ERROR_RATES = "Error rates"
    TIME_TO_FIRST_BYTE = "Time to first byte"
    DELIVERY_SPEED = "Delivery speed"
    WORST_EDGES = "Worst edges"
    REQUESTS = "Requests"
    BYTES_SENT = "Bytes sent"
    OBJECTS_IN_STORAGE = "Objects in storage"
    BUCKET_REQUESTS = "Requests to a bucket"
    CLOUDWATCH_METRICS = "CloudWatch metrics"
    STARTUP_TIME = "Start-up time"
    REBUFFERING = "Rebuffering ratio"
    STALLS = "Stalls an hour"
    EBVS = "Left before the start"
    PLAYBACK_FAILURES = "Playback failures"
    VIEWS = "Views"
    UNIQUE_SESSIONS = "Unique sessions"
    WATCH_TIME = "Watch time"
    COMPLETION = "Still watching"
    QUALITY_SERVED = "Quality served"
    VIEWERS_AT_ONCE = "Viewers at once"
    EVENT_NIGHTS = "Event nights"
    GOING_COLD = "Going cold"
    BACKUPS = "Backups proven"
    COPYING = "How far copying is"
    OUTSIDE = "Objects outside their region"
    THREATENED = "Videos on hold that a rule removes"
    ALERTS = "Alerts"
    DIGEST = "Week's digest"
    POLICY_COST = "Cost of a policy"
    TIMES_OPTIMUM = "Times the optimum"
    WORST_MONTH = "Worst month"
    DELAYED = "Videos delayed"
    SAVED_MONTHLY = "Saved a month"
    SAVED_IN_ALL = "Saved in all"
    PAID_ONCE = "Paid once"
    PAYS_UNTIL = "Pays until"
    SAVED_IN_WORST = "Saved in the worst month"
    SAVED_IF_DOUBLED = "Saved if reads double"
    CONFIDENCE = "Confidence"
    SAVED_SO_FAR = "Saved so far"
    RULE_SAVING = "Saved by a lifecycle rule"


def explanation(number: Number) -> str:
    """How it is made, as Markdown: what it is, formula, unit, source, delay."""
    return _sections()[number]


def summary(number: Number) -> str:
    """What it is, in the first sentence."""
    return explanation(number).splitlines()[0]


@cache
def _sections() -> dict[str, str]:
    return {title: body.strip() for title, body in _SECTION.findall(_PAGE.read_text())}
