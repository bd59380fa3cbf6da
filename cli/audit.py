"""`./heyan audit`: whether the log of everything that was done is whole."""

import argparse
import sys

from cli import screen
from cli.options import as_json
from domain.errors import ExitCode
from review.second_review import check_draws
from storage.audit import Audit, Mark
from storage.ledger import open_ledger
from storage.settings import load_settings

HELP = """verify 逐条核对操作日志：每一条的内容、编号和与前一条的衔接，以及末尾有无缺失；
再以日志核对案件的记录：状态、原件清单、页面、文书、规则结论、事项、人工决定、台账分录，指出被改动、缺失或后加的每一处；复核抽签逐次验算。
退出码 0 完整 · 3 有改动或缺失（指出第一处）· 4 数据库不可用。
末尾一条的“编号:哈希”请抄存在别处：日后用 --expect 比对，可发现日志被整体改写或截短。
Checks every event's content, number and link to the one before it. Exit code 3 where one was changed or is missing.
Keep the last number and hash elsewhere: --expect finds a log that was rewritten as a whole since."""

EXAMPLES = """  ./heyan audit verify
  ./heyan audit verify --json
  ./heyan audit verify --expect 1207:9f2c..."""


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="verify")
    verify = actions.add_parser("verify", help="核对操作日志 · check the log")
    verify.add_argument("--expect", type=_mark, metavar="N:HASH", help="此前抄存的编号与哈希，须仍在日志中")
    as_json(verify)


def run(args: argparse.Namespace) -> ExitCode:
    ledger = open_ledger(load_settings().database_url)
    found = Audit(ledger.database).verify(args.expect)
    odd = [event.number for event in check_draws(ledger)] if found.broken is None else []
    whole = found.whole and not odd
    if args.json:
        screen.print_object({"whole": whole, "draws": odd} | found.model_dump(mode="json"))
    elif whole:
        print(f"操作日志完整，共 {found.end.number} 条 · whole\n请抄存 keep: {found.end}")
    elif odd:
        print(f"复核抽签与日志不符：第 {'、'.join(map(str, odd))} 条 · draws that do not follow", file=sys.stderr)
    elif found.broken is None:
        told = "\n".join(f"  {one}" for one in found.wrong)
        print(f"操作日志完整，但以下记录与日志不符 · records that are not as the log tells:\n{told}", file=sys.stderr)
    else:
        why = f"操作日志自第 {found.broken.number} 条起不可信：{found.broken.why}"
        print(f"{why} · broken from event {found.broken.number} on", file=sys.stderr)
    return ExitCode.CLEAR if whole else ExitCode.UNREADABLE


def _mark(text: str) -> Mark:
    number, _, found = text.strip().partition(":")
    if not (number.isdecimal() and found):
        raise argparse.ArgumentTypeError("应为 编号:哈希")
    return Mark(number=int(number), hash=found.lower())
