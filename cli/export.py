"""`./heyan export`: one case with all that proves it, and the papers that go out."""

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from cli.options import Usage, officer
from domain.errors import ExitCode
from domain.outgoing import Sender
from domain.statistics import Dimension
from reports.bundle.writing import write_bundle
from reports.outgoing.writing import Format, Outgoing, write
from review.outgoing import (
    make_announcement,
    make_notice,
    make_publication,
    make_receipt,
    make_statistics,
    sender_of,
)
from storage.bucket import open_bucket
from storage.ledger import Ledger, open_ledger
from storage.settings import Settings, load_settings

HELP = """case 把一个案件导出为一个案卷包（zip）：原件、识读、文书、结论、决定，以及操作日志中证明它们的部分。
包内有核验程序 verify.py（只用 Python 标准库）和说明；其他案件的日志只有哈希，看不到内容。导出本身也记入操作日志。
receipt 受理回执、publication 供需信息（指南四、（三））、notice 公示、announcement 交易结果公告（指南四、（六））、
statistics 统计（按金属、县、行业、期间），格式由文件名的后缀决定：.docx 公文、.html 打印、.xlsx、.csv、.json。
落款单位和联系方式由 HEYAN_ISSUER、HEYAN_CONTACT 设置；账号一律不出现。
Exports a case as one bundle that verifies on its own (python3 verify.py FILE.zip), and the papers that go out."""

EXAMPLES = """  ./heyan export case HY-2026-000001 --out 案卷.zip
  ./heyan export receipt HY-2026-000001 --out 受理回执.docx
  ./heyan export publication --out 供需信息.xlsx
  ./heyan export notice HY-2026-000003 --out 公示.docx
  ./heyan export announcement HY-2026-000003 --out 公告.docx
  ./heyan export statistics --from 2026-01-01 --by metal,county,month --out 统计.xlsx
  ./heyan export publication --format json --out - | jq ."""

Make = Callable[[Ledger, argparse.Namespace, Sender], Outgoing]
PAPERS: Mapping[str, tuple[str, Make]] = {
    "receipt": ("受理回执 · receipt of a case", lambda ledger, args, by: make_receipt(ledger, args.case, by)),
    "publication": ("供需信息 · what is offered and needed", lambda ledger, _, by: make_publication(ledger, by)),
    "notice": ("公示 · public notice of an agreement", lambda ledger, args, by: make_notice(ledger, args.case, by)),
    "announcement": (
        "交易结果公告 · result of a trade",
        lambda ledger, args, by: make_announcement(ledger, args.case, by),
    ),
    "statistics": (
        "统计 · statistics of a period",
        lambda ledger, args, by: make_statistics(ledger, by, args.by, args.since, args.until),
    ),
}
OVER_A_CASE = frozenset({"receipt", "notice", "announcement"})
STANDARD_OUT = "-"


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="case|" + "|".join(PAPERS))
    case = actions.add_parser("case", help="导出一个案件 · export one case")
    case.add_argument("case", metavar="CASE", help="案件编号，如 HY-2026-000001")
    case.add_argument("--out", type=Path, required=True, metavar="FILE.zip", help="写入的文件，不得已存在")
    for name, (text, _) in PAPERS.items():
        _paper(actions.add_parser(name, help=text), name)


def run(args: argparse.Namespace) -> ExitCode:
    if str(args.out) != STANDARD_OUT and args.out.exists():
        raise Usage("FILE_EXISTS", f"文件已存在：{args.out}")
    settings = load_settings()
    ledger = open_ledger(settings.database_url)
    return _export_case(args, settings, ledger) if args.action == "case" else _export_paper(args, settings, ledger)


def _paper(parser: argparse.ArgumentParser, name: str) -> None:
    if name in OVER_A_CASE:
        parser.add_argument("case", metavar="CASE", help="案件编号，如 HY-2026-000001")
    if name == "statistics":
        parser.add_argument(
            "--from", dest="since", type=date.fromisoformat, metavar="DATE", help="起始日，默认自启动起"
        )
        parser.add_argument("--to", dest="until", type=date.fromisoformat, metavar="DATE", help="截止日，默认今天")
        names = ",".join(Dimension)
        parser.add_argument(
            "--by", type=_read_dimensions, default=tuple(Dimension), metavar="LIST", help=f"默认 {names}"
        )
    parser.add_argument("--format", type=Format, choices=list(Format), help="默认取文件名的后缀")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="写入的文件，不得已存在；- 为标准输出")


def _read_dimensions(text: str) -> tuple[Dimension, ...]:
    return tuple(Dimension(part.strip()) for part in text.split(","))


def _export_case(args: argparse.Namespace, settings: Settings, ledger: Ledger) -> ExitCode:
    end = write_bundle(ledger, open_bucket(settings), args.case, args.out, officer())
    print(f"案件 {args.case} 已导出到 {args.out} · exported\n请抄存日志末尾 keep: {end}", file=sys.stderr)
    return ExitCode.CLEAR


def _export_paper(args: argparse.Namespace, settings: Settings, ledger: Ledger) -> ExitCode:
    into, sender = args.format or _guess(args.out), sender_of(settings)
    if args.action == "statistics" and args.since and args.until and args.since > args.until:
        raise Usage("BAD_PERIOD", f"起始日 {args.since} 晚于截止日 {args.until}")
    _, make = PAPERS[args.action]
    file = write(make(ledger, args, sender), into)
    if str(args.out) == STANDARD_OUT:
        sys.stdout.buffer.write(file)
    else:
        args.out.write_bytes(file)
        print(f"已写入 {args.out} · written", file=sys.stderr)
    if not sender.contact and args.action in ("notice", "publication"):
        print("未设置联系方式（HEYAN_CONTACT），文中留空待填 · no contact set, left blank", file=sys.stderr)
    return ExitCode.CLEAR


def _guess(out: Path) -> Format:
    try:
        return Format(out.suffix.lstrip(".").lower())
    except ValueError:
        raise Usage("BAD_FORMAT", f"请用 --format 或文件后缀说明格式：{'、'.join(Format)}") from None
