"""Logs by goaccess: its report of the same files."""

import gzip
import shutil
import subprocess


def report(files: list[str]) -> int:
    """The report of Debian's goaccess; the size of its answer in bytes. Only where it is installed."""
    command = [
        "goaccess", "-", "--log-format=CLOUDFRONT", "--date-format=%Y-%m-%d", "--time-format=%H:%M:%S", "-o", "json",
        "--no-progress",
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        for file in files:
            with gzip.open(file) as lines:
                shutil.copyfileobj(lines, process.stdin)
        answer, _ = process.communicate()
    return len(answer)
