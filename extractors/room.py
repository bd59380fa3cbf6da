"""Whether a trouble with a file is for want of room on this machine, and then none of the file's."""

import shutil
from pathlib import Path

from domain.errors import StorageAway, disk_full

_LEAST = 2**20  # bytes below which nothing that was written can be trusted to be there


def lacks_room(folder: Path) -> StorageAway | None:
    """The error to raise in place of the file's own, where the disk below is full; decoders seldom tell why."""
    return disk_full() if shutil.disk_usage(folder).free < _LEAST else None
