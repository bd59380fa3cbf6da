"""The programs beside the desk: started once Prefect answers, started again where they end, stopped with the desk."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from domain.errors import HeyanError
from flows.embedded import die_with_parent, prefect_server
from storage.pulse import beat, beats
from storage.settings import Settings

PAUSE = 5.0  # seconds before another start
HANGS = 300.0  # seconds without a sign of life after which a watcher is killed and started anew
_GRACE = 20.0  # seconds that a watcher gets to stop in
COMMAND = (sys.executable, "-m", "flows.watching")
NIGHTLY = (sys.executable, "-m", "flows.nightly")


@contextmanager
def watcher(settings: Settings) -> Iterator[None]:
    """A watcher and the nightly schedule for as long as this lasts, with a Prefect server where none is named; returns
    at once."""
    data, patience, stop = settings.data, settings.flow_server_seconds, Event()
    data.mkdir(parents=True, exist_ok=True)
    beat(data, later=patience)  # nobody calls the watcher dead while Prefect still starts
    with prefect_server(data / "prefect", patience, scheduled=True) as ready:
        keepers = [
            Thread(target=_keep, args=("收件监视", COMMAND, ready, stop, data), daemon=True),
            Thread(target=_keep, args=("夜间对账", NIGHTLY, ready, stop), daemon=True),
            Thread(target=_mind, args=(ready, stop), daemon=True),
        ]
        for keeper in keepers:
            keeper.start()
        try:
            yield
        finally:
            stop.set()
            for keeper in keepers:
                keeper.join(_GRACE + PAUSE)


def _keep(name: str, command: Sequence[str], ready: Callable[[], None], stop: Event, data: Path | None = None) -> None:
    while not stop.is_set():
        if _is_up(ready):
            _run_once(name, command, stop, data)
        stop.wait(PAUSE)


def _mind(ready: Callable[[], None], stop: Event) -> None:
    """Our own Prefect server is started anew where it ends."""
    while not stop.wait(PAUSE):
        with suppress(HeyanError):  # the others tell
            ready()


def _is_up(ready: Callable[[], None]) -> bool:
    try:
        ready()
    except HeyanError as error:
        print(f"错误：{error}", file=sys.stderr)
        return False
    return True


def _run_once(name: str, command: Sequence[str], stop: Event, data: Path | None) -> None:
    """One life of a program; one that has a pulse in `data` is killed where that stands still."""
    linux = sys.platform == "linux"
    if data:
        beat(data, later=HANGS)  # it has this long to start in
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=die_with_parent if linux else None)
    while child.poll() is None and not stop.wait(0.2):
        if data and not beats(data, HANGS):
            child.kill()
            child.wait()
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(_GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    elif not stop.is_set():
        print(f"{name}进程已退出（{child.returncode}），即将重新启动 · ended, starting again", file=sys.stderr)
