"""`./heyan queue`: what waits for a person, gravest and oldest first."""

import argparse
from datetime import UTC, datetime

from rich import box
from rich.table import Table
from rich.text import Text

from cli import screen
from cli.options import as_json
from domain.dossier import Kind
from domain.errors import ExitCode
from review.accounts import mask_over
from review.masking import Mask
from storage.filters import Filter
from storage.ledger import open_ledger
from storage.records import Item
from storage.settings import load_settings

HELP = """待人工处理的事项：最严重、最早的在前；同一案件内先处理识读存疑的。
Items that wait for a person. Exit code 1 when there are any, 0 when the queue is empty."""

EXAMPLES = """  ./heyan queue
  ./heyan queue 铅锌冶炼 --rule QTY-003
  ./heyan queue --kind demand --county 赫章县 --holder wang
  ./heyan queue --limit 20 --json"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text", nargs="?", default="", metavar="TEXT", help="企业名称、信用代码、许可证或案件编号的一部分"
    )
    as_json(parser)
    parser.add_argument("--kind", choices=[*Kind], metavar="KIND", help="、".join(Kind))
    parser.add_argument("--rule", metavar="CODE", help="规则编号，如 QTY-003")
    parser.add_argument("--county", metavar="COUNTY", help="县（市、区）全称")
    parser.add_argument("--holder", metavar="NAME", help="由谁处理；“-”为无人处理的")
    parser.add_argument("--limit", type=int, metavar="N", help="最多列出 N 项")


def run(args: argparse.Namespace) -> ExitCode:
    holder = "" if args.holder == "-" else args.holder
    asked = Filter(text=args.text, kind=args.kind, rule=args.rule, county=args.county, holder=holder)
    ledger = open_ledger(load_settings().database_url)
    items = ledger.queue(args.limit, asked)
    mask = mask_over(ledger.database, {item.case for item in items})
    if args.json:
        screen.print_object({"items": items}, mask)
    else:
        screen.out().print(_table(items, mask) if items else "没有待处理的事项 · nothing waits")
    return ExitCode.REVIEW if items else ExitCode.CLEAR


def _table(items: tuple[Item, ...], mask: Mask) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("#", "案件 case", "企业 company", "类型 kind", "期限 due", "处理人 whose", "事项 finding"):
        table.add_column(heading, overflow="fold")
    for item in items:
        whose, line = item.whose(datetime.now(UTC)) or "—", screen.finding_line(item.finding, mask)
        company = Text(mask(item.company or item.package))
        table.add_row(str(item.id), item.case, company, screen.KINDS[item.kind], f"{item.due_on:%m-%d}", whose, line)
    return table
