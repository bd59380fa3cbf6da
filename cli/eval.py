"""`./heyan eval`: reads packages whose truth is known and counts what was right."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from cli import listings, scoreboard, screen
from cli.examine import Consult, Neighbours, Reader, examine, judge
from cli.options import as_json, existing, reading, today
from domain.books import Books
from domain.dossier import Kind
from domain.errors import ExitCode
from extractors.opening import fingerprint
from extractors.reading import ENGINE
from extractors.recorded import SUFFIX, Readings, beside, load, save
from reports.accuracy import Accuracy, tally
from reports.verdict import Verdict, announce

HELP = """在 DIR 下查找每个 X.truth.json（材料包 X 旁）或文件夹内的 truth.json，逐项比对。
Finds every X.truth.json beside a package X, or truth.json inside a folder, and compares field by field.
读取结果按内容与引擎版本存放在 --readings，再次评估不重新识别文字。"""

EXAMPLES = """  ./heyan eval fixtures/scans
  ./heyan eval 留出样本/ --errors --csv errors.csv
  ./heyan eval 留出样本/ --only 'supply-00*' --json > accuracy.json"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("dir", type=Path, metavar="DIR")
    as_json(parser)
    reading(parser)
    parser.add_argument("--readings", type=Path, metavar="DIR", default=Path("data/readings"), help="已读页面的存放处")
    parser.add_argument("--fresh", action="store_true", help="重新识别文字 · read again, whatever is recorded")
    parser.add_argument(
        "--record", action="store_true", help="把读取结果存到材料包旁 · record readings beside packages"
    )
    parser.add_argument("--only", metavar="GLOB", default="*", help="只评估名称匹配的材料包")
    parser.add_argument("--errors", nargs="?", choices=("critical", "all"), const="critical", help="列出不对的字段")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="把不对的字段写入 CSV")
    parser.add_argument("--csv-all", type=Path, metavar="FILE", help="全部关键字段写入 CSV · right ones too")
    parser.add_argument("--verdicts", type=Path, metavar="FILE", help="把全部结论 JSON 写入文件")


def run(args: argparse.Namespace) -> ExitCode:
    existing([args.dir])
    neighbours = Neighbours()
    pairs = [_judged(package, truth, neighbours, args) for package, truth in packages(args.dir, args.only)]
    told = [(truth, verdict.model_dump(mode="json")) for truth, verdict in pairs]
    kinds = {kind: tally(pair for pair in told if pair[0]["kind"] == kind) for kind in _kinds(told)}
    _tell(tally(told), kinds, [verdict for _, verdict in pairs], args)
    return ExitCode.CLEAR


def _kinds(told: Iterable[tuple[dict[str, Any], Any]]) -> list[Kind]:
    there = {truth["kind"] for truth, _ in told}
    return [kind for kind in Kind if kind in there]


def packages(folder: Path, only: str = "*") -> list[tuple[Path, Path]]:
    """Each package below the folder with its truth file: `X.truth.json` beside `X` or `X.zip`, or one inside."""
    found = [(_beside(path), path) for path in folder.rglob("?*.truth.json")]
    found += [(path.parent, path) for path in folder.rglob("truth.json")]
    return sorted((package, truth) for package, truth in found if package is not None and package.match(only))


def _beside(truth: Path) -> Path | None:
    name = truth.name.removesuffix(".truth.json")
    noise = (truth.name, name + SUFFIX)
    near = [path for path in truth.parent.iterdir() if name in (path.name, path.stem) and path.name not in noise]
    return min(near, default=None)


def _judged(
    package: Path, truth_file: Path, neighbours: Neighbours, args: argparse.Namespace
) -> tuple[dict[str, Any], Verdict]:
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    day = date.fromisoformat(truth["today"]) if "today" in truth else today()
    kept = args.readings / f"{fingerprint(package)[:24]}{SUFFIX}"
    readings = None if args.fresh else load(kept, ENGINE)
    consult = partial(neighbours.consult, books=world(truth))
    if readings is None:
        return truth, _read(package, day, kept, consult, args)
    return truth, judge(readings, day, consult)


def world(truth: Mapping[str, Any]) -> Books:
    """What the truth file says is known beyond the package: submissions, balances, notices, registers.

    Copied pages are looked for among the packages themselves.
    """
    return Books.model_validate(truth.get("books", {}))


def _read(package: Path, day: date, kept: Path, consult: Consult, args: argparse.Namespace) -> Verdict:
    def keep(readings: Readings) -> None:
        for path in [kept, beside(package)][: 2 if args.record else 1]:
            save(readings, path)

    with screen.progress(package.name) as tell:
        return examine(package, day, Reader(args.workers, progress=tell), keep, consult)


def _tell(
    accuracy: Accuracy, kinds: Mapping[Kind, Accuracy], verdicts: list[Verdict], args: argparse.Namespace
) -> None:
    if args.csv:
        listings.write_errors(accuracy, args.csv)
    if args.csv_all:
        listings.write_critical(accuracy, args.csv_all)
    if args.verdicts:
        args.verdicts.write_text(json.dumps(announce(verdicts), ensure_ascii=False, indent=1), encoding="utf-8")
    if args.json:
        screen.print_object(scoreboard.as_json(accuracy, kinds))
    else:
        scoreboard.show(accuracy, kinds, args.errors)
    if not verdicts:
        print(f"没有找到真值文件：{args.dir}", file=sys.stderr)
