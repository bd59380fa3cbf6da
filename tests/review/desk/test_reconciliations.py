"""Past reconciliations on the desk and over the API: what each told, and its files for those who may see the ledger."""

import io
from datetime import date
from decimal import Decimal as D

import pytest
from openpyxl import load_workbook

from domain.dossier import Kind
from domain.people import Role
from domain.postings import Basis, Listing
from domain.quantity import Metal
from reports.reconciliation.judging import cites, looking, ruleset
from reports.reconciliation.summary import summarise
from reports.reconciliation.writing import write_reports
from review.desk.office import Office
from storage.reconciling import Reconciliations
from storage.reconciling_results import read_result
from storage.records import Drop
from storage.settings import RECONCILIATIONS
from tests.review.desk.conftest import NAMES, Call, Enter

TODAY = date(2026, 6, 1)


@pytest.fixture
def reconciled(office: Office) -> Office:
    """A listing whose permit ran out, found by the first of two runs."""
    case = office.ledger.claim(Drop(package="甲", content_hash="a" * 64, submitted_on=date(2026, 1, 5), files=())).case
    told = {"figures": {Metal.PB: D(4)}, "surplus": {Metal.PB: D(4)}, "basis": Basis(permit_until=date(2026, 5, 31))}
    seller = {"uscc": "91520102MA0000001X", "name": "甲公司", "project": "除尘改造"}
    office.ledger.post(case, Listing(kind=Kind.SUPPLY, on=date(2026, 1, 5), **seller, **told))
    for full in (True, False):
        reconcile(office, full)
    return office


def reconcile(office: Office, full: bool) -> None:
    runs = Reconciliations(office.ledger.database)
    run = runs.begin(TODAY, ruleset(), full=full)
    for codes in runs.companies(run):
        runs.judge(run, codes, looking(TODAY), cites())
    result = read_result(office.ledger.database, run)
    write_reports(result, office.data / RECONCILIATIONS)
    runs.finish(run, summarise(result))


def test_every_run_stands_with_its_numbers_and_files_the_newest_first(reconciled: Office, enter: Enter) -> None:
    client = enter(reconciled)
    page = client.get("/reconciliations").text
    assert page.index("增量") < page.index("全量")
    assert "共 2 次" in page and "REC-005" in page
    assert page.count("/report.xlsx") == 2
    book = client.get("/reconciliations/1/report.xlsx")
    sheet = load_workbook(io.BytesIO(book.content))["差异"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["REC-005"]
    html = client.get("/reconciliations/2/report.html")
    assert "对账" in html.text and html.headers["content-disposition"].startswith("attachment")


def test_files_that_are_gone_are_told(reconciled: Office, enter: Enter) -> None:
    for path in (reconciled.data / RECONCILIATIONS).iterdir():
        path.unlink()
    client = enter(reconciled)
    assert "文件不在此处" in client.get("/reconciliations").text
    assert [client.get(f"/reconciliations/{it}").status_code for it in ("1/report.html", "1/report.pdf")] == [409, 409]
    assert client.get("/reconciliations/9/report.xlsx").status_code == 404


def test_nothing_reconciled_yet_is_told(office: Office, enter: Enter) -> None:
    assert "还没有完成的对账" in enter(office).get("/reconciliations").text


def test_programs_read_what_each_run_told_and_save_its_files(reconciled: Office, call: Call) -> None:
    client = call(reconciled)
    runs = client.get("/api/v1/reconciliations").json()
    assert [(it["id"], it["full"], it["summary"]["by_rule"]) for it in runs] == [
        (2, False, {"REC-005": 1}),
        (1, True, {"REC-005": 1}),
    ]
    assert client.get("/api/v1/reconciliations/1/report.xlsx").content.startswith(b"PK")
    assert client.get("/api/v1/reconciliations/7/report.xlsx").status_code == 404
    assert call(reconciled, NAMES[Role.OFFICER]).get("/api/v1/reconciliations").status_code == 403
