"""`./heyan notice`: opens the public notice of an agreement, or tells that it failed."""

import argparse
import sys
from datetime import date

from cli.options import Usage
from cli.proving import HOW, proof, prove
from domain.errors import ExitCode
from reports.postings import agreed
from review.roles import Action, require
from storage.ledger import open_ledger
from storage.settings import load_settings

HELP = f"""登记协议转让书的公示（指南四、（四）：20日），同时为该协议预留出让方的排放量；
公示期内有异议或终止的，以 --failed 登记原因，所预留的排放量退回。
Opens the public notice of a case's agreement and reserves what it sells; --failed gives it back.
{HOW}"""

EXAMPLES = """  ./heyan notice HY-2026-000003 --from 2026-11-23
  ./heyan notice HY-2026-000003 --failed 公示期内有单位提出异议"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="案件编号，如 HY-2026-000003")
    parser.add_argument("--from", dest="start", type=date.fromisoformat, metavar="DATE", help="公示起始日 (YYYY-MM-DD)")
    parser.add_argument("--failed", metavar="REASON", help="公示未通过的原因")
    proof(parser)


def run(args: argparse.Namespace) -> ExitCode:
    if not (args.start or args.failed):
        raise Usage("BAD_ARGUMENTS", "请用 --from 登记公示起始日，或用 --failed 登记未通过的原因")
    ledger = open_ledger(load_settings().database_url)
    user = prove(ledger, args)
    require(user, Action.OPEN_NOTICE)
    if args.start:
        ledger.open_notice(args.case, args.start, agreed(ledger.show(args.case).documents), actor=user.actor)
        print(f"已登记案件 {args.case} 自 {args.start} 起公示，排放量已预留 · notice opened", file=sys.stderr)
    if args.failed:
        ledger.give_back(args.case, args.failed, actor=user.actor)
        print(f"已登记案件 {args.case} 公示未通过，预留的排放量已退回 · notice failed, given back", file=sys.stderr)
    return ExitCode.CLEAR
