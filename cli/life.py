"""`./heyan life`: the steps of a case or a company, those that may come next, and what is missing for the others."""

import argparse
from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from cli import screen
from cli.options import as_json
from domain.errors import ExitCode
from domain.life import SPOKEN
from review.masking import UNKNOWN
from storage.ledger import open_ledger
from storage.life import Life, Lives
from storage.settings import load_settings

HELP = """一个案件或一家企业（统一社会信用代码）的办理过程：已办的各步、现在可办的、其余各步尚缺什么，各注指南条款。
The life of a case or a company by its code: steps taken, steps that may come next, what is missing for the others."""

EXAMPLES = """  ./heyan life HY-2026-000003
  ./heyan life 91520000MA6HFAKE4P --json"""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="CASE|CODE", help="案件编号，或企业的统一社会信用代码")
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    life = Lives(open_ledger(load_settings().database_url).database).of(args.name)
    if args.json:
        screen.print_object(life.model_dump(mode="json") | {"next": [it.step for it in life.next]})
    else:
        screen.out().print(Group(*_lines(life)))
    return ExitCode.CLEAR


def _lines(life: Life) -> Iterator[RenderableType]:
    yield _table(life)
    for it in life.next:
        yield f"[green]可办 next[/]  {it.title}（指南{it.section}，{SPOKEN[it.side]}）"
    for it in life.ahead:
        if it.why:
            yield Text(f"尚缺 missing  {it.title}：{it.why.partition('：')[2] or it.why}", style="dim")


def _table(life: Life) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=life.subject, title_justify="left")
    for heading in ("日期 day", "步骤 step", "指南 guide", "由谁 side", "案件 case", "经手 actor", "说明 detail"):
        table.add_column(heading, overflow="fold")
    for it in life.taken:
        said = it.detail.get("text") or it.detail.get("reason") or it.detail.get("number") or ""
        told = f"{it.title} {it.step}" + ("（已撤销 undone）" if it.undone else "")
        row = (str(it.on), told, it.section, SPOKEN[it.side], it.case or "—", it.actor, UNKNOWN(said))
        table.add_row(*map(Text, row), style="dim strike" if it.undone else "")
    return table
