"""`./heyan register`: loads 全口径清单 and other registers, and lists what is loaded."""

import argparse
import sys
from pathlib import Path

from rich import box
from rich.table import Table

from cli import screen
from cli.options import as_json, existing
from domain.errors import ExitCode
from extractors.registers import Inventory, Trouble, read_inventory
from storage.ledger import open_ledger
from storage.registers import Register, Registers
from storage.settings import load_settings

HELP = """load 载入一份清单（CSV 或 XLSX），list 列出已载入的各版本。以最新载入的版本为准，旧版本保留。
全口径清单（inventory）的表头可以是任意顺序，表头之上可以有标题行：
  企业名称 · 统一社会信用代码 · 年份 · 重金属 · 排放量（千克）      每行一种重金属，单位也可另列一栏
  企业名称 · 统一社会信用代码 · 年份 · 铅排放量(千克) · 镉排放量(千克) …   每种重金属一栏
先核对全部行；有一行不对（代码、金属名称、数字、单位、年份、重复）就全部不载入，并逐行说明。
All rows are checked first: with one bad row nothing is loaded. The same file again is a duplicate, not an error."""

EXAMPLES = """  ./heyan register load inventory 全口径清单2024.xlsx
  ./heyan register load inventory 清单.csv --json
  ./heyan register list"""

SHOWN = 200  # bad rows on a screen; --json has all


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="load|list")
    load = actions.add_parser("load", help="载入清单 · load a register")
    load.add_argument("kind", choices=["inventory"], metavar="inventory", help="清单的种类：inventory 全口径清单")
    load.add_argument("file", type=Path, metavar="FILE", help="CSV（UTF-8 或 GB18030）或 XLSX 文件")
    as_json(load)
    as_json(actions.add_parser("list", help="列出已载入的版本 · list loaded versions"))


def run(args: argparse.Namespace) -> ExitCode:
    return _load(existing([args.file])[0], args.json) if args.action == "load" else _list(args.json)


def _load(file: Path, json: bool) -> ExitCode:
    found = read_inventory(file)
    if found.troubles:
        _tell_troubles(found, json)
        return ExitCode.UNREADABLE
    register = _registers().load_inventory(found.source, found.sha256, found.rows)
    if json:
        screen.print_object(_outcome(found) | register.model_dump(mode="json"))
    else:
        print(_sentence(register) + _left_out(found))
    return ExitCode.CLEAR


def _registers() -> Registers:
    return Registers(open_ledger(load_settings().database_url).database)


def _outcome(found: Inventory) -> dict[str, object]:
    """What a program wants to know of a file: `loaded` or `refused`, and every trouble."""
    told = found.model_dump(mode="json", exclude={"rows"})
    return {"result": "refused" if found.troubles else "loaded"} | told


def _tell_troubles(found: Inventory, json: bool) -> None:
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
    what = f"全口径清单版本 {register.version}（{register.source}，{register.companies} 家企业，{register.rows} 条）"
    if not register.duplicate:
        return f"已载入{what}，自现在起以此为准 · loaded"
    current = "，即现行版本" if register.current else "；此后另有新版本载入，现行版本不变"
    return f"同一文件已于 {register.loaded_at.astimezone():%Y-%m-%d %H:%M} 载入为{what}{current} · duplicate"


def _left_out(found: Inventory) -> str:
    foreign = f"；{found.foreign} 条五种以外的污染物未载入" if found.foreign else ""
    ignored = f"；工作表{'、'.join(found.ignored)}没有清单表头，未读取" if found.ignored else ""
    return foreign + ignored


def _list(json: bool) -> ExitCode:
    versions = _registers().versions()
    if json:
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
        table.add_row(str(one.version), one.kind, screen.safe(one.source), when, *counts)
    screen.out().print(table if versions else "没有载入过清单 · no register loaded")
    return ExitCode.CLEAR
