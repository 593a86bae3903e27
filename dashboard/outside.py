"""Outside: what pages outside Streamlit share. They load nothing but our own files."""

import base64
from pathlib import Path
from string import Template

_HERE = Path(__file__).parent
ICON = base64.b64encode((_HERE / "assets" / "favicon.svg").read_bytes()).decode()

#: Same-origin and not no-referrer: with that, browsers would send our own forms with the origin "null".
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def template(rest: str) -> Template:
    """A page: the head that all share, as far as into its style sheet, and what a file has of its own."""
    return Template((_HERE / "outside.html").read_text() + (_HERE / rest).read_text())
