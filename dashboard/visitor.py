"""Visitor: who is at the other end of a connection, by what the connection tells."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import streamlit as st
from starlette.requests import HTTPConnection
from streamlit import config

from core.access.roles import Role, User, Via
from core.access.sessions import Session
from core.bootstrap import Platform

COOKIE = "phyght_session"
_PROXY_HEADERS = ("forwarded", "x-forwarded-", "x-real-ip", "via", "cf-connecting-ip")


@dataclass(frozen=True)
class Visitor:
    """One connection's own account of where it comes from."""

    address: str  #: of the peer, or what a proxy on this machine said
    host: str  #: the name it asked for, with the port
    origin: str  #: the site whose page asked; empty when it is not told
    proxied: bool  #: somebody in between has left a trace
    token: str  #: of the session; empty when it brought no cookie

    @property
    def from_elsewhere(self) -> bool:
        """Whether a page of another site asks."""
        return bool(self.origin) and site_of(self.origin) != self.host


def site_of(origin: str) -> str:
    """The host and port of an origin; empty when it is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def visitor_of_request(connection: HTTPConnection) -> Visitor:
    """Who makes a request to one of our routes."""
    address = connection.client.host if connection.client else ""
    return _visitor(address, connection.headers, connection.cookies)


def visitor_of_page() -> Visitor:
    """Who looks at the page that is being drawn, as of when the browser connected."""
    # for this machine Streamlit gives no address, and for no browser at all it gives no headers
    return _visitor(st.context.ip_address or "127.0.0.1", st.context.headers, st.context.cookies)


def identify(platform: Platform, visitor: Visitor, now: datetime) -> Session | None:
    """Who it is; None when nobody is signed in."""
    if visitor.from_elsewhere:
        return None
    if platform.demo and is_at_this_machine(visitor, config.get_option("server.address")):
        return Session(User("demo", Role.ADMIN, Via.DEMO, visitor.address), must_change=False, expires_at=None)
    if visitor.token:
        return platform.access.sessions.use(visitor.token, visitor.address, now)
    return None


def is_at_this_machine(visitor: Visitor, listening_on: str | None) -> bool:
    """Whether it can only be somebody at this very machine.

    All four have to agree: we listen on loopback only, the peer is there, it asked for us by a
    loopback name (a foreign name pointed at this machine is an attack), and no proxy is in between.
    """
    asked_for = _name_of(visitor.host)
    names = (listening_on, visitor.address, asked_for)
    return not visitor.proxied and all(map(is_loopback, names))


def _name_of(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None


def _visitor(address: str, headers: Mapping[str, str], cookies: Mapping[str, str]) -> Visitor:
    return Visitor(
        address=address,
        host=headers.get("host", ""),
        origin=headers.get("origin", ""),
        proxied=any(name.lower().startswith(_PROXY_HEADERS) for name in headers),
        token=cookies.get(COOKIE, ""),
    )


def is_loopback(name: str | None) -> bool:
    if not name or name == "localhost":
        return bool(name)
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
