"""python -m core resolve: where the video that a link names can be played."""

import argparse
from datetime import UTC, datetime

from core import bootstrap
from core.access.access import shell_user
from core.access.roles import Permission
from core.commands.printing import note, say, say_json, say_table
from core.delivery.playback import Playback
from core.errors import NothingServed
from core.settings import Settings
from core.units import instant_text


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("link", help="/v/SLUG, a slug, or any link of Supabase Storage, with or without its host")
    parser.add_argument("--json", action="store_true", help="answer for programs")
    parser.add_argument(
        "--cookies", action="store_true", help="CloudFront's signed cookies, for pages on the distribution's own domain"
    )


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Exit status 1 when no video is named so, or it cannot be played."""
    platform, now = bootstrap.open_platform(settings), datetime.now(UTC)
    user = shell_user(platform.home)
    user.require(Permission.WATCH)
    playback = platform.resolver.resolve(arguments.link, now, user)
    cookies = platform.resolver.cookies(playback.video, now) if arguments.cookies else {}
    if arguments.cookies and not cookies:
        raise NothingServed(
            f"{playback.video.title!r} is not served through a distribution that asks for signatures.",
            "Set CLOUDFRONT_DOMAIN, CLOUDFRONT_KEY_PAIR_ID and CLOUDFRONT_PRIVATE_KEY_FILE, and serve it from S3.",
        )
    if platform.demo:
        note("Demo data.")
    (_say_json if arguments.json else _say)(playback, cookies, settings)
    return 0


def _say_json(playback: Playback, cookies: dict[str, str], settings: Settings) -> None:
    video = playback.video
    say_json(
        {
            "id": video.id,
            "slug": video.slug,
            "title": video.title,
            "visibility": video.visibility,
            "provider": playback.provider,
            "url": _absolute(playback.url, settings),
            "content_type": playback.content_type,
            "expires_at": playback.expires_at and instant_text(playback.expires_at),
            "poster": playback.poster and _absolute(playback.poster, settings),
            "cookies": cookies,
        }
    )


def _say(playback: Playback, cookies: dict[str, str], settings: Settings) -> None:
    expires = f"{playback.expires_at:%Y-%m-%d %H:%M} UTC" if playback.expires_at else "never"
    rows = [
        ("title", playback.video.title),
        ("link", f"/v/{playback.video.slug}"),
        ("served from", playback.provider),
        ("visibility", playback.video.visibility),
        ("type", playback.content_type),
        ("expires", expires),
        *cookies.items(),
    ]
    say_table(("video", ""), rows)
    say(_absolute(playback.url, settings))


def _absolute(url: str, settings: Settings) -> str:
    """Paths of our own server with the address that it listens on."""
    return f"http://{settings.phyght_host}:{settings.phyght_port}{url}" if url.startswith("/") else url
