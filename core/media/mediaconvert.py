"""MediaConvert: AWS Elemental MediaConvert as the engine for those who outgrow one machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from core.errors import NotAVideo, PackagingFailed, StorageBusy, StorageDenied, StorageUnreachable
from core.media.mediaconvert_job import Source, Target, job
from core.settings import Settings
from core.storage.s3_client import aws_client

_RUNNING = ("SUBMITTED", "PROGRESSING")
_BUSY = ("TooManyRequestsException", "InternalServerErrorException", "ServiceQuotaExceededException")
_DENIED = ("ForbiddenException", "AccessDeniedException", "UnrecognizedClientException", "InvalidClientTokenId")
_CURE = "Check MEDIACONVERT_ROLE_ARN, MEDIACONVERT_QUEUE and the key's permissions."


@dataclass(frozen=True)
class Standing:
    """How far a job is."""

    running: bool
    share: float  #: 0 to 1
    seconds: float = 0.0  #: that what was made lasts


def open_mediaconvert(settings: Settings, region: str) -> "MediaConvert":
    """MediaConvert of the configured account in a region: a video is converted where its bucket lies."""
    config = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60)
    return MediaConvert(aws_client("mediaconvert", settings, region, config))


class MediaConvert:
    """The jobs of an account, through a boto3 client for "mediaconvert"."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def look(self, video_id: str, address: str) -> Source:
        """What is to be converted. Raises NotAVideo, StorageError."""
        with self._asking(address):
            (found,) = self._client.probe(InputFiles=[{"FileUrl": address}])["ProbeResults"]
        container = found.get("Container", {})
        pictures = [track for track in container.get("Tracks", []) if track.get("TrackType") == "video"]
        seconds = container.get("Duration") or max((track.get("Duration", 0.0) for track in pictures), default=0.0)
        if not pictures or seconds <= 0:
            raise NotAVideo(f"{address} has no video track.", "Choose a video file, like MP4, MOV, MKV or WebM.")
        told = pictures[0].get("VideoProperties", {})
        rate = told.get("FrameRate", {})
        a_second = rate.get("Numerator", 25) / (rate.get("Denominator") or 1)
        return Source(video_id, address, seconds, max(round(seconds * a_second), 1), told.get("Width") or 1280)

    def submit(self, source: Source, target: Target) -> str:
        """The id of the job; asked for twice with the same token, it is one job."""
        with self._asking(source.address):
            return self._client.create_job(**job(source, target))["Job"]["Id"]

    def standing(self, id: str) -> Standing:
        """How far a job is. Raises PackagingFailed where it has come to nothing."""
        with self._asking(id):
            told = self._client.get_job(Id=id)["Job"]
        status = told["Status"]
        if status in _RUNNING:
            return Standing(True, told.get("JobPercentComplete", 0) / 100)
        if status == "COMPLETE":
            groups = [output for group in told.get("OutputGroupDetails", []) for output in group["OutputDetails"]]
            return Standing(False, 1.0, max((output.get("DurationInMs", 0) for output in groups), default=0) / 1000)
        reason = told.get("ErrorMessage") or f"the job is {status}"
        raise PackagingFailed(f"MediaConvert job {id} has failed: {reason}.", "Look at it in the AWS console.")

    def cancel(self, id: str) -> None:
        """Stop a job; one that is over is over already."""
        try:
            with self._asking(id):
                self._client.cancel_job(Id=id)
        except PackagingFailed:  # it cannot be cancelled any more
            return

    @contextmanager
    def _asking(self, subject: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
            if code in _BUSY:
                raise StorageBusy(f"MediaConvert asks to come back later ({code}).", "It is tried again.") from error
            if code in _DENIED:
                raise StorageDenied(f"MediaConvert does not let this key in ({code}).", _CURE) from error
            raise PackagingFailed(f"MediaConvert refuses {subject}: {message} ({code}).", _CURE) from error
        except BotoCoreError as error:
            raise StorageUnreachable(f"MediaConvert cannot be reached: {error}.", "Check the network.") from error
