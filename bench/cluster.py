"""A package's pages read by Prefect's Dask runner, as on a cluster, against this machine's own reading processes.

`python -m bench.cluster PACKAGE --workers 2` starts a Dask scheduler with so many processes on this machine; with
`--scheduler tcp://host:8786` the pages go to a cluster that is there already, whose workers need the same release and
the pages' folder under the same path. Both ways call the same `read_page`, and both must read the same.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from domain.page import ReadPage
from extractors.files import PageImage
from extractors.opening import open_package
from extractors.reading import read_page, read_pages
from flows.embedded import prefect_server

PATIENCE = 300.0  # seconds for a Prefect server of our own


class Pace(NamedTuple):
    """Seconds for all pages, the models loaded before, by Dask's workers and by our own processes."""

    pages: int
    dask: float
    own: float
    same: bool


def compare(images: Sequence[PageImage], workers: int, scheduler: str | None = None) -> Pace:
    """Reads the pages both ways, each once for warming and once by the clock."""
    from prefect_dask.task_runners import DaskTaskRunner

    local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
    runner = DaskTaskRunner(address=scheduler) if scheduler else DaskTaskRunner(cluster_kwargs=local)
    spread, on_cluster = _flow(runner)(images, workers)
    list(read_pages(images[:workers], workers))
    began = time.monotonic()
    own = list(read_pages(images, workers))
    return Pace(len(images), spread, time.monotonic() - began, on_cluster == own)


def _flow(runner: Any) -> Callable[[Sequence[PageImage], int], tuple[float, list[ReadPage]]]:
    """The flow over this runner; Prefect is imported once its server is told."""
    from prefect import flow, task
    from prefect.cache_policies import NO_CACHE

    from flows.intake_flow import whole

    page = task(name="page", cache_policy=NO_CACHE, persist_result=False)(_call)

    def read(images: Sequence[PageImage]) -> list[ReadPage]:
        # As one call each: Prefect would take an image's tuple apart in search of futures.
        futures = [page.submit(partial(read_page, image, number, threads=1)) for number, image in enumerate(images, 1)]
        return [future.result() for future in futures]

    @flow(name="cluster", task_runner=runner, validate_parameters=False, persist_result=False)
    def pages(images: Sequence[PageImage], workers: int) -> tuple[float, list[ReadPage]]:
        read(list(images[:1]) * (2 * workers))  # every worker loads its models
        began = time.monotonic()
        done = read(images)
        return time.monotonic() - began, done

    return lambda images, workers: pages(whole(images), workers)


def _call(read: Callable[[], ReadPage]) -> ReadPage:
    return read()


def main(words: Sequence[str] | None = None) -> int:
    """Prints one line; exit code 1 where the two ways read differently."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask cluster that is there already")
    asked = parser.parse_args(words)
    with TemporaryDirectory(prefix="heyan-bench-") as work, prefect_server(Path(work, "prefect"), PATIENCE) as ready:
        images = open_package(asked.package, Path(work, "pages")).images
        ready()
        told = compare(images, asked.workers, asked.scheduler)
    print(
        f"{told.pages} pages, {asked.workers} workers: Dask {told.dask:.1f} s, own processes {told.own:.1f} s, "
        f"ratio {told.dask / told.own:.2f}, the same readings: {'yes' if told.same else 'NO'}"
    )
    return 0 if told.same else 1


if __name__ == "__main__":
    sys.exit(main())
