"""`./heyan queue`: what waits for a person, gravest and oldest first."""

import argparse

from rich import box
from rich.table import Table
from rich.text import Text

from cli import screen
from cli.options import as_json
from domain.errors import ExitCode
from storage.ledger import open_ledger
from storage.records import Item
from storage.settings import load_settings

HELP = """待人工处理的事项：最严重、最早的在前；同一案件内先处理识读存疑的。
Items that wait for a person. Exit code 1 when there are any, 0 when the queue is empty."""

EXAMPLES = """  ./heyan queue
  ./heyan queue --limit 20 --json"""


def arguments(parser: argparse.ArgumentParser) -> None:
    as_json(parser)
    parser.add_argument("--limit", type=int, metavar="N", help="最多列出 N 项")


def run(args: argparse.Namespace) -> ExitCode:
    items = open_ledger(load_settings().database_url).queue(args.limit)
    if args.json:
        screen.print_object({"items": [item.model_dump(mode="json") for item in items]})
    else:
        screen.out().print(_table(items) if items else "没有待处理的事项 · nothing waits")
    return ExitCode.REVIEW if items else ExitCode.CLEAR


def _table(items: tuple[Item, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("#", "案件 case", "材料包 package", "类型 kind", "待办自 since", "事项 finding"):
        table.add_column(heading, overflow="fold")
    for item in items:
        since = item.opened_at.astimezone().strftime("%m-%d %H:%M")
        line = screen.finding_line(item.finding)
        table.add_row(str(item.id), item.case, Text(item.package), screen.KINDS[item.kind], since, line)
    return table
