"""`./heyan register`: loads 全口径清单 and permit registers, lists what is loaded, and tells what changed."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from rich import box
from rich.table import Table

from cli import register_diff, screen
from cli.options import as_json, existing, officer
from domain.errors import ExitCode
from extractors.register_rows import Trouble
from review.registering import NAMES, Loading, load_register
from storage.bucket import open_bucket
from storage.ledger import open_ledger
from storage.registers import Register, RegisterKind, Registers
from storage.settings import load_settings

HELP = """load 载入一份清单（CSV 或 XLSX），list 列出各版本，diff 比较两个版本。以最新载入的版本为准，旧版本保留。
全口径清单（inventory）的表头可以是任意顺序，表头之上可以有标题行：
  企业名称 · 统一社会信用代码 · 年份 · 重金属 · 排放量（千克）      每行一种重金属，单位也可另列一栏
  企业名称 · 统一社会信用代码 · 年份 · 铅排放量(千克) · 镉排放量(千克) …   每种重金属一栏
排污许可证登记（permits）用公开平台的栏目，有 * 的必需：
  排污许可证编号* · 单位名称* · 有效期限* · 统一社会信用代码 · 行业类别 · 发证日期 · 管理类别 · 状态 ·
  铅许可年排放量(千克) …
先核对全部行；有一行不对（代码、编号、日期、状态、数字、单位、重复）就全部不载入，并逐行说明。原文件按哈希存入存储桶。
All rows are checked first: with one bad row nothing is loaded. The same file again is a duplicate, not an error."""

EXAMPLES = """  ./heyan register load inventory 全口径清单2024.xlsx
  ./heyan register load permits 排污许可证.csv --json
  ./heyan register list
  ./heyan register diff                      # 最近载入的两个版本
  ./heyan register diff 3 7 --out 变化.xlsx"""

SHOWN = 200  # bad rows on a screen; --json has all


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="load|list|diff")
    load = actions.add_parser("load", help="载入清单 · load a register")
    kinds = "清单的种类：inventory 全口径清单，permits 排污许可证登记"
    load.add_argument("kind", choices=[*RegisterKind], metavar="inventory|permits", help=kinds)
    load.add_argument("file", type=Path, metavar="FILE", help="CSV（UTF-8 或 GB18030）或 XLSX 文件")
    as_json(load)
    as_json(actions.add_parser("list", help="列出已载入的版本 · list loaded versions"))
    register_diff.arguments(actions.add_parser("diff", help="比较两个版本 · what changed between two versions"))


def run(args: argparse.Namespace) -> ExitCode:
    does: dict[str, Callable[[argparse.Namespace], ExitCode]] = {
        "load": _load,
        "list": _list,
        "diff": register_diff.run,
    }
    return does[args.action](args)


def _load(args: argparse.Namespace) -> ExitCode:
    [file], settings = existing([args.file]), load_settings()
    database, kind = open_ledger(settings.database_url).database, RegisterKind(args.kind)
    found = load_register(database, open_bucket(settings), kind, file, officer())
    if found.loaded is None:
        _tell_troubles(found, args.json)
        return ExitCode.UNREADABLE
    if args.json:
        screen.print_object(_outcome(found) | found.loaded.model_dump(mode="json"))
    else:
        print(_sentence(found.loaded) + _left_out(found))
    return ExitCode.CLEAR


def _outcome(found: Loading) -> dict[str, object]:
    """What a program wants to know of a file: `loaded` or `refused`, and every trouble."""
    told = found.model_dump(mode="json", exclude={"loaded"})
    return {"result": "refused" if found.troubles else "loaded"} | told


def _tell_troubles(found: Loading, json: bool) -> None:
    if json:
        screen.print_object(_outcome(found))
        return
    rows = len({(trouble.sheet, trouble.row) for trouble in found.troubles})
    head = f"没有载入 {found.source}：{rows} 行有问题，改正后请重新载入 · nothing was loaded"
    print(head, file=sys.stderr)
    screen.out().print(_table(found.troubles[:SHOWN]))
    if len(found.troubles) > SHOWN:
        print(f"另有 {len(found.troubles) - SHOWN} 处，用 --json 查看全部。", file=sys.stderr)


def _table(troubles: tuple[Trouble, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    sheets = any(trouble.sheet for trouble in troubles)
    for heading in (*["工作表 sheet"][: int(sheets)], "行 row", "列 column", "问题 what is wrong"):
        table.add_column(heading, overflow="fold")
    for trouble in troubles:
        cells = (*[trouble.sheet][: int(sheets)], str(trouble.row), trouble.column, trouble.message)
        table.add_row(*(screen.safe(cell) for cell in cells))
    return table


def _sentence(register: Register) -> str:
    counted = f"{register.companies} 家企业，{register.rows} 条"
    what = f"{NAMES[RegisterKind(register.kind)]}版本 {register.version}（{register.source}，{counted}）"
    if not register.duplicate:
        return f"已载入{what}，自现在起以此为准 · loaded"
    current = "，即现行版本" if register.current else "；此后另有新版本载入，现行版本不变"
    return f"同一文件已于 {register.loaded_at.astimezone():%Y-%m-%d %H:%M} 载入为{what}{current} · duplicate"


def _left_out(found: Loading) -> str:
    foreign = f"；{found.foreign} 条五种以外的污染物未载入" if found.foreign else ""
    ignored = f"；工作表{'、'.join(found.ignored)}没有清单表头，未读取" if found.ignored else ""
    return foreign + ignored


def _list(args: argparse.Namespace) -> ExitCode:
    versions = Registers(open_ledger(load_settings().database_url).database).versions()
    if args.json:
        screen.print_object({"registers": [version.model_dump(mode="json") for version in versions]})
        return ExitCode.CLEAR
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        "版本 version",
        "清单 register",
        "文件 file",
        "载入时间 loaded",
        "企业 companies",
        "条 rows",
        "现行 current",
    ):
        table.add_column(heading, overflow="fold")
    for one in versions:
        when = one.loaded_at.astimezone().strftime("%Y-%m-%d %H:%M")
        counts = (str(one.companies), str(one.rows), "✓" if one.current else "")
        kind = f"{NAMES[RegisterKind(one.kind)]} {one.kind}"
        table.add_row(str(one.version), kind, screen.safe(one.source), when, *counts)
    screen.out().print(table if versions else "没有载入过清单 · no register loaded")
    return ExitCode.CLEAR
