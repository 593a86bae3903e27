"""MediaConvert job: what AWS Elemental MediaConvert is told to make of a video, and where it is to put it."""

from dataclasses import dataclass
from typing import Any

from core.media.ladder import SEGMENT_S
from core.media.tiles import tile_count

_HIGHEST_BITS, _LOWEST_BITS, _MOST_RUNGS = 8_000_000, 145_000, 6
_SOUND_BITS, _SOUND_RATE = 128_000, 48_000
_TILE_WIDTH, _POSTER_WIDTH = 160, 1280
_POSTERS = 9
_QUALITY = 80
#: What the frames are called that thumbnails are made of, below the folder of the renditions.
CAPTURES, TILE, POSTER = "captures/frame", "-tile", "-poster"


@dataclass(frozen=True)
class Source:
    """What is to be converted."""

    video_id: str
    address: str  #: s3://bucket/key of the original
    seconds: float
    frames: int
    width: int


@dataclass(frozen=True)
class Target:
    """Where it goes, and who pays."""

    folder: str  #: s3://bucket/prefix of the renditions
    storage_class: str
    role: str
    queue: str | None
    token: str  #: asked for twice with the same one, it is one job


def job(source: Source, target: Target) -> dict[str, Any]:
    """The words of CreateJob: CMAF with a ladder that MediaConvert chooses (QVBR), and frames for thumbnails."""
    return {
        "Role": target.role,
        **({"Queue": target.queue} if target.queue else {}),
        "ClientRequestToken": target.token,
        "StatusUpdateInterval": "SECONDS_30",
        "BillingTagsSource": "JOB",
        "Tags": {"application": "phyght", "purpose": "packaging", "video": source.video_id},
        "UserMetadata": {"video": source.video_id},
        "Settings": {
            "TimecodeConfig": {"Source": "ZEROBASED"},
            "Inputs": [_input(source)],
            "OutputGroups": [_renditions(target), _captures(source, target)],
        },
    }


def _input(source: Source) -> dict[str, Any]:
    return {
        "FileInput": source.address,
        "TimecodeSource": "ZEROBASED",
        "VideoSelector": {"Rotate": "AUTO", "ColorSpace": "FOLLOW"},
        "AudioSelectors": {"Sound": {"DefaultSelection": "DEFAULT"}},
    }


def _renditions(target: Target) -> dict[str, Any]:
    cmaf = {
        "Destination": f"{target.folder}/master",
        "DestinationSettings": {"S3Settings": {"StorageClass": target.storage_class}},
        "SegmentControl": "SINGLE_FILE",
        "SegmentLength": SEGMENT_S,
        "SegmentLengthControl": "GOP_MULTIPLE",
        "FragmentLength": 2,
        "MinFinalSegmentLength": 0.5,
        "WriteHlsManifest": "ENABLED",
        "WriteDashManifest": "DISABLED",
        "ManifestDurationFormat": "FLOATING_POINT",
        "ManifestCompression": "NONE",
        "StreamInfResolution": "INCLUDE",
        "CodecSpecification": "RFC_6381",
        "TargetDurationCompatibilityMode": "SPEC_COMPLIANT",
        "PtsOffsetHandlingForBFrames": "ZERO_BASED",
    }
    ladder = {"MaxAbrBitrate": _HIGHEST_BITS, "MinAbrBitrate": _LOWEST_BITS, "MaxRenditions": _MOST_RUNGS}
    return {
        "Name": "renditions",
        "OutputGroupSettings": {"Type": "CMAF_GROUP_SETTINGS", "CmafGroupSettings": cmaf},
        "AutomatedEncodingSettings": {"AbrSettings": ladder},
        "Outputs": [_picture(), _sound()],
    }


def _picture() -> dict[str, Any]:
    """Sizes and rates are left to the automated ladder; it asks for several passes."""
    h264 = {
        "RateControlMode": "QVBR",
        "QualityTuningLevel": "MULTI_PASS_HQ",
        "CodecProfile": "HIGH",
        "GopSize": 2.0,
        "GopSizeUnits": "SECONDS",
        "GopClosedCadence": 1,
        "SceneChangeDetect": "DISABLED",
        "FramerateControl": "INITIALIZE_FROM_SOURCE",
        "InterlaceMode": "PROGRESSIVE",
        "ParControl": "SPECIFIED",
        "ParNumerator": 1,
        "ParDenominator": 1,
    }
    return {
        "NameModifier": "-video",
        "ContainerSettings": {"Container": "CMFC"},
        "VideoDescription": {
            "CodecSettings": {"Codec": "H_264", "H264Settings": h264},
            "VideoPreprocessors": _preprocessors(),
        },
    }


def _preprocessors() -> dict[str, Any]:
    return {
        "Deinterlacer": {"Algorithm": "INTERPOLATE", "Mode": "DEINTERLACE", "Control": "NORMAL"},
        "ColorCorrector": {"ColorSpaceConversion": "FORCE_709"},
    }


def _sound() -> dict[str, Any]:
    aac = {"Bitrate": _SOUND_BITS, "CodingMode": "CODING_MODE_2_0", "SampleRate": _SOUND_RATE}
    return {
        "NameModifier": "-audio",
        "ContainerSettings": {"Container": "CMFC"},
        "AudioDescriptions": [{"AudioSourceName": "Sound", "CodecSettings": {"Codec": "AAC", "AacSettings": aac}}],
    }


def _captures(source: Source, target: Target) -> dict[str, Any]:
    files = {
        "Destination": f"{target.folder}/{CAPTURES}",
        "DestinationSettings": {"S3Settings": {"StorageClass": "STANDARD"}},
    }
    tiles = tile_count(source.seconds, source.frames)
    return {
        "Name": "frames",
        "OutputGroupSettings": {"Type": "FILE_GROUP_SETTINGS", "FileGroupSettings": files},
        "Outputs": [
            _frames(TILE, tiles, min(_TILE_WIDTH, source.width), source.seconds),
            _frames(POSTER, min(_POSTERS, source.frames), min(_POSTER_WIDTH, source.width), source.seconds),
        ],
    }


def _frames(modifier: str, count: int, width: int, seconds: float) -> dict[str, Any]:
    """So many frames, evenly from all of it."""
    capture = {
        "FramerateNumerator": count * 1000,
        "FramerateDenominator": max(round(seconds * 1000), 1),
        "MaxCaptures": count,
        "Quality": _QUALITY,
    }
    return {
        "NameModifier": modifier,
        "ContainerSettings": {"Container": "RAW"},
        "VideoDescription": {
            "Width": max(width // 2 * 2, 32),
            "CodecSettings": {"Codec": "FRAME_CAPTURE", "FrameCaptureSettings": capture},
            "VideoPreprocessors": _preprocessors(),
        },
    }
