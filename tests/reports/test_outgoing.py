"""What goes out: complete against the guide, the same in every format, adding up to the ledger, and harmless."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from domain.books import Payment
from domain.dossier import Kind
from domain.outgoing import Sender
from domain.postings import Listing, Party, Posting, Sale, Sold
from domain.printing import spell
from domain.quantity import Metal, plain
from domain.statistics import Dimension
from reports.charts import draw
from reports.outgoing.cells import guard
from reports.outgoing.layout import Chart
from reports.outgoing.writing import Format, Outgoing, write
from review.outgoing import make_announcement, make_notice, make_publication, make_receipt, make_statistics
from storage.ledger import Ledger
from storage.published import NothingToTell
from storage.records import Drop, FileRecord
from tests.storage.databases import open_embedded

PB, HG = Metal.PB, Metal.HG
SELLER, BUYER = "91520628MA6S00000X", "91520527MA6B00001X"
DAY, SIGNED, PAID = date(2026, 1, 5), date(2026, 3, 10), date(2026, 4, 2)
SENDER = Sender(name="某省主管部门", contact="某路1号，电话0851-0000000")
ACCOUNT = "6222021234567890123"
HOSTILE = "=cmd|' /C calc'!A0\x07\u202e公司"
PROJECT = "@SUM(1+1)熔炼烟气治理"


def receive(ledger: Ledger, name: str) -> str:
    file = FileRecord(
        position=1, name=f"{name}/申请表 {ACCOUNT}.pdf", sha256="ab" * 32, size=1234, media="application/pdf"
    )
    drop = Drop(package=name, content_hash=name.encode().hex().rjust(64, "0")[-64:], submitted_on=DAY, files=(file,))
    return ledger.claim(drop).case


def post(ledger: Ledger, name: str, posting: Posting) -> str:
    case = receive(ledger, name)
    ledger.post(case, posting)
    if isinstance(posting, Listing):
        ledger.publish(case, posting.on)
    return case


SALE = Sale(
    transferor=Party(uscc=SELLER, name=HOSTILE, project=PROJECT),
    transferee=Party(uscc=BUYER, name="绿能公司", project="铅蓄电池扩建项目"),
    items=(
        Sold(metal=PB, quantity=D("30.5"), unit_price=D("12000")),
        Sold(metal=HG, quantity=D("0.25"), unit_price=D("90000.5")),
    ),
    agreed_on=date(2026, 2, 2),
    agreement="XY-1",
    total=D("388500.12"),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_embedded(tmp_path / "heyan.db")
    yield opened
    opened.close()


@pytest.fixture
def market(ledger: Ledger) -> Ledger:
    """A seller of two metals, a buyer with two projects."""
    figures = {PB: D("45.4"), HG: D("1.5")}
    seller = {"kind": Kind.SUPPLY, "uscc": SELLER, "name": HOSTILE, "project": PROJECT}
    post(ledger, "供", Listing(**seller, on=DAY, figures=figures, surplus={PB: D("50"), HG: D("2")}))
    for project, needed in (("铅蓄电池扩建项目", "20"), ("二期", "25")):
        buyer = {"kind": Kind.DEMAND, "uscc": BUYER, "name": "绿能公司", "project": project}
        post(ledger, project, Listing(**buyer, on=DAY + timedelta(40), figures={PB: D(needed)}))
    return ledger


@pytest.fixture
def sold(market: Ledger) -> str:
    """The case of a deal that went through its notice, was signed and paid in two parts."""
    case = receive(market, "成交")
    market.open_notice(case, date(2026, 2, 3), SALE)
    parts = ((PAID - timedelta(9), "188500.12"), (PAID, "200000"))
    payments = tuple(
        Payment(case=case, serial=f"{ACCOUNT}{n}", amount=D(amount), paid_on=on, contract="HT-1", bank="工行")
        for n, (on, amount) in enumerate(parts)
    )
    market.post(case, SALE.model_copy(update={"contract": "HT-1", "signed_on": SIGNED, "payments": payments}))
    return case


def papers(ledger: Ledger, case: str) -> list[Outgoing]:
    return [
        make_receipt(ledger, case, SENDER, PAID),
        make_publication(ledger, SENDER, PAID),
        make_notice(ledger, case, SENDER),
        make_announcement(ledger, case, SENDER, PAID),
        make_statistics(ledger, SENDER, until=date(2026, 12, 31)),
    ]


def docx_text(file: bytes) -> str:
    paper = Document(io.BytesIO(file))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def csv_rows(file: bytes) -> list[dict[str, str]]:
    assert file.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def xlsx_rows(file: bytes, name: str) -> list[list[Any]]:
    page = load_workbook(io.BytesIO(file))[name]
    return [[cell.value for cell in row] for row in page.iter_rows(min_row=4)]


def test_a_publication_has_what_guide_4_3_names_with_what_is_left_of_it(market: Ledger, sold: str) -> None:
    text = docx_text(write(make_publication(market, SENDER, PAID), Format.DOCX))
    for said in (
        "供需信息",
        "SUM(1+1)熔炼烟气治理",
        "铅（Pb）",
        "45.4",
        "14.9",
        "二期",
        "14.5",
        "松桃苗族自治县",
        SENDER.name,
    ):
        assert said in text, said
    assert "铅蓄电池扩建项目" not in text  # its need is covered: the oldest first


def test_what_is_left_adds_up_to_the_ledger(market: Ledger, sold: str) -> None:
    offers = make_publication(market, SENDER).value.offers
    balances = {(it.uscc, it.metal): it for it in market.balances()}
    for metal in (PB, HG):
        own = sum(it.rest for it in offers if it.kind is Kind.SUPPLY and it.metal is metal)
        assert own == balances[SELLER, metal].free
    assert sum(it.rest for it in offers if it.kind is Kind.DEMAND) == balances[BUYER, PB].open


def test_a_withdrawn_listing_is_published_no_more(market: Ledger) -> None:
    market.withdraw(f"HY-{date.today().year}-000001", "企业申请撤回")
    assert {it.kind for it in make_publication(market, SENDER).value.offers} == {Kind.DEMAND}


def test_a_notice_tells_its_end_by_both_readings_and_where_objections_go(market: Ledger, sold: str) -> None:
    paper = make_notice(market, sold, SENDER)
    text = docx_text(write(paper, Format.DOCX))
    span = paper.value.span
    assert span.calendar == date(2026, 2, 23) and span.working > span.moved > span.calendar  # over the spring festival
    for day in (span.opened_on, span.calendar, span.moved, span.working):
        assert spell(day) in text
    for said in ("公示20日", "异议", SENDER.contact, "30.5", "12,000.00", "388,500.12", "XY-1"):
        assert said in text, said


def test_an_announcement_has_everything_that_guide_4_6_names(market: Ledger, sold: str) -> None:
    text = docx_text(write(make_announcement(market, sold, SENDER, PAID), Format.DOCX))
    named = (
        "公司（统一社会信用代码",
        PROJECT,
        "绿能公司",
        "铅蓄电池扩建项目",
        "铅（Pb）",
        "汞（Hg）",
        "30.5",
        "0.25",
        "12,000.00",
    )
    for said in (*named, "90,000.50", "交易完成时间", spell(PAID), "388,500.12", "拟稿"):
        assert said in text, said


def test_what_was_announced_is_told_with_its_number_and_day(market: Ledger, sold: str) -> None:
    number = market.announce(sold, date.today())
    told = make_announcement(market, sold, SENDER).value
    assert (told.draft, told.number, told.on, told.completed_on) == (False, number, date.today(), PAID)
    assert told.bargain.total == SALE.total
    assert number in docx_text(write(make_announcement(market, sold, SENDER), Format.DOCX))


def test_what_is_verified_and_not_published_does_not_go_out(ledger: Ledger) -> None:
    case = receive(ledger, "未发布")
    own = {"uscc": SELLER, "name": "甲公司", "project": PROJECT, "figures": {PB: D("5")}, "surplus": {PB: D("5")}}
    ledger.post(case, Listing(kind=Kind.SUPPLY, on=DAY, **own))
    assert make_publication(ledger, SENDER).value.offers == ()
    ledger.publish(case, DAY)
    assert [it.rest for it in make_publication(ledger, SENDER).value.offers] == [D("5")]


def test_days_of_an_objection_do_not_count(market: Ledger) -> None:
    case = receive(market, "异议")
    market.open_notice(case, date(2026, 3, 2), SALE)
    market.object_to(case, "有异议", date(2026, 3, 5))
    market.settle_objection(case, "已办结", date(2026, 3, 8))
    span = make_notice(market, case, SENDER).value.span
    assert (span.calendar, span.paused) == (date(2026, 3, 26), ((date(2026, 3, 5), date(2026, 3, 8)),))


def test_nothing_is_announced_before_there_is_a_contract_nor_noticed_before_a_notice(market: Ledger) -> None:
    case = receive(market, "未成交")
    with pytest.raises(NothingToTell):
        make_announcement(market, case, SENDER)
    market.open_notice(case, date(2026, 2, 3), SALE)
    with pytest.raises(NothingToTell):
        make_announcement(market, case, SENDER)


def test_a_receipt_names_the_files_with_their_hashes(market: Ledger, sold: str) -> None:
    text = docx_text(write(make_receipt(market, sold, SENDER, PAID), Format.DOCX))
    for said in ("受理回执", sold, "ab" * 32, "1,234", "2026年1月5日", "不表示核验通过"):
        assert said in text, said


@pytest.mark.parametrize("into", list(Format))
def test_no_account_and_no_control_character_is_in_any_file(market: Ledger, sold: str, into: Format) -> None:
    for paper in papers(market, sold):
        file = write(paper, into)
        parts = [file]
        if into in (Format.DOCX, Format.XLSX):
            with zipfile.ZipFile(io.BytesIO(file)) as folder:
                parts = [folder.read(name) for name in folder.namelist() if name.endswith("xml")]
        text = b"".join(parts).decode(errors="replace")
        assert ACCOUNT not in text and "\x07" not in text and "\u202e" not in text, paper.paper


def test_all_formats_say_the_same_figures(market: Ledger, sold: str) -> None:
    paper = make_statistics(market, SENDER, until=date(2026, 12, 31))
    told = json.loads(write(paper, Format.JSON))
    assert (told["paper"], told["version"]) == ("statistics", 1)
    rows = {(it["dimension"], it["group"], it["metal"]): it["tally"] for it in told["content"]["statistics"]["rows"]}
    lines = csv_rows(write(paper, Format.CSV))
    sheet, text = xlsx_rows(write(paper, Format.XLSX), "按县（市、区）"), docx_text(write(paper, Format.DOCX))
    html = write(paper, Format.HTML).decode()
    tally = rows["county", "松桃苗族自治县", "Pb"]
    line = next(it for it in lines if it["group"] == "松桃苗族自治县" and it["metal"] == "铅（Pb）")
    cells = next(row for row in sheet if row[:2] == ["松桃苗族自治县", "铅（Pb）"])
    assert tally == {key: line[key] for key in tally}
    assert [D(it) for it in tally.values()] == [D(str(it)) for it in cells[2:]]
    assert (tally["offered"], tally["sold"], tally["free"], tally["money"]) == ("45.4", "30.5", "14.9", "366000")
    for said in ("366,000.00", "14.9"):
        assert said in text and said in html


def test_every_table_of_the_statistics_adds_up_to_the_ledger(market: Ledger, sold: str) -> None:
    statistics = make_statistics(market, SENDER, until=date(2026, 12, 31)).value.statistics
    balances = market.balances()
    flows = ("verified", "offered", "withdrawn", "sold", "money", "needed", "bought")
    for metal in (PB, HG):
        ours = [it for it in balances if it.metal is metal]
        whole = next(row.tally for row in statistics.of(Dimension.METAL) if row.metal is metal)
        held = {"verified": "verified", "free": "free", "reserved": "reserved", "sold": "transferred", "open": "open"}
        for measure, account in held.items():
            assert getattr(whole, measure) == sum(getattr(it, account) for it in ours), measure
        assert whole.offered - whole.withdrawn == whole.free + whole.reserved + whole.sold
        for dimension in Dimension:
            rows = [row.tally for row in statistics.of(dimension) if row.metal is metal]
            for measure in flows:
                assert sum(getattr(it, measure) for it in rows) == getattr(whole, measure), (dimension, measure)
    assert sum(row.tally.money for row in statistics.of(Dimension.METAL)) == SALE.total


def test_a_period_counts_what_happened_in_it_and_what_stands_at_its_end(market: Ledger, sold: str) -> None:
    def of(since: date | None, until: date) -> Any:
        rows = make_statistics(market, SENDER, (), since, until).value.statistics.rows
        return next(row.tally for row in rows if row.metal is PB)

    before, within = of(None, date(2026, 2, 28)), of(date(2026, 3, 1), date(2026, 3, 31))
    assert (before.offered, before.sold, before.reserved, before.free) == (D("45.4"), 0, D("30.5"), D("14.9"))
    assert (within.offered, within.sold, within.reserved, within.free) == (0, D("30.5"), 0, D("14.9"))
    months = make_statistics(market, SENDER, (Dimension.MONTH,), None, date(2026, 5, 1)).value.statistics
    stands = [(row.group, plain(row.tally.free)) for row in months.of(Dimension.MONTH) if row.metal is PB]
    assert stands == [
        ("2026-01", "45.4"),
        ("2026-02", "14.9"),
        ("2026-03", "14.9"),
        ("2026-04", "14.9"),
        ("2026-05", "14.9"),
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r\n=1", " =1", "＝1", "＠a", "|cmd"])
def test_no_text_in_csv_is_a_formula(text: str) -> None:
    assert guard(text).startswith("'")


def test_names_are_texts_and_figures_figures_in_a_workbook(market: Ledger, sold: str) -> None:
    book = load_workbook(io.BytesIO(write(make_publication(market, SENDER), Format.XLSX)))
    row = next(book["出让信息"].iter_rows(min_row=4, max_row=4))
    company, quantity = row[1], row[7]
    assert (company.data_type, company.value, company.quotePrefix) == ("s", "=cmd|' /C calc'!A0公司", True)
    assert (quantity.data_type, quantity.value) == ("n", 45.4)


def test_a_workbook_draws_its_own_charts(market: Ledger, sold: str) -> None:
    file = write(make_statistics(market, SENDER, until=date(2026, 12, 31)), Format.XLSX)
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        drawn = [name for name in parts.namelist() if name.startswith("xl/charts/chart")]
    assert len(drawn) > 10


def test_a_chart_tells_its_figures_and_swallows_no_markup() -> None:
    told = draw(Chart(title="<b>铅</b>", unit="千克/年", groups=("甲&乙",), series=(("成交", (D("12.5"),)),)))
    assert "&lt;b&gt;铅" in told and "甲&amp;乙 成交 12.5 千克/年" in told and "<b>" not in told


def test_an_empty_ledger_has_papers_too(ledger: Ledger) -> None:
    for paper in (make_publication(ledger, SENDER), make_statistics(ledger, SENDER)):
        assert paper.sheet.empty in docx_text(write(paper, Format.DOCX))
        for into in Format:
            assert write(paper, into)
