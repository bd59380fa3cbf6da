"""Registers on the desk and over the API: loaded by supervisors alone, listed and compared by those who look at cases."""

from datetime import date
from decimal import Decimal as D
from pathlib import Path

import pytest
from stdnum.cn import uscc

from domain.dossier import Kind
from domain.postings import Basis, Listing
from domain.quantity import Metal
from review.desk.office import Office
from storage.records import Drop
from storage.registers import Registers
from tests.review.desk.conftest import Call, Enter

BODY = "91520100MA6DJX7P3"
CODE = next(BODY + c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if uscc.is_valid(BODY + c))
HEAD = "许可证编号,单位名称,有效期限,状态\n"


def row(standing: str = "正常", until: str = "2029-09-09") -> str:
    return f"{HEAD}{CODE}001P,甲铅锌冶炼有限公司,2024-09-10至{until},{standing}\n"


def load(client, text: str, name: str = "许可证.csv", path: str = "/registers"):
    return client.post(path, data={"kind": "permits"}, files={"file": (name, text.encode(), "text/csv")})


def test_a_supervisor_loads_a_register_and_everybody_inside_sees_what_changed(office: Office, enter: Enter) -> None:
    boss, luo = enter(office, "yang"), enter(office)
    assert load(boss, row()).headers["location"] == "/registers?loaded=1"
    assert load(boss, row()).headers["location"] == "/registers?loaded=1&again=1"
    assert load(boss, row("注销", "2027-01-01"), "../二月 <b>.csv").headers["location"] == "/registers?loaded=2"
    page = luo.get("/registers").text
    assert "二月 &lt;b&gt;.csv" in page and "yang" in page and 'id="load"' not in page
    changes = luo.get("/registers/changes").text
    assert all(part in changes for part in ("2029-09-09", "2027-01-01", "正常", "注销", "许可证.csv 第2行"))
    book = luo.get("/registers/changes.xlsx?old=1&new=2")
    assert book.content[:2] == b"PK" and "attachment" in book.headers["content-disposition"]
    assert "Permit register" in luo.get("/registers/changes", cookies={"heyan_language": "en"}).text
    kept = {one.name.rpartition("/")[2] for one in office.bucket.list("originals/")}
    assert kept == {one.sha256 for one in Registers(office.ledger.database).versions()}


def test_facts_that_the_newer_version_contradicts_are_told_with_their_cases(
    office: Office, enter: Enter, call: Call
) -> None:
    case = office.ledger.claim(Drop(package="甲", content_hash="a" * 64, submitted_on=date(2026, 1, 5), files=())).case
    basis = Basis(permit=f"{CODE}001P", permit_until=date(2029, 9, 9))
    told = {"figures": {Metal.PB: D(4)}, "surplus": {Metal.PB: D(4)}, "basis": basis, "project": "一期"}
    office.ledger.post(case, Listing(kind=Kind.SUPPLY, uscc=CODE, name="甲公司", on=date(2026, 1, 5), **told))
    boss = enter(office, "yang")
    load(boss, row())
    load(boss, row("注销"))
    load(boss, row("正常", "2030-01-01"))
    page = enter(office).get("/registers/changes?old=1&new=2").text
    assert "与已采信的事实不符" in page and f'href="/cases/{case}"' in page and "登记状态为“注销”" in page
    assert "与已采信的事实不符" not in enter(office).get("/registers/changes?old=2&new=3").text
    (one,) = call(office).get("/api/v1/registers/changes?old=1&new=2").json()["contradicted"]
    assert (one["rule"], one["cases"], one["right"]) == ("REC-006", [case], "注销")


def test_a_bad_file_is_shown_row_by_row_and_loads_nothing(office: Office, enter: Enter) -> None:
    answer = load(enter(office, "yang"), row("有效"))
    assert answer.status_code == 422
    assert "“有效”不是许可证状态" in answer.text and "没有载入" in answer.text
    assert load(enter(office, "yang"), "姓名\n张\n").status_code == 422
    assert Registers(office.ledger.database).versions() == ()


@pytest.mark.parametrize(("name", "status"), [("chen", 403), ("luo", 403), ("wu", 403)])
def test_nobody_else_loads(office: Office, enter: Enter, name: str, status: int) -> None:
    assert load(enter(office, name), row()).status_code == status
    assert Registers(office.ledger.database).versions() == ()


def test_what_cannot_be_compared_is_told(office: Office, enter: Enter) -> None:
    client = enter(office)
    assert client.get("/registers/changes").status_code == 422
    assert client.get("/registers/changes?old=7&new=9").status_code == 422
    assert client.get("/registers/changes.xlsx?old=7").status_code == 404


def test_programs_load_list_and_compare(office: Office, call: Call) -> None:
    boss, luo = call(office, "yang"), call(office)
    path = "/api/v1/registers"
    first = load(boss, row(), path=path)
    assert (first.status_code, first.json()["loaded"]["version"]) == (201, 1)
    assert load(boss, row(), path=path).status_code == 200
    bad = load(boss, row("有效"), path=path)
    assert (bad.status_code, bad.json()["loaded"], bad.json()["troubles"][0]["column"]) == (422, None, "状态")
    assert load(luo, row("注销"), path=path).status_code == 403
    load(boss, row("注销"), path=path)
    assert [it["version"] for it in luo.get(path).json()] == [1, 2]
    [change] = luo.get(f"{path}/changes").json()["found"]["changes"]
    assert (change["field"], change["before"], change["after"]) == ("standing", "正常", "注销")
    assert luo.get(f"{path}/changes?old=99").status_code == 404


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(office: Office, enter: Enter, tmp_path: Path) -> None:
    headers = {"Content-Length": str(2**30), "Content-Type": "multipart/form-data; boundary=x"}
    assert enter(office, "yang").post("/registers", headers=headers, content=b"").status_code == 413
