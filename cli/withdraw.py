"""`./heyan withdraw`: takes back a published listing, or an agreement that is not contracted yet."""

import argparse
import sys

from cli import screen
from cli.options import as_json
from cli.proving import HOW, proof, prove
from domain.errors import ExitCode
from domain.life import Step
from review.living import Asked, take_step
from storage.ledger import open_ledger
from storage.settings import load_settings

HELP = f"""撤回已发布的供需信息（指南四、（三））：尚未成交的拟出让量不再可出让，尚未落实的需求量不再计；
CASE 为转让案件时撤回其协议，所预留的排放量退回。已按合同转让的不能撤回。
Takes back a published listing, or a deal's agreement; what a contract transferred stays transferred.
{HOW}"""

EXAMPLES = """  ./heyan withdraw HY-2026-000001
  ./heyan withdraw HY-2026-000001 --reason 企业申请撤回"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="案件编号，如 HY-2026-000001")
    parser.add_argument("--reason", default="企业申请撤回", metavar="REASON", help="撤回原因，默认“企业申请撤回”")
    proof(parser)
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    ledger = open_ledger(load_settings().database_url)
    asked = Asked(case=args.case, step=Step.WITHDRAWN, text=args.reason)
    life = take_step(ledger, asked, prove(ledger, args))
    print(f"案件 {args.case} 已撤回 · withdrawn", file=sys.stderr)
    if args.json:
        screen.print_object(life.model_dump(mode="json"))
    return ExitCode.CLEAR
