"""Forms: the pages outside Streamlit, where passwords are typed. They load nothing but our own font."""

import secrets
from dataclasses import dataclass
from html import escape

from starlette.responses import HTMLResponse

from core.access.passwords import LONGEST, SHORTEST
from dashboard.outside import HEADERS, ICON, template

_PAGE = template("forms.html")


@dataclass(frozen=True)
class Notice:
    """A sentence above the form, about what was just tried."""

    text: str
    is_error: bool = True


def sign_in_form(next_path: str, name: str = "", notice: Notice | None = None, status: int = 200) -> HTMLResponse:
    """Where a local account signs in."""
    return _page(
        heading="Sign in",
        lead="Use the account your administrator gave you. On the very first start the terminal shows it.",
        action="/sign-in",
        next_path=next_path,
        fields=_text("Name", "name", name, focus=not name) + _password("Password", "password", focus=bool(name)),
        button="Sign in",
        notice=notice,
        status=status,
    )


def password_form(
    next_path: str, name: str, forced: bool, notice: Notice | None = None, status: int = 200
) -> HTMLResponse:
    """Where somebody who is signed in changes their password."""
    lead = (
        f"You are signed in as {escape(name)}. Put a password of your own in place of the one-time one."
        if forced
        else f"You are signed in as {escape(name)}; everywhere else you will be signed out."
    )
    current = "One-time password, once more" if forced else "Current password"
    return _page(
        heading="Choose your password" if forced else "Change your password",
        lead=lead,
        action="/password",
        next_path=next_path,
        fields=_password(current, "current", focus=True)
        + _password("New password", "new", hint=f"At least {SHORTEST} characters; a few words are fine.")
        + _password("New password again", "again", is_new=True),
        button="Save password",
        notice=notice,
        status=status,
        footer='<footer><form method="post" action="/sign-out"><button type="submit">Sign out</button></form></footer>',
    )


def _page(
    *,
    heading: str,
    lead: str,
    action: str,
    next_path: str,
    fields: str,
    button: str,
    notice: Notice | None,
    status: int,
    footer: str = "",
) -> HTMLResponse:
    nonce = secrets.token_urlsafe(16)
    html = _PAGE.substitute(
        title=heading,
        lead=lead,
        action=action,
        next=escape(next_path),
        fields=fields,
        button=button,
        notice=_notice(notice),
        footer=footer,
        nonce=nonce,
        icon=ICON,
    )
    return HTMLResponse(html, status, HEADERS | {"Content-Security-Policy": _policy(nonce)})


def _policy(nonce: str) -> str:
    allowed = f"style-src 'nonce-{nonce}'; img-src data:; font-src 'self'; form-action 'self'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; frame-ancestors 'none'"


def _notice(notice: Notice | None) -> str:
    if notice is None:
        return ""
    return f'<div role="{"alert" if notice.is_error else "status"}">{escape(notice.text)}</div>'


def _text(label: str, name: str, value: str, focus: bool) -> str:
    return (
        f'<label>{label}<input name="{name}" value="{escape(value)}" autocomplete="username" autocapitalize="none" '
        f'spellcheck="false" maxlength="64" required{" autofocus" if focus else ""}></label>'
    )


def _password(label: str, name: str, focus: bool = False, hint: str = "", is_new: bool = False) -> str:
    new = bool(hint) or is_new
    rules = f' autocomplete="new-password" minlength="{SHORTEST}"' if new else ' autocomplete="current-password"'
    note = f"<small>{hint}</small>" if hint else ""
    return (
        f'<label>{label}<input type="password" name="{name}"{rules} maxlength="{LONGEST}" '
        f"required{' autofocus' if focus else ''}>{note}</label>"
    )
