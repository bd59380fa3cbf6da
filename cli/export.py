"""`./heyan export`: one case with all that proves it, in one file."""

import argparse
import sys
from pathlib import Path

from cli.options import Usage, officer
from domain.errors import ExitCode
from reports.bundle.writing import write_bundle
from storage.bucket import open_bucket
from storage.ledger import open_ledger
from storage.settings import load_settings

HELP = """case 把一个案件导出为一个案卷包（zip）：原件、识读、文书、结论、决定，以及操作日志中证明它们的部分。
包内有核验程序 verify.py（只用 Python 标准库）和说明；其他案件的日志只有哈希，看不到内容。导出本身也记入操作日志。
Exports a case as one bundle that verifies on its own: python3 verify.py FILE.zip"""

EXAMPLES = """  ./heyan export case HY-2026-000001 --out 案卷.zip"""


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="case")
    case = actions.add_parser("case", help="导出一个案件 · export one case")
    case.add_argument("case", metavar="CASE", help="案件编号，如 HY-2026-000001")
    case.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="写入的文件，不得已存在")


def run(args: argparse.Namespace) -> ExitCode:
    if args.out.exists():
        raise Usage("FILE_EXISTS", f"文件已存在：{args.out}")
    settings = load_settings()
    ledger = open_ledger(settings.database_url)
    end = write_bundle(ledger, open_bucket(settings), args.case, args.out, officer())
    print(f"案件 {args.case} 已导出到 {args.out} · exported\n请抄存日志末尾 keep: {end}", file=sys.stderr)
    return ExitCode.CLEAR
