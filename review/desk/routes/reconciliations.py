"""Past reconciliations: what each told, and its workbook and page to be saved."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from domain.errors import ExitCode, HeyanError
from reports.outgoing.writing import MEDIA as FORMATS
from reports.outgoing.writing import Format
from reports.reconciliation.summary import MATCHES, SIDES
from reports.reconciliation.writing import Written, name_reports
from review.desk.asked import AnOffice, Number
from review.desk.downloads import name_download
from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.office import Office
from review.desk.rulings import rule_names
from review.desk.security import need
from review.roles import Action
from storage.people import Session
from storage.reconciling import Reconciliations, Run
from storage.settings import RECONCILIATIONS

router = APIRouter(include_in_schema=False)
MENU = Entry("/reconciliations", "对账", Action.VIEW_LEDGER, 48)
Reader = Annotated[Session, Depends(need(Action.VIEW_LEDGER))]
MOST = 100  # runs on the page
CODES = tuple(f"REC-{number:03d}" for number in range(1, 9))
MEDIA = {str(it): FORMATS[it] for it in (Format.XLSX, Format.HTML)}


class ReportGone(HeyanError):
    """The files of a run were written elsewhere, or cleared away since."""

    exit_code = ExitCode.USAGE


@router.get("/reconciliations")
def show_runs(request: Request, office: AnOffice, _: Reader) -> Response:
    """The runs that came to their end, the newest first, and how the last one adds up."""
    runs = Reconciliations(office.ledger.database).ended(MOST)
    saved = {run.id for run in runs if all(path.exists() for path in find_reports(office, run))}
    last = describe(runs[0]) if runs else {}
    return render(request, "reconciliations.html", runs=runs, saved=saved, last=last, rule_names=rule_names)


@router.get("/reconciliations/{number}/report.{ending}")
def save_report(office: AnOffice, _: Reader, number: Number, ending: str) -> Response:
    """The workbook or the page of a run; raises UnknownRun, ReportGone."""
    return send_report(office, number, ending)


def send_report(office: Office, number: int, ending: str) -> Response:
    """A run's file to be saved; raises UnknownRun, ReportGone."""
    run = Reconciliations(office.ledger.database).find(number)
    wanted = next((path for path in find_reports(office, run) if path.suffix == f".{ending}"), None)
    if wanted is None or not wanted.exists():
        raise ReportGone("REPORT_GONE", f"第 {number} 次对账没有这个文件，或文件已不在数据目录中")
    return Response(wanted.read_bytes(), media_type=MEDIA[ending], headers=name_download(wanted.name))


def find_reports(office: Office, run: Run) -> Written:
    """Where the reports of a run lie."""
    return name_reports(run, Path(office.data) / RECONCILIATIONS)


def describe(run: Run) -> dict[str, Any]:
    """What a run told, as its page lists it: differences by rule, pairs by what is held against what, sums."""
    told = run.summary or {}
    return {
        "run": run,
        "rules": [(code, told.get("by_rule", {}).get(code, 0)) for code in CODES],
        "pairs": [
            (SIDES[sides], [told.get("pairs", {}).get(sides, {}).get(it, 0) for it in MATCHES]) for sides in SIDES
        ],
        "matches": list(MATCHES),
        "balances": told.get("balances", []),
    }
