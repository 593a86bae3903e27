"""Names: text from data, shortened, and made to show itself and do nothing else."""

import html
import re

#: A value that is stated, and empty.
BLANK = "(blank)"
_SHORT = {
    "": BLANK,
    "Amazon Simple Storage Service": "S3",
    "AWS Key Management Service": "KMS",
    "AWS Elemental MediaConvert": "MediaConvert",
    "AWS Support (Developer)": "Support",
    "Amazon Elastic Compute Cloud": "EC2",
    "Amazon Relational Database Service": "RDS",
    "STANDARD": "Standard",
    "STANDARD_IA": "Standard-IA",
    "ONEZONE_IA": "One Zone-IA",
    "INTELLIGENT_TIERING": "Intelligent-Tiering",
    "GLACIER_IR": "Glacier Instant",
    "GLACIER": "Glacier Flexible",
    "DEEP_ARCHIVE": "Glacier Deep Archive",
}
_PROVIDERS = {"s3": "S3", "supabase": "Supabase", "local": "This machine"}
#: The demo's folders, by what they stand for.
_DEMO_FOLDERS = {"demo-supabase": "Supabase (demo)", "demo-s3": "S3 (demo)"}
#: Stops Markdown from making a link or a symbol of text; takes no space.
_JOINER = "\u2060"
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")  # those that may be broken at
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_LINK_STARTS = re.compile(r"(www|[:@])", re.IGNORECASE)


def markdown(text: str) -> str:
    """Text from data as Markdown that shows it and does nothing else: no links, no styles, no symbols."""
    escaped = _PUNCTUATION.sub(r"\\\1", _SPACES.sub(" ", text).strip())
    return _LINK_STARTS.sub(rf"\1{_JOINER}", escaped)


def plotly(text: str) -> str:
    """Text from data as Plotly text that shows it: Plotly reads some HTML in labels."""
    return html.escape(text, quote=False)


def label(text: str) -> str:
    """A name from a bill, short enough for a legend: S3, CloudFront, Elemental MediaConvert."""
    if text in _SHORT:
        return _SHORT[text]
    if text.startswith("arn:") and text.count(":") >= 5:
        return shortened(text.split(":", 5)[5], 22)
    return shortened(re.sub(r"^(Amazon|AWS) ?", "", text) or text, 22)


def shortened(text: str, length: int = 28) -> str:
    """At most that many characters; the middle gives way, as names of resources differ at both ends."""
    if len(text) <= length:
        return text
    head = (length - 1) // 2
    return f"{text[:head]}…{text[head + 1 - length :]}"


def two_lines(text: str, length: int) -> list[str]:
    """Text that is longer than a line as two of them, the second one shortened: titles differ at both ends."""
    cut = text.rfind(" ", 0, length + 1)
    if len(text) <= length or cut <= 0:
        return [shortened(text, length)]
    return [text[:cut], shortened(text[cut + 1 :], length)]


def capital(text: str) -> str:
    """The same, beginning large; what is written large within stays so."""
    return f"{text[:1].upper()}{text[1:]}"


def place(provider: str, bucket: str) -> str:
    """A bucket with what commands call it, as Markdown; the bucket alone where it is called the same."""
    return f"**{markdown(bucket)}**{'' if bucket == provider else f' :gray[({markdown(provider)})]'}"


def sentence(text: str) -> str:
    """Text that a library wrote, as a sentence: it begins large and ends with a full stop."""
    ended = text if text.endswith((".", "!", "?", ":")) else f"{text}."
    return capital(ended) if text else ""


def export(name: str) -> str:
    """An export or source as people call it: the last parts of its address."""
    parts = [part for part in name.removeprefix("s3://").split("/") if part]
    return "/".join(parts[-2:]) or name


def provider(name: str) -> str:
    """A storage provider as people call it: S3, S3 EU, Supabase, This machine."""
    if name in _DEMO_FOLDERS:
        return _DEMO_FOLDERS[name]
    first, _, residency = name.partition("-")
    return f"{_PROVIDERS.get(first, first)} {residency.upper()}".strip()
