"""`./heyan eval`: reads packages whose truth is known and counts what was right."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli import listings, scoreboard, screen
from cli.examine import Neighbours
from cli.options import as_json, existing, reading, today
from cli.samples import Sample, samples
from domain.errors import ExitCode
from domain.page import Box
from extractors.parts import Part
from extractors.reading import ENGINE
from extractors.views import Place
from reports.ablation import ablate
from reports.accuracy import Accuracy, tally
from reports.evaluation import Headed, Shown, render
from reports.verdict import Verdict, announce
from reports.worst import Bad, worst

HELP = """在 DIR 下查找每个 X.truth.json（材料包 X 旁）或文件夹内的 truth.json，逐项比对。
Finds every X.truth.json beside a package X, or truth.json inside a folder, and compares field by field.
读取结果按内容与引擎版本存放在 --readings，再次评估不重新识别文字。

静默错 silent：关键字段读错、系统称确定、且没有规则因此停下。存疑 unsure：交人工核对，读得对不对都算。
A silent error is a critical field that is wrong, called certain, and stopped no rule; unsure fields go to a person.
按扫描等级 by scan：office = light + typical，rough = rough + phone，poor 单列（读不清应退回重扫）。"""

NOWHERE: Place = (0, Box(0, 0, 0, 0))

EXAMPLES = """  ./heyan eval fixtures/scans
  ./heyan eval 留出样本/ --errors --csv errors.csv
  ./heyan eval 留出样本/ --html 评估.html --worst 20       # 附截图的网页 · with crops of the worst fields
  ./heyan eval 留出样本/ --ablation                      # 依次停用每一部分 · each part switched off in turn
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
    parser.add_argument("--ablation", action="store_true", help="依次停用每一部分再评估 · what each part brings")
    parser.add_argument("--html", type=Path, metavar="FILE", help="写成可浏览、可打印的网页，附最差字段的截图")
    parser.add_argument("--worst", type=int, metavar="N", default=10, help="网页里最差字段的个数（错误更多时全列）")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="把不对的字段写入 CSV")
    parser.add_argument("--csv-all", type=Path, metavar="FILE", help="全部关键字段写入 CSV · right ones too")
    parser.add_argument("--verdicts", type=Path, metavar="FILE", help="把全部结论 JSON 写入文件")


@dataclass(frozen=True)
class Judgement:
    """A package with its truth and its verdict."""

    sample: Sample
    verdict: Verdict

    @property
    def pair(self) -> tuple[Any, dict[str, Any]]:
        return self.sample.truth, self.verdict.model_dump(mode="json")


def run(args: argparse.Namespace) -> ExitCode:
    existing([args.dir])
    judged = _judge_all(samples(args.dir, args.only, args.readings), args)
    accuracy = tally(each.pair for each in judged)
    board = scoreboard.Board(accuracy, ablate(accuracy, lambda parts: _without(judged, parts)) if args.ablation else [])
    _write(board, judged, args)
    if args.json:
        screen.print_object(scoreboard.as_json(board))
    else:
        scoreboard.show(board, args.errors)
    if not judged:
        print(f"没有找到真值文件：{args.dir}", file=sys.stderr)
    return ExitCode.CLEAR


def _judge_all(found: Sequence[Sample], args: argparse.Namespace) -> list[Judgement]:
    neighbours, judged = Neighbours(), list[Judgement]()
    for sample in found:
        verdict = None if args.fresh else sample.judge(neighbours)
        judged.append(Judgement(sample, verdict or sample.read(neighbours, args.workers, args.record)))
    return judged


def _without(judged: Sequence[Judgement], parts: frozenset[Part]) -> Accuracy:
    """The same readings judged without these parts; a package that could not be read stays what it was."""
    neighbours = Neighbours()
    again = [Judgement(each.sample, each.sample.judge(neighbours, parts) or each.verdict) for each in judged]
    return tally(each.pair for each in again)


def _write(board: scoreboard.Board, judged: Sequence[Judgement], args: argparse.Namespace) -> None:
    accuracy = board.accuracy
    if args.csv:
        listings.write_errors(accuracy, args.csv)
    if args.csv_all:
        listings.write_critical(accuracy, args.csv_all)
    if args.verdicts:
        told = announce(each.verdict for each in judged)
        args.verdicts.write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    if args.html:
        headed = Headed(f"{args.dir.name}（{len(judged)} 个材料包）", f"{today():%Y-%m-%d}", ENGINE)
        shown = _show(worst(accuracy, args.worst), [each.sample for each in judged])
        args.html.write_text(render(headed, accuracy, board.ablation, shown), encoding="utf-8")


def _show(bad: Sequence[Bad], found: Sequence[Sample]) -> list[Shown]:
    """The worst fields with their crops, package by package."""
    views = {sample.package.name: sample.view(_places(bad, sample)) for sample in found if _places(bad, sample)}
    return [Shown(each, views.get(each.judged.package, {}).get(_place(each) or NOWHERE)) for each in bad]


def _places(bad: Sequence[Bad], sample: Sample) -> list[Place]:
    here = (_place(each) for each in bad if each.judged.package == sample.package.name)
    return [place for place in here if place]


def _place(bad: Bad) -> Place | None:
    judged = bad.judged
    return (judged.page, judged.box) if judged.page and judged.box else None
