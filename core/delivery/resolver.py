"""Resolver: a link in, the best playable URL out."""

from dataclasses import dataclass, replace
from datetime import datetime

from core.access.roles import Permission, User
from core.catalog.catalog import Catalog
from core.catalog.video import CopyObject, Kind, Video, Visibility
from core.delivery.addresses import Addresses, expiry
from core.delivery.links import OurLink, SupabaseLink, recognise
from core.delivery.playback import Playback
from core.delivery.seal import Purpose, Seal
from core.delivery.showing import Showing
from core.delivery.supabase_tokens import SupabaseProject
from core.errors import SignInRequired, VideoNotFound

_SUPABASE = "supabase"


@dataclass(frozen=True)
class Piece:
    """What our own server answers for one object of a video."""

    address: str  #: where it is; empty: `playlist` is the answer
    playlist: bytes
    is_private: bool


@dataclass(frozen=True)
class Resolver:
    """What pages, routes and the command ask.

    A private video is watched by whoever may see the library, by a link of ours that was made for it and has not
    expired, and by a signed link of Supabase's until that expires.
    """

    catalog: Catalog
    addresses: Addresses
    seal: Seal
    supabase: SupabaseProject

    def resolve(
        self, link: str, now: datetime, viewer: User | None = None, adapting: bool = True, for_head: bool = False
    ) -> Playback:
        """Where the video that a link names can be played; without HLS, if there is a way, where not `adapting`.

        `for_head` its addresses are to be asked with HEAD. A link that led to some other object of the video in
        Supabase, a rung or subtitles, leads to that one; a link to a picture that is no more to the video's poster.
        Raises VideoNotFound, NothingServed, StorageError, and, where the video is private, SignInRequired or
        PermissionDenied.
        """
        named = recognise(link)
        video = self._named(named)
        if not self._lets_in(named, video, now):
            _require(viewer)
        showing = replace(self.show(video, now), for_head=for_head)
        playback = showing.playback(adapting)
        if isinstance(named, SupabaseLink):
            return _as_was_meant(named, showing, playback)
        return playback

    def find(self, link: str) -> Video:
        """The video that a link names, whoever asks. Raises VideoNotFound."""
        return self._named(recognise(link))

    def show(self, video: Video, now: datetime) -> Showing:
        """A video for somebody who may see it. Raises NothingServed, StorageUnreachable."""
        copy = self.catalog.served_copy(video)
        self.addresses.require(video, copy)
        return Showing(video, copy, self.addresses, self.seal, now, expiry(video, now))

    def piece(
        self,
        video_id: str,
        name: str,
        expires: str,
        signature: str,
        now: datetime,
        viewer: User | None = None,
        for_head: bool = False,
    ) -> Piece:
        """One object of a video, for whoever has a sealed path to it, or may see it anyway.

        Raises VideoNotFound, NothingServed, ObjectNotFound, PlaylistRefused, StorageError, SignInRequired and
        PermissionDenied.
        """
        video = self.catalog.video(video_id)
        until = self.seal.opens(Purpose.PLAY, video.id, expires, signature, now)
        of_piece = self.seal.opens(Purpose.PIECE, f"{video.id}/{name}", expires, signature, now)
        until, in_part = until or of_piece, of_piece is not None
        if video.visibility is Visibility.PRIVATE and until is None:
            _require(viewer)
        showing = self.show(video, now)
        showing = replace(showing, expires_at=until or showing.expires_at, for_head=for_head, in_part=in_part)
        each = showing.piece(name)
        if each.kind is Kind.PLAYLIST and not showing.are_open:
            return Piece("", showing.playlist(each), showing.is_private)
        return Piece(showing.address(each), b"", showing.is_private)

    def cookies(self, video: Video, now: datetime) -> dict[str, str]:
        """CloudFront's cookies for all of a video, in the place of signed addresses; none where it asks for none."""
        return self.addresses.cookies(video, self.catalog.served_copy(video), expiry(video, now))

    def _named(self, link: OurLink | SupabaseLink) -> Video:
        if isinstance(link, OurLink):
            return self.catalog.video_by_slug(link.slug)
        if not self.supabase.may_be(link.project):
            raise VideoNotFound(f"{link.project}.supabase.co is not the project of this installation.", _CHECK)
        try:
            return self.catalog.video_by_link(_SUPABASE, link.bucket, link.key)
        except VideoNotFound:
            if link.bucket != self.supabase.bucket:
                raise
            return self.catalog.video_by_object(_SUPABASE, link.key)

    def _lets_in(self, link: OurLink | SupabaseLink, video: Video, now: datetime) -> bool:
        if video.visibility is Visibility.PUBLIC:
            return True
        if isinstance(link, SupabaseLink):
            return self.supabase.signed(link.token, link.bucket, link.key, now)
        return self.seal.opens(Purpose.WATCH, video.slug, link.expires, link.signature, now) is not None


_CHECK = "Check the link, or look for the video in the library."


def _require(viewer: User | None) -> None:
    if viewer is None:
        raise SignInRequired("This video is private.", "Sign in, or ask for a link that has not expired.")
    viewer.require(Permission.WATCH)


def _as_was_meant(link: SupabaseLink, showing: Showing, playback: Playback) -> Playback:
    """What the link led to in Supabase, where viewers get it now.

    Of a private video that is this one object, as Supabase signed for no other; and of a playlist what it names.
    """
    meant = showing.lain_at(link.key)
    if meant is None and link.wants_picture:
        meant = _picture(showing)
    if meant is None:
        return playback
    told = replace(playback, content_type=meant.content_type, expires_at=showing.expires_at)
    if not showing.is_private:
        return replace(told, url=showing.handed_on(meant))
    part = replace(showing, in_part=True)
    url = part.handed_on(meant) if meant.kind is Kind.PLAYLIST else part.address(meant)
    return replace(told, url=url, poster=None, storyboard=None, subtitles=())


def _picture(showing: Showing) -> CopyObject:
    if showing.poster is None:
        raise VideoNotFound(f"There is no picture of {showing.video.title!r}.", _CHECK)
    return showing.poster
