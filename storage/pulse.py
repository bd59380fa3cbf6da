"""Signs of life of a watcher: a file in the data folder that its turning loop touches."""

import os
import time
from pathlib import Path

PULSE = "watcher.beat"
STILL = 60.0  # seconds without a beat after which a watcher counts as hanging


def beat(data: Path, later: float = 0.0) -> None:
    """Notes that the loop turns; nobody calls it hanging before `later` seconds and `STILL` have passed."""
    pulse = data / PULSE
    pulse.touch()
    when = time.time() + later
    os.utime(pulse, (when, when))


def beats(data: Path) -> bool:
    """Whether the loop turned of late."""
    try:
        return time.time() - (data / PULSE).stat().st_mtime < STILL
    except OSError:
        return False
