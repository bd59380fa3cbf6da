"""`./heyan publish`: makes verified supply and demand public, or renews it with what is left."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date

from rich import box
from rich.table import Table
from rich.text import Text

from cli import screen
from cli.options import Usage, as_json
from cli.proving import HOW, proof, prove
from domain.errors import ExitCode
from domain.life import LIFE, Step
from domain.quantity import plain
from review.living import Asked, take_step
from storage.ledger import open_ledger
from storage.life import Lives
from storage.publishing import Published
from storage.settings import load_settings

HELP = f"""发布已核验的供需信息（指南四、（三））；已发布的，以未成交的数量重新发布（指南四、（四）二次出让）。
--all 发布全部已核验而尚未发布的供需信息。不带 CASE 时列出现在公开的供需信息。
Publishes verified listings; one that is public already is renewed with what is left. Without CASE: what is public now.
{HOW}"""

EXAMPLES = """  ./heyan publish
  ./heyan publish HY-2026-000001 HY-2026-000002
  ./heyan publish --all --on 2026-11-23
  ./heyan publish --json"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", nargs="*", metavar="CASE", help="案件编号，如 HY-2026-000001")
    parser.add_argument("--all", action="store_true", help="全部已核验而尚未发布的")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="发布日期，默认今天 (YYYY-MM-DD)")
    proof(parser)
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    if args.cases and args.all:
        raise Usage("BAD_ARGUMENTS", "请写明案件编号，或用 --all，不能兼用")
    ledger = open_ledger(load_settings().database_url)
    lives = Lives(ledger.database)
    if args.cases or args.all:
        user = prove(ledger, args)
        for case in args.cases or lives.unpublished():
            life = take_step(ledger, Asked(case=case, step=Step.PUBLISHED, on=args.on), user)
            print(f"案件 {case}：{LIFE[life.taken[-1].step].title} · {life.taken[-1].step}", file=sys.stderr)
    if args.json:
        screen.print_object({"published": [it.model_dump(mode="json") for it in lives.published()]})
    elif not (args.cases or args.all):
        screen.out().print(published_table(lives.published()))
    return ExitCode.CLEAR


def published_table(found: Sequence[Published]) -> Table | str:
    """What is public, a line per listing and metal."""
    if not found:
        return "没有公开的供需信息 · nothing is public"
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="供需信息（千克/年 kg/a）", title_justify="left")
    for heading in ("案件 case", "类型 kind", "企业 company", "项目 project", "金属 metal"):
        table.add_column(heading, overflow="fold")
    for heading in ("拟出让/受让 stated", "未成交 free", "发布 from", "更新 renewed"):
        table.add_column(heading, justify="right")
    for it in found:
        for metal, quantity in it.figures.items():
            head = (it.case, screen.KINDS[it.kind], Text(it.name), Text(it.project or "—"), metal.value)
            days = (str(it.published_on), str(it.renewed_on))
            table.add_row(*head, plain(quantity), plain(it.free[metal]), *days)
    return table
