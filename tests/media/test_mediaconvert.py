"""MediaConvert: jobs that the service understands, and what becomes of them; botocore's client is answered by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import boto3
import botocore.session
import pytest
from botocore.stub import ANY, Stubber
from botocore.validate import ParamValidator
from PIL import Image

from core.catalog.video import Kind
from core.errors import NotAVideo, PackagingFailed, StorageBusy, StorageDenied, StorageUnreachable
from core.media.ladder import Ladder
from core.media.mediaconvert import MediaConvert, Standing, open_mediaconvert
from core.media.mediaconvert_job import Source, Target, job
from core.media.packagings import State
from core.settings import load_settings
from core.storage.local import LocalProvider
from core.storage.provider import Attributes, StorageClass
from tests.media.platform import OPERATOR, VIDEO, Place

SERVICE = botocore.session.get_session().get_service_model("mediaconvert")
SOURCE = Source("v1", "s3://videos/videos/v1/original.mp4", 65.0, 1625, 1920)
ROLE = "arn:aws:iam::111111111111:role/MediaConvert"
TARGET = Target("s3://videos/videos/v1/hls", "INTELLIGENT_TIERING", ROLE, None, "v1-1")


def unknown_words(shape, value, path="") -> list[str]:
    """Words that are none of the service's; botocore's own validation does not look at them."""
    match shape.type_name:
        case "structure":
            return [
                w for name, each in value.items() for w in unknown_words(shape.members[name], each, f"{path}.{name}")
            ]
        case "list":
            return [word for each in value for word in unknown_words(shape.member, each, path)]
        case "map":
            return [word for each in value.values() for word in unknown_words(shape.value, each, path)]
        case _:
            return [f"{path}={value}"] if getattr(shape, "enum", None) and value not in shape.enum else []


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (SOURCE, TARGET),
        (
            replace(SOURCE, seconds=0.04, frames=1, width=16),
            replace(TARGET, queue="arn:aws:mediaconvert:eu-west-1:1:q"),
        ),
    ],
)
def test_the_service_understands_every_word_of_a_job(source, target):
    shape = SERVICE.operation_model("CreateJob").input_shape

    report = ParamValidator().validate(job(source, target), shape)

    assert report.generate_report() == ""
    assert unknown_words(shape, job(source, target)) == []


def test_a_job_asks_for_cmaf_in_one_file_each_with_a_ladder_of_its_own_and_tags_for_its_cost():
    words = job(SOURCE, TARGET)

    renditions, frames = words["Settings"]["OutputGroups"]
    cmaf = renditions["OutputGroupSettings"]["CmafGroupSettings"]
    assert (cmaf["Destination"], cmaf["SegmentControl"], cmaf["SegmentLength"]) == (
        "s3://videos/videos/v1/hls/master",
        "SINGLE_FILE",
        6,
    )
    assert cmaf["DestinationSettings"]["S3Settings"] == {"StorageClass": "INTELLIGENT_TIERING"}
    assert renditions["AutomatedEncodingSettings"]["AbrSettings"]["MaxAbrBitrate"] == 8_000_000
    h264 = renditions["Outputs"][0]["VideoDescription"]["CodecSettings"]["H264Settings"]
    assert (h264["RateControlMode"], h264["QualityTuningLevel"]) == ("QVBR", "MULTI_PASS_HQ")
    tiles, posters = (output["VideoDescription"] for output in frames["Outputs"])
    assert (tiles["Width"], posters["Width"]) == (160, 1280)
    assert tiles["CodecSettings"]["FrameCaptureSettings"] == {
        "FramerateNumerator": 60_000, "FramerateDenominator": 65_000, "MaxCaptures": 60, "Quality": 80,
    }  # fmt: skip
    assert words["Tags"] == {"application": "phyght", "purpose": "packaging", "video": "v1"}
    assert (words["ClientRequestToken"], words["Role"], "Queue" in words) == ("v1-1", ROLE, False)


@pytest.fixture
def client():
    return boto3.client("mediaconvert", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


@pytest.fixture
def answers(client):
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def probed(**container) -> dict:
    return {"ProbeResults": [{"Container": container}]}


def video_track(width: int = 1920) -> dict:
    rate = {"Numerator": 25, "Denominator": 1}
    return {"TrackType": "video", "Duration": 65.0, "VideoProperties": {"Width": width, "FrameRate": rate}}


def test_what_is_to_be_converted_is_looked_at_by_the_service_itself(client, answers):
    asked = {"InputFiles": [{"FileUrl": SOURCE.address}]}
    answers.add_response("probe", probed(Duration=65.0, Tracks=[video_track()]), asked)
    answers.add_response("probe", probed(Duration=65.0, Tracks=[{"TrackType": "audio"}]), asked)

    service = MediaConvert(client)
    assert service.look("v1", SOURCE.address) == SOURCE
    with pytest.raises(NotAVideo):
        service.look("v1", SOURCE.address)


def told(status: str, **more) -> dict:
    return {"Job": {"Id": "7", "Role": ROLE, "Settings": {}, "Status": status, **more}}


def test_how_far_a_job_is(client, answers):
    answers.add_response("get_job", told("SUBMITTED"), {"Id": "7"})
    answers.add_response("get_job", told("PROGRESSING", JobPercentComplete=40), {"Id": "7"})
    details = [{"OutputDetails": [{"DurationInMs": 65_000}, {"DurationInMs": 64_980}]}]
    answers.add_response("get_job", told("COMPLETE", OutputGroupDetails=details), {"Id": "7"})
    answers.add_response("get_job", told("ERROR", ErrorMessage="no such codec"), {"Id": "7"})
    answers.add_response("get_job", told("CANCELED"), {"Id": "7"})

    service = MediaConvert(client)
    assert [service.standing("7") for _ in range(3)] == [
        Standing(True, 0.0),
        Standing(True, 0.4),
        Standing(False, 1.0, 65.0),
    ]
    with pytest.raises(PackagingFailed, match="job 7 has failed: no such codec"):
        service.standing("7")
    with pytest.raises(PackagingFailed, match="the job is CANCELED"):
        service.standing("7")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("TooManyRequestsException", StorageBusy),
        ("ForbiddenException", StorageDenied),
        ("BadRequestException", PackagingFailed),
    ],
)
def test_what_the_service_refuses_is_told_in_words(client, answers, code, error):
    answers.add_client_error("create_job", code, "No.", expected_params=job(SOURCE, TARGET))

    with pytest.raises(error, match=code):
        MediaConvert(client).submit(SOURCE, TARGET)


def test_a_job_that_cannot_be_cancelled_any_more_is_over(client, answers):
    answers.add_client_error("cancel_job", "ConflictException", "It is complete.")

    MediaConvert(client).cancel("7")


def test_a_service_out_of_reach_is_told(settings, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    service = open_mediaconvert(load_settings(), "eu-central-1")
    monkeypatch.setattr(service._client.meta, "events", _Unreachable())

    with pytest.raises(StorageUnreachable, match="cannot be reached"):
        service.standing("7")


class _Unreachable:
    def __getattr__(self, _: str):
        from botocore.exceptions import EndpointConnectionError

        raise EndpointConnectionError(endpoint_url="https://mediaconvert")


class InS3(LocalProvider):
    """Stands for S3, where MediaConvert writes by itself."""

    bucket = "videos"

    def __init__(
        self, folder: Path, secret: bytes, clock: Callable[[], datetime], name: str = "s3", region: str = "local"
    ) -> None:
        super().__init__(folder, secret, clock, name, region=region)


@pytest.fixture
def place(tmp_path, settings, clips, client, answers, monkeypatch) -> Place:
    monkeypatch.setenv("MEDIA_ENGINE", "mediaconvert")
    monkeypatch.setenv("MEDIACONVERT_ROLE_ARN", ROLE)
    monkeypatch.setattr(
        Place, "convert", lambda place, region: place.converted_in.append(region) or MediaConvert(client)
    )
    monkeypatch.setattr("tests.media.platform.LocalProvider", InS3)
    place = Place(tmp_path / "place", load_settings())
    place.add(clips("silent.mp4"), provider="s3")
    place.media.request(VIDEO, Ladder.PER_TITLE)
    return place


HLS = "videos/v1/hls"


def converted(place: Place) -> None:
    """What MediaConvert leaves behind, in its own names."""
    master = "#EXTM3U\n" + "".join(
        f'#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=1,BANDWIDTH={peak},CODECS="avc1",RESOLUTION={size}\nmaster-video_{n}.m3u8\n'
        for n, (peak, size) in enumerate([(900_000, "416x234"), (4_000_000, "1280x720"), (2_000_000, "1280x720")])
    )
    for n in range(3):
        playlist = f'#EXTM3U\n#EXT-X-MAP:URI="master-video_{n}.cmfv",BYTERANGE="800@0"\n'
        put(place, f"{HLS}/master-video_{n}.m3u8", playlist.encode())
        put(place, f"{HLS}/master-video_{n}.cmfv", bytes(1000 + n))
    put(place, f"{HLS}/master.m3u8", master.encode())
    put(place, f"{HLS}/master-audio.cmfa", bytes(500))
    put(place, f"{HLS}/master-audio.m3u8", b"#EXTM3U\n")
    for n in range(12):
        put(place, f"{HLS}/captures/frame-tile.{n:07}.jpg", picture((160, 90), 10 * n))
    for n, light in enumerate((0, 120, 255)):
        put(place, f"{HLS}/captures/frame-poster.{n:07}.jpg", picture((320, 180), light, contrast=n == 1))


def put(place: Place, key: str, content: bytes) -> None:
    place.local.write(key, [content], Attributes("video/mp4", storage_class=StorageClass.INTELLIGENT_TIERING))


def picture(size: tuple[int, int], light: int, contrast: bool = False) -> bytes:
    drawn = Image.new("RGB", size, (light,) * 3)
    if contrast:
        drawn.paste((250, 250, 250), (0, 0, size[0] // 2, size[1]))
    content = BytesIO()
    drawn.save(content, "JPEG")
    return content.getvalue()


def test_a_video_in_s3_is_converted_where_it_lies_and_recorded(place, answers):
    answers.add_response("probe", probed(Duration=12.0, Tracks=[video_track()]), {"InputFiles": ANY})
    answers.add_response("create_job", told("SUBMITTED"))
    answers.add_response("get_job", told("PROGRESSING", JobPercentComplete=40), {"Id": "7"})
    details = [{"OutputDetails": [{"DurationInMs": 12_000}]}]
    answers.add_response("get_job", told("COMPLETE", OutputGroupDetails=details), {"Id": "7"})

    packaging = place.package()
    assert (packaging.state, packaging.job, packaging.stage, packaging.share) == (
        State.WORKING, "7", "converting at MediaConvert", 0.4,
    )  # fmt: skip
    assert place.waits().total_seconds() == 30
    converted(place)
    packaging = place.package()

    objects = place.objects("s3")
    assert (packaging.state, packaging.attempts, packaging.size_bytes) == (State.DONE, 1, 3003)
    assert objects.keys() == {
        "original", "720p", "720p-2000k", "234p", "master-audio", "master.m3u8", "master-audio.m3u8", "poster",
        "master-video_0.m3u8", "master-video_1.m3u8", "master-video_2.m3u8", "storyboard", "storyboard.vtt",
    }  # fmt: skip
    assert (objects["720p"].key, objects["720p"].bandwidth) == (f"{HLS}/master-video_1.cmfv", 4_000_000)
    assert (objects["master.m3u8"].kind, objects["master.m3u8"].storage_class) == (Kind.PLAYLIST, StorageClass.STANDARD)
    assert place.local.head(objects["master.m3u8"].key).cache_control == "public, max-age=60"
    assert objects["original"].storage_class is StorageClass.GLACIER_IR
    assert place.stored() == {each.key for each in objects.values()}  # the captured frames are gone
    video = place.catalog.video(VIDEO)
    assert (video.duration_s, video.width, video.height) == (12.0, 1280, 720)
    poster = Image.open(BytesIO(b"".join(place.local.read(objects["poster"].key)))).convert("L")
    assert poster.getpixel((300, 10)) == pytest.approx(120, abs=8)
    sheet = Image.open(BytesIO(b"".join(place.local.read(objects["storyboard"].key))))
    assert sheet.size == (1600, 90)  # ten of the twelve: no empty places


def test_a_bound_video_is_converted_where_it_must_stay(place, answers, clips, monkeypatch):
    monkeypatch.setenv("MEDIACONVERT_QUEUE", "arn:aws:mediaconvert:us-east-1:111111111111:queues/Default")
    place.settings = load_settings()
    place.providers = [InS3(place.home / "storage", b"secret", place.clock, "s3-eu", region="eu-central-1")]
    place.__post_init__()
    place.add(clips("silent.mp4"), id="v2", provider="s3-eu")
    place.media.request("v2", Ladder.PER_TITLE)
    answers.add_response("probe", probed(Duration=12.0, Tracks=[video_track()]), {"InputFiles": ANY})
    words = job(replace(SOURCE, video_id="v2"), TARGET)
    no_queue = dict.fromkeys(words, ANY)  # neither is the American one named, nor another
    answers.add_response("create_job", told("SUBMITTED"), no_queue)
    answers.add_response("get_job", told("PROGRESSING"), {"Id": "7"})

    assert place.package(id="v2").state is State.WORKING
    assert place.converted_in == ["eu-central-1"]


def test_the_client_speaks_to_the_region_that_is_asked_for(monkeypatch):
    monkeypatch.setenv("AWS_REGION", "us-east-1")

    assert open_mediaconvert(load_settings(), "eu-central-1")._client.meta.region_name == "eu-central-1"


def test_a_job_is_submitted_once_though_the_worker_is_killed(place, answers, monkeypatch):
    answers.add_response("probe", probed(Duration=12.0, Tracks=[video_track()]), {"InputFiles": ANY})
    answers.add_response("create_job", told("SUBMITTED"))
    for _ in range(12):
        answers.add_response("get_job", told("PROGRESSING"), {"Id": "7"})

    for _ in range(11):
        place.package()
    packaging = place.package()

    assert (packaging.state, packaging.attempts) == (State.WORKING, 1)  # to look at it is no attempt


def test_a_job_that_fails_is_told_and_one_that_is_cancelled_is_stopped(place, answers):
    answers.add_response("probe", probed(Duration=12.0, Tracks=[video_track()]), {"InputFiles": ANY})
    answers.add_response("create_job", told("SUBMITTED"))
    answers.add_response("get_job", told("ERROR", ErrorMessage="no such codec"), {"Id": "7"})
    packaging = place.package()
    assert (packaging.state, packaging.problem) == (State.FAILED, "MediaConvert job 7 has failed: no such codec.")

    place.media.package_again(OPERATOR, place.catalog.video(VIDEO), Ladder.PER_TITLE)
    answers.add_response("probe", probed(Duration=12.0, Tracks=[video_track()]), {"InputFiles": ANY})
    answers.add_response("create_job", told("SUBMITTED"))
    answers.add_response("get_job", told("PROGRESSING"), {"Id": "7"})
    place.package()
    answers.add_response("cancel_job", {}, {"Id": "7"})
    assert place.package(lambda: True).state is State.CANCELLED


def test_without_a_role_nothing_is_submitted(place, monkeypatch):
    monkeypatch.delenv("MEDIACONVERT_ROLE_ARN")
    place.handles = replace(place.handles, settings=load_settings())
    place.media._handles = place.handles

    packaging = place.package()

    assert (packaging.state, packaging.problem) == (State.FAILED, "MEDIACONVERT_ROLE_ARN is not set.")


def test_a_video_that_does_not_lie_in_s3_is_packaged_here(tmp_path, clips, monkeypatch):
    monkeypatch.setenv("MEDIA_ENGINE", "mediaconvert")
    place = Place(tmp_path / "place", load_settings())
    place.add(clips("silent.mp4"))
    place.media.request(VIDEO, Ladder.FIXED)

    assert place.package().state is State.DONE
