"""How many pages an hour one watcher takes and how many two take, over one database, one store and one flow server.

`python -m bench.scale --packages 12`: every package is a page that the OCR has to read; each watcher reads with one
process, so that two of them need two cores.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from bench.breaking import PATIENCE, World, scan, world
from bench.servers import until


class Pace(NamedTuple):
    """How long so many watchers took for so many packages, and what share each of them had."""

    workers: int
    packages: int
    seconds: float
    shares: tuple[int, ...]


def measure(place: World, packages: int) -> Pace:
    """Hands all of them in at once and waits for the last."""
    for name in tuple(place.workers):  # the models are loaded before anything counts
        place.hand_in(f"{name}.png", scan(f"WARM {name}"))
    place.settle()
    before = {name: _count(place, name) for name in place.workers}
    began = time.monotonic()
    for number in range(packages):
        name = f"{len(place.workers)}-{number}"
        place.hand_in(f"{name}.png", scan(f"PAGE {name} 1234567890"))
    place.settle()
    shares = tuple(_count(place, name) - before[name] for name in place.workers)
    return Pace(len(place.workers), packages, time.monotonic() - began, shares)


def _count(place: World, worker: str) -> int:
    with suppress(FileNotFoundError):
        return (place.place / f"{worker}.log").read_text(errors="replace").count("读页 1/1")
    return 0


def main(words: Sequence[str] | None = None) -> int:
    """Prints both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=int, default=12, metavar="N")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as work:
        disk = Path(work, "disk")
        disk.mkdir()
        with world(Path(work), disk, workers=1) as place:
            for _ in range(2):
                told = measure(place, asked.packages)
                pace = told.packages * 3600 / told.seconds
                print(
                    f"{told.workers} watchers: {told.seconds:.1f} s, {pace:.0f} packages an hour, shares {told.shares}"
                )
                name = place.start_worker()
                until(lambda: place.ready(name), PATIENCE, "worker")  # noqa: B023
    return 0


if __name__ == "__main__":
    sys.exit(main())
