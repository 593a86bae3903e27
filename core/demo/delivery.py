"""Delivery: put a file where a provider would, stamped with the moment of its delivery."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

#: The bucket that the exports are delivered to.
BUCKET = "phyght-billing"


def stamp(file: Path, delivered_at: datetime) -> None:
    """Date the file as S3 would."""
    os.utime(file, (delivered_at.timestamp(), delivered_at.timestamp()))


def write_manifest(file: Path, content: dict[str, Any], delivered_at: datetime) -> None:
    """Write a manifest; call it after the files it lists, as providers do."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2) + "\n")
    stamp(file, delivered_at)
