"""`./heyan register diff`: what changed between two versions of a register."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from rich import box
from rich.table import Table

from cli import screen
from cli.options import Usage, as_json
from domain.errors import ExitCode
from reports.register_changes import write_csv, write_xlsx
from review.registering import NAMES, Comparison, choose_versions, compare_registers, tell_rows
from storage.ledger import open_ledger
from storage.registers import Register, RegisterKind
from storage.settings import load_settings

SHOWN = 200  # changes on a screen; --json and --out have all


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", nargs="?", type=int, metavar="OLD", help="较早的版本号，默认倒数第二个")
    parser.add_argument("new", nargs="?", type=int, metavar="NEW", help="较新的版本号，默认同一种清单的最新版本")
    parser.add_argument("--kind", choices=[*RegisterKind], help="不写版本号时比较哪一种清单，默认最近载入的")
    parser.add_argument("--out", type=Path, metavar="FILE", help="另写入 .xlsx 或 .csv 文件，不得已存在")
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    _check(args.out)
    database = open_ledger(load_settings().database_url).database
    kind = RegisterKind(args.kind) if args.kind else None
    found = compare_registers(database, *choose_versions(database, args.old, args.new, kind))
    if args.out:
        write = write_csv if args.out.suffix.lower() == ".csv" else _write_xlsx
        write(args.out, tell_rows(found))
    if args.json:
        screen.print_object(found.model_dump(mode="json"))
    else:
        _show(found)
    return ExitCode.CLEAR


def _write_xlsx(path: Path, told: Iterable[tuple[str, ...]]) -> None:
    write_xlsx(path, told, "清单变化")


def _check(out: Path | None) -> None:
    if out is None:
        return
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise Usage("BAD_NAME", f"--out 的文件名须以 .xlsx 或 .csv 结尾：{out.name}")
    if out.exists():
        raise Usage("FILE_EXISTS", f"文件已存在：{out}")


def _show(found: Comparison) -> None:
    counts, console = found.found.counts, screen.out()
    console.print(f"{_named(found.old)} → {_named(found.new)}", markup=False)
    companies = f"新列入 {counts.companies_added}，不再列入 {counts.companies_gone}，有变化 {counts.companies_changed}"
    listed = (
        f"新列入 {counts.rows_added}，不再列入 {counts.rows_gone}，改变 {counts.rows_changed}，相同 {counts.rows_same}"
    )
    console.print(f"企业 companies：{companies}\n条 rows：{listed}")
    if found.found.changes:
        console.print(_table(found))
    if found.contradicted:
        console.print(f"与已采信的事实不符 contradicted {len(found.contradicted)}（REC-006，对账后进入待办）：")
        for one in found.contradicted[:SHOWN]:
            console.print(screen.safe(one.message), soft_wrap=True)
    if len(found.found.changes) > SHOWN:
        console.print(f"另有 {len(found.found.changes) - SHOWN} 处，用 --json 或 --out 查看全部。")


def _named(register: Register) -> str:
    return f"{NAMES[RegisterKind(register.kind)]}版本 {register.version}（{register.source}）"


def _table(found: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        "变化",
        "企业 company",
        "条目 row",
        "栏目 field",
        "原 before",
        "新 after",
        "位置 place",
        "案件 cases",
    ):
        table.add_column(heading, overflow="fold")
    for one, row in zip(found.found.changes[:SHOWN], tell_rows(found), strict=False):
        place = " → ".join(filter(None, (one.place_before, one.place_after)))
        table.add_row(*(screen.safe(cell) for cell in (row[0], f"{row[1]} {row[2]}", *row[3:7], place, row[9])))
    return table
