"""`./heyan notice`: opens the public notice of an agreement, records objections, or tells that it failed."""

import argparse
import sys
from datetime import date

from cli import screen
from cli.options import Usage, as_json
from cli.proving import HOW, proof, prove
from domain.errors import ExitCode
from domain.life import Step
from review.living import Asked, take_step
from storage.ledger import open_ledger
from storage.settings import load_settings

HELP = f"""登记协议转让书的公示（指南四、（四）：20日），同时为该协议预留出让方的排放量；
公示期内收到异议的以 --objection 登记，公示中止计日，办结后以 --settle 登记并续计；
协议撤回或公示未通过的，以 --failed 登记原因，所预留的排放量退回。
Opens the public notice of a case's agreement and reserves what it sells. An objection stops the clock until it is
settled; --failed ends the notice and gives the kilograms back.
{HOW}"""

EXAMPLES = """  ./heyan notice HY-2026-000003 --from 2026-11-23
  ./heyan notice HY-2026-000003 --objection 有单位对数量提出异议 --on 2026-11-30
  ./heyan notice HY-2026-000003 --settle 经核实异议不成立 --on 2026-12-04
  ./heyan notice HY-2026-000003 --failed 公示期内异议成立"""

_DONE = {
    Step.NOTICED: "已登记案件 {case} 自 {on} 起公示，排放量已预留 · notice opened",
    Step.OBJECTED: "已登记案件 {case} 的异议，公示中止计日 · objection recorded, the clock stands still",
    Step.SETTLED: "已登记案件 {case} 的异议办结 · objection settled",
    Step.FAILED: "已登记案件 {case} 公示未通过，预留的排放量已退回 · notice failed, given back",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="案件编号，如 HY-2026-000003")
    parser.add_argument("--from", dest="start", type=date.fromisoformat, metavar="DAY", help="公示起始日 (YYYY-MM-DD)")
    parser.add_argument("--objection", metavar="TEXT", help="收到的异议")
    parser.add_argument("--settle", metavar="TEXT", help="异议的办理结果")
    parser.add_argument("--number", type=int, metavar="N", help="办结第几件异议，默认最早未办结的")
    parser.add_argument("--failed", metavar="REASON", help="公示未通过的原因")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="收到、办结或终止的日期，默认今天")
    proof(parser)
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    wanted = list(_wanted(args))
    if not wanted:
        raise Usage("BAD_ARGUMENTS", "请用 --from、--objection、--settle 或 --failed 说明要登记什么")
    ledger = open_ledger(load_settings().database_url)
    user = prove(ledger, args)
    for asked in wanted:
        life = take_step(ledger, asked, user)
        print(_DONE[asked.step].format(case=args.case, on=args.start), file=sys.stderr)
    if args.json:
        screen.print_object(life.model_dump(mode="json"))
    return ExitCode.CLEAR


def _wanted(args: argparse.Namespace) -> list[Asked]:
    texts = {Step.OBJECTED: args.objection, Step.SETTLED: args.settle, Step.FAILED: args.failed}
    opened = [Asked(case=args.case, step=Step.NOTICED, on=args.start)] if args.start else []
    return opened + [
        Asked(case=args.case, step=step, on=args.on, text=text, objection=args.number)
        for step, text in texts.items()
        if text is not None
    ]
