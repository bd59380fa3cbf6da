"""Signs of life of a watcher: a file in the data folder that its turning loop touches."""

import os
import time
from pathlib import Path

PULSE = "watcher.beat"
STILL = 60.0  # seconds without a beat after which a watcher counts as hanging
_LONGEST = 3_600.0  # ahead of which no beat can be: the machine was started anew since


def beat(data: Path, later: float = 0.0) -> None:
    """Notes that the loop turns; nobody calls it hanging before `later` seconds and `STILL` have passed."""
    pulse = data / PULSE
    pulse.touch()
    # Seconds since the machine started, which no jump of its clock changes.
    when = time.monotonic() + later
    os.utime(pulse, (when, when))


def beats(data: Path, still: float = STILL) -> bool:
    """Whether the loop turned within the last `still` seconds."""
    try:
        age = time.monotonic() - (data / PULSE).stat().st_mtime
    except OSError:
        return False
    return -_LONGEST < age < still
