"""Reading processes, kept loaded and given one page at a time."""

import functools
import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from domain.errors import IntakeError
from domain.page import ReadPage
from extractors.confining import surroundings
from extractors.files import PageImage

_ROOT = Path(__file__).resolve().parents[1]
_SECONDS_PER_PAGE = 300
_AHEAD = 2  # pages per worker under way or waiting to be taken, so that a slow page does not pile up the next ones
_TRIES = 2


def read_in_order(pages: Sequence[tuple[PageImage, int]], workers: int) -> Iterator[ReadPage]:
    """Reads (image, number) pairs with `workers` processes and yields them in the given order.

    Only a few pages are under way at any time, whatever their count. A page on which a reader dies is tried once more
    by a new one, then raises IntakeError PAGE_UNREADABLE; one that takes over five minutes raises TIMEOUT.
    """
    readers = open_readers(workers)
    waiting = iter(pages)
    with ThreadPoolExecutor(max_workers=workers) as threads:
        under_way: deque[Future[ReadPage]] = deque()
        try:
            for image, number in waiting:
                under_way.append(threads.submit(readers.read, image, number))
                if len(under_way) >= workers * _AHEAD:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for future in under_way:
                future.cancel()


class Readers:
    """A fixed number of reading processes, started when first needed; threads wait for an idle one."""

    def __init__(self, workers: int) -> None:
        self._threads = max(1, (os.cpu_count() or 1) // workers)
        self._idle: queue.LifoQueue[subprocess.Popen[str] | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)

    def read(self, image: PageImage, number: int) -> ReadPage:
        """Has one page read; raises IntakeError when its readers die or hang."""
        for _ in range(_TRIES):
            reader = self._idle.get()
            if reader is None or reader.poll() is not None:
                reader = self._start()
            try:
                answer = _ask(reader, image, number)
            finally:
                self._idle.put(reader)
            if answer:
                return _page(answer)
        raise IntakeError("PAGE_UNREADABLE", f"第 {number} 页无法识别：识别进程异常退出。")

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "extractors.reader", str(self._threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            encoding="utf-8",
            env=surroundings(os.environ) | {"OMP_NUM_THREADS": str(self._threads)},
        )


@functools.cache
def open_readers(workers: int) -> Readers:
    """The readers of this process; they end when it ends, since their standard input closes then."""
    return Readers(workers)


def _ask(reader: "subprocess.Popen[str]", image: PageImage, number: int) -> str:
    """The answer's line, empty when the reader died; one that hangs is killed."""
    assert reader.stdin and reader.stdout
    late = threading.Event()

    def give_up() -> None:
        late.set()
        reader.kill()

    timer = threading.Timer(_SECONDS_PER_PAGE, give_up)
    timer.start()
    try:
        reader.stdin.write(f'{{"number": {number}, "image": {image.model_dump_json()}}}\n')
        reader.stdin.flush()
        answer = reader.stdout.readline()
    except BrokenPipeError:
        answer = ""
    finally:
        timer.cancel()
    if late.is_set():
        raise IntakeError("TIMEOUT", f"第 {number} 页识别超过 {_SECONDS_PER_PAGE} 秒。")
    if not answer:
        reader.wait()
    return answer


def _page(answer: str) -> ReadPage:
    if answer.startswith('{"code"'):
        raise IntakeError(**json.loads(answer))
    return ReadPage.model_validate_json(answer)
