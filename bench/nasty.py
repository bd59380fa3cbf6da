"""Every nasty file through `./heyan intake`, in a few runs: what became of it, and that nothing broke."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table

from fixtures.make.nasty import READ, Nasty, all_nasty

HOUSE = Path(__file__).parents[1]
OURS = {"FLOW_FAILED", "INTERNAL"}  # errors of the program, not of the papers


class Fate(NamedTuple):
    """What became of one: `end` is the code of its refusal or `read`; `right` when that is what must become of it."""

    nasty: Nasty
    state: str
    end: str
    reason: str
    seconds: float

    @property
    def right(self) -> bool:
        return self.end in self.nasty.ends and self.end not in OURS


def take_in(some: Sequence[Nasty], work: Path) -> list[Fate]:
    """Makes the files below `work`, takes them in over a store of their own; raises RuntimeError if `intake` breaks."""
    papers = work / "papers"
    papers.mkdir(parents=True)
    for one in some:
        one.make(papers / one.name)
    told = _run(["intake", "--json", "--workers", "1", "--", *(str(papers / one.name) for one in some)], work)
    return [_judge(one, package) for one, package in zip(some, told["packages"], strict=True)]


def _run(words: Sequence[str], work: Path) -> Any:
    own = {name: it for name, it in os.environ.items() if not name.startswith(("HEYAN_", "PREFECT_"))}
    own |= {"HEYAN_DATA": str(work / "data")}
    done = subprocess.run([HOUSE / "heyan", *words], cwd=work, env=own, capture_output=True)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise RuntimeError(f"intake ended with {done.returncode}: {done.stderr.decode()[-3000:]}") from None


def _judge(one: Nasty, package: dict[str, Any]) -> Fate:
    error = package.get("error") or {}
    refused = "；".join(f"{file['name']}：{file['code']}" for file in package.get("refused", []))
    reason = error.get("message") or refused or f"{package['pages']} 页 pages"
    return Fate(one, package["state"], error.get("code") or READ, reason, package["seconds"])


def tell(fates: Sequence[Fate], console: Console) -> None:
    """Prints what became of each."""
    table = Table(box=box.SIMPLE_HEAD)
    for name in ("文件 file", "怪在哪里 what is nasty", "结论 end", "原因 reason", "秒 s", ""):
        table.add_column(name, overflow="fold")
    for fate in fates:
        shown = "".join(sign if sign.isprintable() else "·" for sign in fate.nasty.name[:40])
        row = (shown, fate.nasty.what, fate.end, fate.reason[:120], f"{fate.seconds:.1f}", "" if fate.right else "✗")
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    console.print(table)
    wrong = sum(not fate.right for fate in fates)
    read, broken = sum(fate.end == READ for fate in fates), sum(fate.end in OURS for fate in fates)
    told = f"{len(fates)} 个，读出 {read}，拒收 {len(fates) - read}，程序出错 {broken}，不符 {wrong}"
    console.print(f"{told} · files, read, refused, crashed, wrong")
    ends = Counter(fate.end for fate in fates)
    console.print("，".join(f"{end} {number}" for end, number in ends.most_common()))


def main(words: Sequence[str] | None = None) -> int:
    """The number is for the shell: 0 when each ended as it must."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", metavar="TEXT", help="files whose name or description has this in it")
    parser.add_argument("--portion", type=int, default=40, metavar="N", help="files that one run takes in")
    asked = parser.parse_args(words)
    some = [one for one in all_nasty() if asked.only in one.name + one.what]
    fates: list[Fate] = []
    for start in range(0, len(some), asked.portion):
        with tempfile.TemporaryDirectory(prefix="heyan-bench-") as work:
            fates += take_in(some[start : start + asked.portion], Path(work))
        print(f"{len(fates)}/{len(some)}", end=" ", flush=True, file=sys.stderr)
    tell(fates, Console(width=None if sys.stdout.isatty() else 180))
    return int(not all(fate.right for fate in fates))


if __name__ == "__main__":
    sys.exit(main())
