"""Faults that the intake must survive, done for real: workers killed, servers away, disks full, clocks wrong.

`python -m bench.faults --kills 100 --away 60` prints how often each was done and what was lost or doubled by it. The
tests run the same with fewer kills and shorter outages.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier, Thread
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

from bench.breaking import PATIENCE, Count, Skipped, World, fill, paper, scan, where, world
from bench.servers import Line, small_disk, until

MEGABYTES = 64
_SCANS = 25  # every so many-th package of the kills is a scan, which the OCR has to read


class Told(NamedTuple):
    """A fault, how often it was done, what came of it, and where it struck."""

    name: str
    times: int
    harm: Count | None
    seconds: float
    note: str = ""

    @property
    def survived(self) -> bool:
        return self.harm == Count(0, 0, True)


@dataclass
class Scene:
    """Where the faults are made: workers killed so often, servers away so many seconds, the rest in so many rounds."""

    world: World
    kills: int
    away: float
    rounds: int = 1
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    span: float = 2.0  # seconds that a package takes
    number: int = 0

    def hand_in(self, *, scanned: bool = False) -> str:
        """Another package; gives its name."""
        self.number += 1
        text = f"PACKAGE {self.number} OF {self.chance.randrange(10**9)}"
        name = f"{self.number}.{'png' if scanned else 'pdf'}"
        self.world.hand_in(name, scan(text) if scanned else paper(text))
        return name

    def taken(self) -> str:
        """Waits until somebody has a turn, and gives who."""
        return str(until(self.world.holder, PATIENCE, "nobody takes anything", 0.01))

    def strike(self, fault: Callable[[], object], packages: int = 2) -> None:
        """Has it happen at a random moment of a package's way."""
        for _ in range(packages):
            self.hand_in()
        self.taken()
        time.sleep(self.chance.uniform(0, self.span))
        fault()


def kill_workers(scene: Scene) -> tuple[int, str]:
    """worker 进程 kill -9 · a worker killed"""
    scene.span, struck, parts = measure(scene), Counter[str](), min(10, scene.kills)
    for number in range(scene.kills):
        name = scene.hand_in(scanned=number % _SCANS == 1)
        doomed = scene.taken()
        # One moment of each part of the way: so none of it is left out by chance.
        time.sleep(scene.span * (scene.chance.random() + number % parts) / parts)
        scene.world.kill(doomed)
        struck[where(scene.world, name)] += 1
        scene.world.start_worker()
        scene.world.settle()
        print(f"{number + 1}/{scene.kills}", end=" ", flush=True, file=sys.stderr)
    return scene.kills, "；".join(f"{what} {times}" for what, times in struck.most_common())


def measure(scene: Scene) -> float:
    """The seconds that a package takes while nothing goes wrong: the middle of three."""
    return sorted(_measure(scene) for _ in range(3))[1]


def _measure(scene: Scene) -> float:
    scene.hand_in()
    scene.taken()
    began = time.monotonic()
    scene.world.settle()
    return time.monotonic() - began


def take_the_store_away(scene: Scene) -> tuple[int, str]:
    """对象存储停机 · the object store stopped and started"""

    def fault() -> None:
        scene.world.store.stop()
        scene.world.store_line.set_to(Line.CUT)
        time.sleep(scene.away)
        scene.world.store.start()
        scene.world.store_line.set_to(Line.OPEN)

    scene.strike(fault, 3)
    return 1, f"{scene.away:.0f} s"


def slow_the_store(scene: Scene) -> tuple[int, str]:
    """对象存储缓慢 · the object store slow"""
    usual = scene.world.store_line.delay
    scene.world.store_line.delay = 0.4
    scene.strike(scene.world.settle)
    scene.world.store_line.delay = usual
    return 2, "每个请求加 0.4 s 以上 at least so much for every request"


def have_the_store_refuse(scene: Scene) -> tuple[int, str]:
    """对象存储返回 503 · the object store answers 503"""

    def fault() -> None:
        scene.world.store_line.set_to(Line.BUSY)
        time.sleep(scene.away)
        scene.world.store_line.set_to(Line.OPEN)

    scene.strike(fault, 3)
    return 1, f"{scene.away:.0f} s"


def restart_the_database(scene: Scene) -> tuple[int, str]:
    """PostgreSQL 重启 · PostgreSQL restarted"""

    def fault() -> None:
        scene.world.cluster.stop()
        scene.world.cluster.start()

    for _ in range(scene.rounds):
        scene.strike(fault, 1)
        scene.world.settle()
    return scene.rounds, "immediate：不等任何人 nobody is waited for"


def fill_the_disk(scene: Scene) -> tuple[int, str]:
    """worker 磁盘满 · a worker's disk full"""
    ballast = scene.world.disk / "ballast"

    def fault() -> None:
        fill(ballast)
        time.sleep(scene.away)
        ballast.unlink()

    fill(ballast)
    for _ in range(2):
        scene.hand_in()
    time.sleep(scene.away)
    ballast.unlink()
    scene.world.settle()
    scene.strike(fault)
    return 2, f"{scene.away:.0f} s"


def turn_the_clock(scene: Scene) -> tuple[int, str]:
    """时钟跳变 · workers' clocks jump"""
    clock, before = scene.world.place / "clock", tuple(scene.world.workers)
    clock.write_text("+0")
    names = [scene.world.start_worker(clock) for _ in before]
    for name in before:
        scene.world.stop(name)
    until(lambda: all(scene.world.ready(name) for name in names), PATIENCE, "workers")
    jumps = ("+3d", "-3d", "+40m", "-1h")[: 2 * scene.rounds]
    for jump in jumps:
        scene.strike(lambda: clock.write_text(jump))  # noqa: B023
        scene.hand_in()
        scene.world.settle()
    return len(jumps), "、".join(jumps)


def drop_twice_at_once(scene: Scene) -> tuple[int, str]:
    """同一材料同时递交两次 · the same package twice at once"""
    times = 2 * scene.rounds
    for _ in range(times):
        content, start = paper(f"TWICE {scene.chance.randrange(10**9)}"), Barrier(2)
        scene.number += 1

        def put(name: str, content: bytes = content, start: Barrier = start) -> None:
            start.wait()
            scene.world.hand_in(name, content)

        both = [Thread(target=put, args=(f"{scene.number}-{one}.pdf",)) for one in "ab"]
        for one in both:
            one.start()
        for one in both:
            one.join()
    return times, ""


def stop_the_flow_server(scene: Scene) -> tuple[int, str]:
    """Prefect 服务停机 · the Prefect server away"""

    def fault() -> None:
        scene.world.flows.stop()
        time.sleep(scene.away)
        scene.world.flows.start()

    scene.strike(fault, 3)
    return 1, f"{scene.away:.0f} s"


FAULTS = (
    kill_workers,
    drop_twice_at_once,
    take_the_store_away,
    slow_the_store,
    have_the_store_refuse,
    restart_the_database,
    fill_the_disk,
    stop_the_flow_server,
    turn_the_clock,
)


def suffer(scene: Scene, fault: Callable[[Scene], tuple[int, str]]) -> Told:
    """One fault, and what was lost or doubled once all is settled again."""
    name, began = str(fault.__doc__), time.monotonic()
    try:
        times, note = fault(scene)
    except Skipped as why:
        return Told(name, 0, None, time.monotonic() - began, str(why))
    scene.world.settle()
    return Told(name, times, scene.world.count(), time.monotonic() - began, note)


def suffer_all(place: Path, kills: int, away: float, rounds: int = 1, only: str = "") -> Iterator[Told]:
    """Every fault in one world, whose packages are all counted again after each."""
    with ExitStack() as stack:
        try:
            disk = stack.enter_context(small_disk(MEGABYTES))
        except PermissionError as why:
            disk, reason = place / "disk", str(why)
            disk.mkdir()
        else:
            reason = ""
        scene = Scene(stack.enter_context(world(place, disk)), kills, away, rounds)
        for fault in FAULTS:
            if only in fault.__name__:
                told = Told(str(fault.__doc__), 0, None, 0.0, reason)
                yield told if reason and fault is fill_the_disk else suffer(scene, fault)


def show(told: Sequence[Told], console: Console) -> None:
    """Prints the table."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("故障 fault", "次数 times", "丢失 lost", "重复 doubled", "日志完整 log whole", "秒 s", "说明 note"):
        table.add_column(name, overflow="fold")
    for one in told:
        lost, doubled, whole = one.harm or ("–", "–", None)
        shown = {True: "是 yes", False: "否 NO", None: "–"}[whole]
        table.add_row(one.name, str(one.times), str(lost), str(doubled), shown, f"{one.seconds:.0f}", one.note)
    console.print(table)


def main(words: Sequence[str] | None = None) -> int:
    """The number is for the shell: 0 when nothing was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10, metavar="N", help="how often a worker is killed")
    parser.add_argument("--away", type=float, default=8.0, metavar="SECONDS", help="how long servers are away")
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="how often the rest")
    parser.add_argument("--only", default="", metavar="TEXT", help="faults whose function has this in its name")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where what the workers said is kept")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="heyan-bench-") as work:
        place = asked.keep or Path(work)
        place.mkdir(parents=True, exist_ok=True)
        told = []
        for one in suffer_all(place, asked.kills, asked.away, asked.rounds, asked.only):
            print(*one, file=sys.stderr)
            told.append(one)
    show(told, Console(width=None if sys.stdout.isatty() else 180))
    return int(not all(one.survived or one.harm is None for one in told))


if __name__ == "__main__":
    sys.exit(main())
