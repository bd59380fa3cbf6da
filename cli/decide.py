"""`./heyan decide`: decisions on a case from the terminal, the same as at the desk."""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError
from rich.console import Group, RenderableType
from rich.text import Text

from cli import screen
from cli.options import Usage, as_json
from cli.proving import HOW, proof, prove
from domain.decision import Act, Place, Wish
from domain.document import Version
from domain.errors import ExitCode
from domain.return_notice import ReturnNotice
from reports.return_notice import tell_notice, write_notice
from review.accounts import mask_of
from review.deciding import Decided, decide
from review.masking import Mask, hide, is_account
from review.notices import draft_notice, mask_notice
from storage.bucket import open_bucket
from storage.decisions import Decisions
from storage.ledger import Ledger, open_ledger
from storage.settings import load_settings

HELP = f"""对案件作决定，与工作台相同，全部记入日志。ACT：
  correct 更正识读（--place --text）  confirm 确认问题属实（--item）
  waive 放行（--item --reason；阻断类须另一人 approve）
  return 退回补正（--notice 可用改过的通知）  refuse 不予通过  verify 核验通过并记入台账  undo 撤销上一项决定
  agree 复核无误  reopen 复核有误、重新打开  draft 只显示补正通知草稿
更正后规则立即重新运行，并说明哪些问题消失、新增或变化。
{HOW}
Decisions on a case, as at the desk. After a correction the rules run again at once, and what changed is told."""

EXAMPLES = """  ./heyan decide HY-2026-000003 correct --place supply_form:permit_before.Cr --text "0.024634 吨/年"
  ./heyan decide HY-2026-000003 correct --place permit_copy/before:limits[0].annual[0] --text 0.0052
  ./heyan decide HY-2026-000003 waive --item 12 --reason 企业已书面说明 --as wang
  ./heyan decide HY-2026-000003 draft --json > 通知.json
  ./heyan decide HY-2026-000003 return --notice 通知.json --docx 补正通知.docx
  ./heyan decide HY-2026-000003 verify --json"""

_PLACE = re.compile(r"(?P<document>[a-z_]+)(?:/(?P<version>before|after))?(?:#(?P<ordinal>\d+))?:(?P<path>.+)")
DRAFT = "draft"
_CHANGES = {"gone": "[green]消失 gone[/]", "new": "[red]新增 new[/]", "changed": "变化 changed", "same": "仍在 same"}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="案件编号，如 HY-2026-000003")
    parser.add_argument("act", metavar="ACT", choices=[*Act, DRAFT], help="、".join([*Act, DRAFT]))
    parser.add_argument("--item", type=int, metavar="N", help="事项编号，见 ./heyan queue")
    parser.add_argument("--place", type=place, metavar="PLACE", help="栏目：文书[/before|after][#第几份]:栏目路径")
    parser.add_argument("--text", default="", metavar="TEXT", help="纸面所印内容，数量连同计量单位；空值填 /")
    parser.add_argument("--reason", default="", metavar="TEXT", help="理由")
    parser.add_argument("--notice", type=Path, metavar="FILE", help="改过的补正通知（JSON，见 draft --json）")
    parser.add_argument("--docx", type=Path, metavar="FILE", help="把补正通知写成 Word 文件")
    parser.add_argument("--edition", type=int, metavar="N", help="所见事项或案件的版次；其间有变化则不作决定")
    proof(parser)
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    settings = load_settings()
    ledger = open_ledger(settings.database_url)
    if args.act == DRAFT:
        return _show_draft(args, ledger)
    told = decide(ledger, _wish(args), prove(ledger, args), open_bucket(settings))
    mask = mask_of(ledger.database, args.case)
    if args.docx and told.decision.notice:
        _write(args.docx, mask_notice(told.decision.notice, mask))
    if args.json:
        screen.print_object(told, mask)
    else:
        screen.out().print(Group(*_lines(told, mask)))
    return ExitCode.REVIEW if told.case.open_items else ExitCode.CLEAR


def place(text: str) -> Place:
    """A place as it is typed: `supply_form:offered.Pb`, `permit_copy/before#2:limits[0].annual[2]`."""
    match = _PLACE.fullmatch(text)
    if match is None:
        raise argparse.ArgumentTypeError(f"栏目应写作 文书:路径，如 supply_form:offered.Pb，现为“{text}”")
    version = Version(match["version"]) if match["version"] else None
    return Place(document=match["document"], version=version, ordinal=int(match["ordinal"] or 1), path=match["path"])


def _wish(args: argparse.Namespace) -> Wish:
    given = {key: getattr(args, key) for key in ("case", "item", "place", "text", "reason", "edition")}
    return Wish(act=Act(args.act), notice=_read(args.notice) if args.notice else None, **given)


def _read(path: Path) -> ReturnNotice:
    try:
        return ReturnNotice.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise Usage("BAD_NOTICE", f"补正通知 {path} 无法读取，应为 draft --json 所示的形式：{error}") from error


def _show_draft(args: argparse.Namespace, ledger: Ledger) -> ExitCode:
    found = draft_notice(ledger.show(args.case), Decisions(ledger.database).items(args.case))
    notice = mask_notice(found, mask_of(ledger.database, args.case))
    if args.docx:
        _write(args.docx, notice)
    if args.json:
        screen.print_object(notice.model_dump(mode="json"))
    else:
        sys.stdout.write(tell_notice(notice))
    return ExitCode.CLEAR


def _write(path: Path, notice: ReturnNotice) -> None:
    try:
        path.write_bytes(write_notice(notice))
    except OSError as error:
        raise Usage("CANNOT_WRITE", f"无法写入 {path}：{error.strerror}") from error


def _lines(told: Decided, mask: Mask) -> Iterator[RenderableType]:
    decision, case = told.decision, told.case
    state = screen.STATES.get(case.state, case.state)
    yield f"{case.case}  {state}  决定 {decision.number}：{decision.act}  待办 {case.open_items} 项"
    if where := decision.place:
        before, after = (_told(where, text, mask) for text in (decision.before, decision.after))
        yield Text(f"  {where.document} {where.path}：{before} → {after}")
    listed = {"gone": told.gone, "new": told.new, "changed": told.changed, "same": told.same}
    for name, label in _CHANGES.items():
        yield from (f"  {label}  {screen.finding_line(finding, mask)}" for finding in listed[name])


def _told(where: Place, text: str | None, mask: Mask) -> str:
    return "—" if not text else hide(text) if is_account(where.path) else mask(text)
