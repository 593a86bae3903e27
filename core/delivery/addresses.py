"""Addresses: where a browser gets the objects of a copy, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from core.catalog.video import Copy, CopyObject, Video, Visibility
from core.storage.provider import HeadLinks
from core.storage.providers import Providers

if TYPE_CHECKING:
    from core.delivery.cloudfront import Distribution  # only where there is one: its libraries take 10 MB

#: The provider whose bucket the distribution stands in front of.
_BEHIND_CLOUDFRONT = "s3"
#: Addresses last so long, and twice the video besides: whoever begins to watch sees it to its end, with pauses.
LASTS = timedelta(hours=6)
#: S3 signs for no more than a week.
_LONGEST = timedelta(days=6, hours=23)


@dataclass(frozen=True)
class Addresses:
    """Knows the distribution and the providers; asks for no permission, which is the resolver's."""

    providers: Providers
    distribution: "Distribution | None"

    def require(self, video: Video, copy: Copy) -> None:
        """Raises StorageUnreachable where the copy's provider is configured no more."""
        if self._distribution(video, copy) is None:
            self.providers.named(copy.provider)

    def are_open(self, video: Video, copy: Copy) -> bool:
        """Whether everybody gets the copy's objects at plain addresses, so that playlists are right as they are."""
        distribution = self._distribution(video, copy)
        return distribution is not None and distribution.key_pair is None

    def take_parameters(self, video: Video, copy: Copy) -> bool:
        """Whether a player may add parameters like CMCD to addresses; S3's own signatures cover all of a query."""
        return self._distribution(video, copy) is not None or copy.provider in ("supabase", "local")

    def of(
        self, each: CopyObject, video: Video, copy: Copy, expires_at: datetime, now: datetime, for_head: bool = False,
        alone: bool = False,
    ) -> str:  # fmt: skip
        """Where an object of the copy is, until it expires; a path where that is on our own server.

        It is for GET; `for_head` it is for HEAD, and where a provider signs each apart not for GET. `alone` its
        signature opens nothing else of the video.

        Raises StorageError.
        """
        distribution = self._distribution(video, copy)
        if distribution is not None:
            folder = _folder(video)
            if alone or not each.key.startswith(f"{folder}/"):  # it came from elsewhere with its key
                return distribution.signed_object(each.key, expires_at)
            return distribution.signed_url(each.key, folder, expires_at)
        # rounded up: a provider that counts whole seconds comes to the same instant, and many get one address
        lasts_s = -((now - expires_at) // timedelta(seconds=1))
        provider = self.providers.named(copy.provider)
        sign = provider.head_url if for_head and isinstance(provider, HeadLinks) else provider.url
        return sign(each.key, max(lasts_s, 1))

    def cookies(self, video: Video, copy: Copy, expires_at: datetime) -> dict[str, str]:
        """What a browser may send instead of signed addresses; none where nothing asks for signatures."""
        distribution = self._distribution(video, copy)
        if distribution is None or distribution.key_pair is None:
            return {}
        return distribution.key_pair.custom_cookies(f"{distribution.url(_folder(video))}/*", expires_at)

    def _distribution(self, video: Video, copy: Copy) -> "Distribution | None":
        """Only a distribution that asks for signatures keeps a private video private."""
        if self.distribution is None or copy.provider != _BEHIND_CLOUDFRONT:
            return None
        is_private = video.visibility is Visibility.PRIVATE
        return None if is_private and self.distribution.key_pair is None else self.distribution


def _folder(video: Video) -> str:
    """Where all objects of a video lie that was brought in here."""
    return f"videos/{video.id}"


def expiry(video: Video, now: datetime) -> datetime:
    """When addresses that are made now shall expire.

    On a whole hour, so that viewers who come together get the same ones, and caches can keep them.
    """
    wanted = now + min(LASTS + 2 * timedelta(seconds=min(video.duration_s or 0, 10**6)), _LONGEST)
    hour = wanted.replace(minute=0, second=0, microsecond=0)
    return hour if hour == wanted else hour + timedelta(hours=1)
