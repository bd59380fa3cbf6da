"""Seconds per page against bare RapidOCR, and peak memory: `python -m bench.speed DIR`."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, NamedTuple

import psutil  # type: ignore[import-untyped]

from cli.samples import packages
from extractors.opening import open_package

HOUSE = Path(__file__).parents[1]
SAMPLE_SECONDS = 0.1

# A child of its own, so that neither side finds the other's models, threads or memory in place.
BARE = """
import sys, time
from rapidocr import RapidOCR
engine = RapidOCR()
paths = sys.argv[1:]
engine(paths[0])
started = time.monotonic()
for path in paths:
    engine(path)
print(time.monotonic() - started)
"""


# Both readers over the same pages, one after the other; the reading processes are up before the clock starts.
STAGES = """
import os, sys, tempfile, time
from pathlib import Path
from extractors.opening import open_package
from extractors.reading import read_pages
from extractors.rereading import read_again
workers, once, again = os.cpu_count() or 1, 0.0, 0.0
with tempfile.TemporaryDirectory() as work:
    for number, path in enumerate(sys.argv[1:]):
        images = open_package(Path(path), Path(work, str(number))).images
        if not number:
            list(read_pages(images[:workers], workers))
        started = time.monotonic()
        pages = list(read_pages(images, workers))
        read = time.monotonic()
        read_again(pages, images)
        once, again = once + read - started, again + time.monotonic() - read
print(once, again)
"""


class Run(NamedTuple):
    """What one call took: wall seconds, peak resident bytes of it and its children, and what it printed."""

    seconds: float
    peak: int
    out: str


def main(argv: Sequence[str]) -> int:
    """Prints a Markdown table."""
    asked = arguments().parse_args(argv)
    chosen = [package for package, _ in packages(asked.dir, asked.only)][: asked.packages]
    if not chosen:
        print(f"no packages with truth files below {asked.dir}", file=sys.stderr)
        return 2
    with TemporaryDirectory(prefix="heyan-bench-") as work:
        rows = [*speed(chosen, Path(work)), *memory(chosen[0], Path(work), asked.memory)]
    print(machine(), "| figure | value |\n| --- | --- |", *(f"| {name} | {value} |" for name, value in rows), sep="\n")
    return 0


def arguments() -> argparse.ArgumentParser:
    """DIR, and how much of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    parser.add_argument("dir", type=Path)
    parser.add_argument("--only", default="*", metavar="GLOB")
    parser.add_argument("--packages", type=int, default=3, help="how many packages to read")
    parser.add_argument("--memory", type=int, nargs="*", default=[10, 100], metavar="PAGES", help="package sizes")
    return parser


def speed(chosen: Sequence[Path], work: Path) -> Iterator[tuple[str, str]]:
    """Our `check` over whole packages (all of it: start, rendering, seals, tables, rules), then bare RapidOCR."""
    ours = watch(["./heyan", "check", *map(str, chosen), "--json"])
    pages = sum(package["pages"] for package in json.loads(ours.out)["packages"])
    pictures = [str(image.path) for n, path in enumerate(chosen) for image in render(path, work / str(n))]
    bare = float(watch([sys.executable, "-c", BARE, *pictures]).out)
    yield "pages", str(pages)
    yield "`check`, s/page (everything)", f"{ours.seconds / pages:.2f}"
    yield "bare RapidOCR defaults, s/page (models loaded, pages rendered)", f"{bare / len(pictures):.2f}"
    once, again = map(float, watch([sys.executable, "-c", STAGES, *map(str, chosen)]).out.split())
    yield "first reader alone, s/page", f"{once / pages:.2f}"
    yield "with the second reader, s/page", f"{(once + again) / pages:.2f}"
    yield "second reader's share", f"{again / once:.1%}"
    yield "ratio", f"{ours.seconds / pages * len(pictures) / bare:.2f}"


def memory(package: Path, work: Path, sizes: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Peak resident memory of `check`, children included, for packages of these many pages."""
    pictures = [image.path for image in render(package, work / "memory")]
    for size in sizes:
        folder = work / f"{size}-pages"
        folder.mkdir()
        for number in range(size):
            picture = pictures[number % len(pictures)]
            shutil.copy(picture, folder / f"{number:03d}{picture.suffix}")
        run = watch(["./heyan", "check", str(folder), "--json"])
        yield f"peak memory, {size} pages, MiB", f"{run.peak / 2**20:.0f}"
        yield f"`check`, {size} pages, s/page", f"{run.seconds / size:.2f}"
        shutil.rmtree(folder)


def render(package: Path, work: Path) -> tuple[Any, ...]:
    """The package's page pictures."""
    work.mkdir(parents=True)
    return open_package(package, work).images


def watch(command: Sequence[str]) -> Run:
    """Runs a command to its end, looking at the memory of all its processes."""
    started, peak = time.monotonic(), 0
    with TemporaryFile("w+") as out:
        process = subprocess.Popen(command, cwd=HOUSE, stdout=out, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            peak = max(peak, resident(process.pid))
            time.sleep(SAMPLE_SECONDS)
        seconds = time.monotonic() - started
        out.seek(0)
        return Run(seconds, peak, out.read())


def resident(pid: int) -> int:
    """Resident bytes of a process and all below it."""
    try:
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    return sum(_resident(one) for one in family)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def machine() -> str:
    """One line on where this was measured."""
    memory = psutil.virtual_memory().total / 2**30
    load = f"load {os.getloadavg()[0]:.1f} at the end"
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {load}, {time.strftime('%Y-%m-%d')}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
