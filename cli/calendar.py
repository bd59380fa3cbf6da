"""`./heyan calendar`: the public notices that run, when each ends by both readings of 20 days, which stand still."""

import argparse
from collections.abc import Sequence
from datetime import date

from rich import box
from rich.table import Table
from rich.text import Text

from cli import screen
from cli.options import as_json, today
from domain.errors import ExitCode
from storage.ledger import open_ledger
from storage.life import Lives, OpenNotice
from storage.settings import load_settings

HELP = """公示日历：进行中的公示何时期满，“20日”按日历日（遇休息日顺延）和按工作日两种算法并列；
收到异议的公示中止计日，办结后续计。--week 只列本周内（至周日）按任一算法期满、已过期满日或中止的。
The public notices that run, with both readings of 20 days; an open objection stops the clock."""

EXAMPLES = """  ./heyan calendar
  ./heyan calendar --week
  ./heyan calendar --week --today 2026-12-07 --json"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--week", action="store_true", help="只列本周期满或中止的 · only what ends this week")
    parser.add_argument("--today", type=date.fromisoformat, default=today(), metavar="DAY", help="以哪一天为今天")
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    lives = Lives(open_ledger(load_settings().database_url).database)
    found = lives.week(args.today) if args.week else lives.open_notices(args.today)
    if args.json:
        screen.print_object({"today": str(args.today), "notices": [it.model_dump(mode="json") for it in found]})
    else:
        screen.out().print(_table(found, args.today) if found else "没有进行中的公示 · no notice runs")
    return ExitCode.CLEAR


def _table(found: Sequence[OpenNotice], today: date) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in (
        "案件 case",
        "出让方 → 受让方",
        "协议 agreement",
        "公示起 from",
        "日历日 calendar",
        "顺延 moved",
        "工作日 working",
    ):
        table.add_column(heading, overflow="fold")
    table.add_column("情况 standing", overflow="fold")
    for it in found:
        days = (it.opened_on, it.calendar, it.moved, it.working)
        parties = f"{it.transferor} → {it.transferee}"
        table.add_row(it.case, Text(parties), Text(it.agreement or "—"), *map(str, days), _standing(it, today))
    return table


def _standing(it: OpenNotice, today: date) -> str:
    if it.paused:
        pending = [one for one in it.objections if one.pause.last is None]
        return f"[red]中止：异议 {len(pending)} 件未办结（自 {pending[0].pause.first}） paused[/]"
    if today > it.latest:
        return "[green]已期满 over[/]"
    told = "已在两种算法之间 between" if today > it.earliest else "进行中 running"
    return told if it.known else f"{told}（节假日未公布，按周一至周五 holidays unknown）"
