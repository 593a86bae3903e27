"""Alerts channel dialog: a new channel, with how its address is written; and the weekly digest as it is mailed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from core.access.roles import Permission
from core.alerts import digest_words
from core.alerts.channels import LONGEST_NAME
from core.alerts.digest import make_digest, week_before
from core.bootstrap import Platform
from dashboard import asking, session, widgets
from dashboard.format import markdown

_NAME, _KIND, _ADDRESS, _DIGEST = "channel-name", "channel-kind", "channel-address", "channel-digest"
_LONGEST_ADDRESS = 2000


@dataclass(frozen=True)
class _Kind:
    """A service, and how its address is written."""

    form: str
    help: str
    digest: bool = False  #: it gets the weekly digest unless told otherwise


_KINDS: Mapping[str, _Kind] = {
    "E-mail": _Kind(
        "mailtos://user:password@example.com?smtp=smtp.example.com&from=phyght@example.com&to=ops@example.com",
        "The server's user and password, the sender and the recipient. `mailto://` where the server has no TLS.",
        digest=True,
    ),
    "Slack": _Kind(
        "slack://T0000/B0000/token/#channel", "The three parts of an incoming webhook's address, and the channel."
    ),
    "Microsoft Teams": _Kind(
        "workflow://host:443/workflow/signature",
        "The host, the workflow and the signature of a Power Automate webhook.",
    ),
    "Webhook": _Kind("jsons://example.com/path", "A POST with JSON goes there. `json://` where the server has no TLS."),
    "AWS SNS": _Kind(
        "sns://arn:aws:sns:eu-central-1:123456789012:alerts",
        "The topic's ARN. It is published with the key that the platform uses; that needs `sns:Publish`.",
    ),
    "Another service": _Kind(
        "service://...", "Any address that the library apprise knows: Discord, PagerDuty, Telegram, ntfy and others."
    ),
}


def draw(platform: Platform) -> None:
    """The fields of a new channel."""
    session.require(Permission.MANAGE_ALERTS)
    asking.rerun_if_done()
    asking.tell_refusal()
    with widgets.explain_errors():
        kind = _KINDS[st.selectbox("Service", list(_KINDS), key=_KIND)]
        st.markdown(f"{kind.help} Its address is written like")
        st.code(kind.form, language=None, wrap_lines=True)
        with st.form("channel", border=False, enter_to_submit=False):
            st.text_input("Name", key=_NAME, max_chars=LONGEST_NAME, placeholder="ops mailbox")
            st.text_input("Address", key=_ADDRESS, type="password", max_chars=_LONGEST_ADDRESS, autocomplete="off")
            st.toggle("It gets the weekly digest too", kind.digest, key=f"{_DIGEST} {kind.digest}")
            st.caption("The address is kept sealed, and is never shown again.")
            asking.draw_buttons("Add it", lambda: _add(platform), in_form=True)


def _add(platform: Platform) -> str:
    user, said = session.require(Permission.MANAGE_ALERTS), st.session_state
    digest = said[f"{_DIGEST} {_KINDS[said[_KIND]].digest}"]
    made = platform.alerts.channels.add(user, said[_NAME], said[_ADDRESS], datetime.now(UTC), digest)
    return f"{made.name} goes to {made.shown}. Send a test."


def draw_digest(platform: Platform) -> None:
    """The digest of the week before, as it is mailed on Mondays."""
    for permission in (Permission.SEE_ALERTS, Permission.SEE_COSTS):
        session.require(permission)
    asking.rerun_if_done()
    with widgets.explain_errors():
        with st.spinner("Reading the week"):
            now = datetime.now(UTC)
            made = make_digest(platform.alerts.handles, week_before(now), now)
        title = markdown(digest_words.title(made))
        st.caption(f"Mailed on Mondays, once the bills reach the week's end. Subject: {title}")
        st.html(f'<div class="digest">{digest_words.html(made, platform.alerts.address)}</div>')
