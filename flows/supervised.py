"""The programs beside the desk: started once Prefect answers, started again where they end, stopped with the desk."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from domain.errors import HeyanError
from flows.embedded import PATIENCE, die_with_parent, prefect_server
from storage.pulse import beat

PAUSE = 5.0  # seconds before another start
_GRACE = 20.0  # seconds that a watcher gets to stop in
COMMAND = (sys.executable, "-m", "flows.watching")
NIGHTLY = (sys.executable, "-m", "flows.nightly")


@contextmanager
def watcher(data: Path) -> Iterator[None]:
    """A watcher and the nightly schedule for as long as this lasts, with a Prefect server where none is named; returns
    at once."""
    data.mkdir(parents=True, exist_ok=True)
    beat(data, later=PATIENCE)  # nobody calls the watcher dead while Prefect still starts
    stop = Event()
    with prefect_server(data / "prefect", scheduled=True) as ready:
        told = {"watcher": ("收件监视", COMMAND), "nightly": ("夜间对账", NIGHTLY)}
        keepers = [Thread(target=_keep, args=(*it, ready, stop), name=name, daemon=True) for name, it in told.items()]
        for keeper in keepers:
            keeper.start()
        try:
            yield
        finally:
            stop.set()
            for keeper in keepers:
                keeper.join(_GRACE + PAUSE)


def _keep(name: str, command: Sequence[str], ready: Callable[[], None], stop: Event) -> None:
    while not stop.is_set():
        try:
            ready()
        except HeyanError as error:
            print(f"错误：{error}", file=sys.stderr)
        else:
            _run_once(name, command, stop)
        stop.wait(PAUSE)


def _run_once(name: str, command: Sequence[str], stop: Event) -> None:
    linux = sys.platform == "linux"
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent if linux else None)
    while child.poll() is None and not stop.wait(0.2):
        pass
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    elif not stop.is_set():
        print(f"{name}进程已退出（{child.returncode}），即将重新启动 · ended, starting again", file=sys.stderr)
