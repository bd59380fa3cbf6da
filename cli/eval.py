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
from extractors.parts import Part
from extractors.reading import ENGINE
from extractors.views import Place, View
from reports.ablation import ablate
from reports.accuracy import Accuracy, tally
from reports.comparison import Judged
from reports.evaluation import Headed, Shown, ShownSeal, render
from reports.seal_scores import SealPair
from reports.verdict import Verdict, announce
from reports.worst import seal_errors, worst

HELP = """在 DIR 下查找每个 X.truth.json（材料包 X 旁）或文件夹内的 truth.json，逐项比对。
Finds every X.truth.json beside a package X, or truth.json inside a folder, and compares field by field.
读取结果按内容与引擎版本存放在 --readings，再次评估不重新识别文字。

静默错 silent：关键字段读错、系统称确定、且没有规则因此停下。存疑 unsure：交人工核对，读得对不对都算。
A silent error is a critical field that is wrong, called certain, and stopped no rule; unsure fields go to a person.
按扫描等级 by scan：office = light + typical，rough = rough + phone，poor 单列（读不清应退回重扫）。
印章 seals：有无对 = 认出 /（纸上 + 多认）；性质、所有人、用途只在可辨认处计。真值 either 中的规则报出不算误报。
Seals found = found / (pressed + invented); whose and what for only where legible. Rules in `either` may fail."""

Spot = tuple[str, Place]  # package and place

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
    parser.add_argument(
        "--errors", nargs="?", choices=("critical", "all"), const="critical", help="列出不对的字段和印章"
    )
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
        args.html.write_text(_page(board, judged, args), encoding="utf-8")


def _page(board: scoreboard.Board, judged: Sequence[Judgement], args: argparse.Namespace) -> str:
    bad, seals = worst(board.accuracy, args.worst), seal_errors(board.accuracy)[: args.worst]
    places = [_place(each.judged) for each in bad] + [_place(pair) for pair in seals]
    views = _view([each.sample for each in judged], [place for place in places if place])
    headed = Headed(f"{args.dir.name}（{len(judged)} 个材料包）", f"{today():%Y-%m-%d}", ENGINE)
    fields = [Shown(each, views.get(_place(each.judged))) for each in bad]
    return render(
        headed, board.accuracy, board.ablation, fields, [ShownSeal(pair, views.get(_place(pair))) for pair in seals]
    )


def _view(found: Sequence[Sample], places: Sequence[Spot]) -> dict[Spot | None, View]:
    """What a reviewer sees at these places, package by package."""
    views: dict[Spot | None, View] = {}
    for sample in found:
        here = {place: (package, place) for package, place in places if package == sample.package.name}
        seen = sample.view(list(here)) if here else {}
        views |= {here[place]: view for place, view in seen.items()}
    return views


def _place(thing: Judged | SealPair) -> Spot | None:
    return (thing.package, (thing.page, thing.box)) if thing.page and thing.box else None
