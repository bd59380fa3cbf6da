"""`./heyan show`: one case with its files, findings and history."""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from cli import screen
from cli.options import as_json, officer
from domain.errors import ExitCode
from reports.verdict import Verdict
from review.accounts import mask_of
from review.masking import PLAIN_SIGHT, REVEALED, Mask
from storage.ledger import Ledger, open_ledger
from storage.records import CaseRecord
from storage.settings import load_settings

HELP = """一个案件：收件回执、原件、结论、每个问题及其依据、经过。
One case: its receipt, originals, verdict, every finding with its provision, and its history."""

EXAMPLES = """  ./heyan show HY-2026-000001
  ./heyan show HY-2026-000001 --json
  ./heyan show HY-2026-000001 --accounts"""

STATES: dict[str, ExitCode] = {"clear": ExitCode.CLEAR, "verified": ExitCode.CLEAR, "quarantined": ExitCode.UNREADABLE}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("case", metavar="CASE", help="案件编号，如 HY-2026-000001")
    parser.add_argument("--accounts", action="store_true", help="显示完整账号，记入操作日志 · in full, recorded")
    as_json(parser)


def run(args: argparse.Namespace) -> ExitCode:
    ledger = open_ledger(load_settings().database_url)
    record, mask = ledger.show(args.case), _mask(ledger, args)
    if args.json:
        screen.print_object(present(record), mask)
    else:
        screen.out().print(Group(*_lines(record, mask)))
    return STATES.get(record.case.state, ExitCode.REVIEW)


def _mask(ledger: Ledger, args: argparse.Namespace) -> Mask:
    """Accounts are shown in full only where that is asked for, and the asking is recorded."""
    if not args.accounts:
        return mask_of(ledger.database, args.case)
    ledger.note(args.case, REVEALED, {"at": "console"}, officer())
    return PLAIN_SIGHT


def present(record: CaseRecord) -> dict[str, Any]:
    """The record with its verdict in the shape that `check` and `intake` print."""
    packages = [json.loads(record.verdict)] if record.verdict else []
    return record.model_dump(mode="json", exclude={"verdict"}) | {"packages": packages}


def _lines(record: CaseRecord, mask: Mask) -> Iterator[RenderableType]:
    case = record.case
    yield Text(f"{case.case}  {mask(case.package)}", style="bold")
    yield f"{screen.STATES.get(case.state, case.state)}  {screen.KINDS[case.kind]}  回执 {case.receipt}"
    yield f"提交日期 {case.submitted_on}  待办 {case.open_items} 项  规则集 {record.ruleset or '—'}"
    for file in record.files:
        yield Text(f"  {file.sha256[:16] if file.sha256 else '—':<16}  {file.size or 0:>12,}  {mask(file.name)}")
    if record.verdict:
        verdict = Verdict.model_validate_json(record.verdict)
        yield screen.overview([verdict])
        yield from screen.details(verdict, mask)
    for event in record.events:
        yield Text(f"  {event.at.astimezone():%Y-%m-%d %H:%M:%S}  {event.what}  {event.actor}", style="dim")
