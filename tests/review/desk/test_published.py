"""The page 发布与统计 and its files: for every role, in every format, whatever the address asks for."""

from datetime import date
from decimal import Decimal as D

import pytest

from domain.dossier import Kind
from domain.postings import Listing
from domain.quantity import Metal
from reports.outgoing.writing import MEDIA, Format
from review.desk.office import Office
from storage.records import Drop
from tests.review.desk.conftest import NAMES, Enter


@pytest.fixture
def listed(office: Office) -> Office:
    """A seller's listing is published."""
    case = office.ledger.claim(Drop(package="甲", content_hash="a" * 64, submitted_on=date(2026, 1, 5), files=())).case
    offer = {"figures": {Metal.PB: D("45.4")}, "surplus": {Metal.PB: D("50")}}
    seller = {"uscc": "91520628MA6S00000X", "name": "<b>甲公司</b>", "project": "除尘改造"}
    office.ledger.post(case, Listing(kind=Kind.SUPPLY, on=date(2026, 1, 5), **seller, **offer))
    office.ledger.publish(case, date(2026, 1, 6))
    return office


@pytest.mark.parametrize("name", NAMES.values())
def test_everybody_sees_what_is_out_with_its_charts(listed: Office, enter: Enter, name: str) -> None:
    text = enter(listed, name).get("/published?by=county").text
    assert "&lt;b&gt;甲公司" in text and "45.4" in text and "松桃苗族自治县" in text
    assert text.count('<svg class="chart"') == 1


@pytest.mark.parametrize("ending", list(Format))
def test_lists_and_statistics_are_saved_in_every_format(listed: Office, enter: Enter, ending: Format) -> None:
    for stem in ("publication", "statistics"):
        answer = enter(listed).get(f"/published/{stem}.{ending}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA[ending])
        assert answer.headers["content-disposition"].startswith("attachment")


def test_days_that_make_no_sense_are_told(listed: Office, enter: Enter) -> None:
    desk = enter(listed)
    assert "日期写作 2026-11-24" in desk.get("/published?since=昨天").text
    assert "起始日不得晚于截止日" in desk.get("/published?since=2026-05-01&until=2026-01-01").text
    assert desk.get("/published?by=nonsense&until=9999-99-99").status_code == 200
    assert desk.get("/published?by=month&since=0001-01-01&until=9999-12-31").status_code == 200


def test_a_receipt_is_for_those_who_handed_in_or_may_look_at_the_case(listed: Office, enter: Enter) -> None:
    path = f"/cases/HY-{date.today().year}-000001/receipt.docx"
    assert [enter(listed, name).get(path).status_code for name in ("luo", "chen")] == [200, 404]
    assert enter(listed).get(path.replace("receipt", "announcement")).status_code == 409
