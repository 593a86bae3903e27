"""Links: recognise what a viewer comes with, our own links and every form that Supabase Storage ever gave out."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from core.errors import VideoNotFound

LONGEST = 4_096
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,99}")
_HOST = re.compile(r"[a-z0-9.-]+(:\d+)?/", re.IGNORECASE)
#: Pages of the app that show a video; the latter one did.
_PAGES = ("/video", "/library")
_OURS = re.compile(r"(?:/v|/watch)/([^/]*)/?")
#: A whole link behind ours, as somebody may have put it there; proxies make one slash of two.
_NESTED = re.compile(r"/v/(https?):/{1,2}(.+)", re.DOTALL)
_OPENINGS = (r"(?:/v)?(?:/storage/v1)?", r".*?/storage/v1")  # the host's own path may come before
_FORMS = (
    r"/(?P<form>object|render/image)(?:/info)?/(?:public|sign|authenticated)/(?P<bucket>[^/]+)/(?P<key>.+)",
    r"/(?P<form>s3)/(?P<bucket>[^/]+)/(?P<key>.+)",
    r"/(?P<form>object)/(?!(?:public|sign|authenticated|info|upload|list|copy|move)/)(?P<bucket>[^/]+)/(?P<key>.+)",
)
_LAIN = tuple(re.compile(opening + form, re.DOTALL) for opening in _OPENINGS for form in _FORMS)
_PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif")


@dataclass(frozen=True)
class OurLink:
    """A link of this installation: /v/<slug>."""

    slug: str
    expires: str = ""  #: this and the next: of a link to a private video that was given to somebody
    signature: str = ""


@dataclass(frozen=True)
class SupabaseLink:
    """An address in Supabase Storage, whether or not anything lies there still."""

    bucket: str
    key: str
    project: str = ""  #: that the host names; empty where it names none
    token: str = ""  #: of a signed link
    wants_picture: bool = False  #: it showed an image, of which a video has its poster


def recognise(link: str) -> OurLink | SupabaseLink:
    """What the link names: with or without host, query and token; percent signs are read exactly once.

    Raises VideoNotFound for what is no link of a video.
    """
    text = link.strip()
    parts = _split(text) if len(text) <= LONGEST else None
    found = _recognised(parts) if parts else None
    if found is None:
        raise VideoNotFound(
            f"{_shown(text)} is no link of a video.", "Give one of ours, like /v/SLUG, or one of Supabase Storage."
        )
    return found


def _split(text: str) -> SplitResult | None:
    if text and "/" not in text.partition("?")[0]:
        text = f"/v/{text}"  # a slug alone
    elif _HOST.match(text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return parts if parts.scheme in ("", "http", "https") else None


def _recognised(parts: SplitResult) -> OurLink | SupabaseLink | None:
    if nested := _NESTED.fullmatch(parts.path):
        try:
            return _recognised(urlsplit(f"{nested[1]}://{nested[2]}?{parts.query}"))
        except ValueError:
            return None
    if ours := _OURS.fullmatch(parts.path):
        return _our_link(ours[1], parts)
    if parts.path in _PAGES:
        return _our_link(_parameter(parts, "video"), parts)
    matches = (pattern.fullmatch(parts.path) for pattern in _LAIN)
    return next((_supabase_link(match, parts) for match in matches if match), None)


def _our_link(slug: str, parts: SplitResult) -> OurLink | None:
    if not _SLUG.fullmatch(slug):
        return None
    return OurLink(slug, _parameter(parts, "expires"), _parameter(parts, "signature"))


def _supabase_link(match: re.Match[str], parts: SplitResult) -> SupabaseLink | None:
    try:
        bucket, key = (unquote(match[name], errors="strict") for name in ("bucket", "key"))
    except UnicodeDecodeError:
        return None
    if not (bucket + key).isprintable():
        return None
    wants_picture = match["form"] == "render/image" or key.lower().endswith(_PICTURES)
    return SupabaseLink(bucket, key, _project(parts), _parameter(parts, "token"), wants_picture)


def _project(parts: SplitResult) -> str:
    """`abcd` of abcd.supabase.co and of abcd.storage.supabase.co."""
    host = (parts.hostname or "").lower()
    return host.split(".")[0] if host.endswith((".supabase.co", ".supabase.in")) else ""


def _parameter(parts: SplitResult, name: str) -> str:
    try:
        return parse_qs(parts.query, max_num_fields=100).get(name, [""])[-1]
    except ValueError:  # more than anybody means
        return ""


def _shown(text: str) -> str:
    short = text if len(text) <= 200 else f"{text[:200]}..."
    return repr(re.sub(r"\?.*", "?...", short, flags=re.DOTALL))  # a token is a secret
