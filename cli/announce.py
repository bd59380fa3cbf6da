"""`./heyan announce`: announces the result of a deal, and brings supply and demand up to date."""

import argparse
import sys
from datetime import date

from cli import screen
from cli.options import as_json
from cli.proving import HOW, proof, prove
from domain.errors import ExitCode
from domain.life import Step
from review.living import Asked, take_step
from storage.ledger import open_ledger
from storage.life import Lives
from storage.settings import load_settings

HELP = f"""发布交易结果公告（指南四、（六）），同时更新双方的供需信息；未成交的部分继续出让。CASE 为该成交的任一案件。
Announces the result of a filed deal; supply and demand are brought up to date, what is left is offered again.
{HOW}"""

EXAMPLES = """  ./heyan announce HY-2026-000003
  ./heyan announce HY-2026-000003 --on 2026-12-30 --json"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="案件编号，如 HY-2026-000003")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="公告日期，默认今天 (YYYY-MM-DD)")
    proof(parser)
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    ledger = open_ledger(load_settings().database_url)
    life = take_step(ledger, Asked(case=args.case, step=Step.ANNOUNCED, on=args.on), prove(ledger, args))
    told = next(it for it in Lives(ledger.database).announced() if it.deal == life.deal)
    print(f"案件 {args.case} 的交易结果已公告，编号 {told.number} · announced", file=sys.stderr)
    if args.json:
        screen.print_object(told.model_dump(mode="json"))
    return ExitCode.CLEAR
