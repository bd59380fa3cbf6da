"""The steps of a trade on the desk and in the API: the timeline, the forms by role, the calendar of notices."""

from datetime import date, datetime, timedelta

import pytest

from domain.life import Step
from reference.calendar import CHINA
from review.desk.office import Office
from storage.life import Lives
from storage.records import Drop
from tests.review.desk.conftest import Call, Enter
from tests.storage.test_books import DAY, agreement, contract, demand, payment, supply

TODAY = datetime.now(CHINA).date()


@pytest.fixture
def trade(office: Office) -> tuple[str, str, str]:
    """Two listings that are not public, and a case for a deal."""
    ledger = office.ledger
    drops = [Drop(package=n, content_hash=n * 64, submitted_on=DAY, files=()) for n in "sbd"]
    cases = [ledger.claim(drop).case for drop in drops]
    for case, posting in zip(cases, (supply(), demand()), strict=False):
        ledger.post(case, posting)
    return tuple(cases)


@pytest.fixture
def noticed(office: Office, trade: tuple[str, str, str]) -> str:
    for case in trade[:2]:
        office.ledger.publish(case, DAY)
    office.ledger.open_notice(trade[2], TODAY - timedelta(2), agreement())
    return trade[2]


def steps(office: Office, case: str) -> list[Step]:
    return [it.step for it in Lives(office.ledger.database).of(case).taken if it.subject == case]


def test_a_reviewer_publishes_and_withdraws_on_the_page_of_the_case(
    office: Office, trade: tuple[str, str, str], enter: Enter
) -> None:
    client, case = enter(office), trade[0]
    page = client.get(f"/cases/{case}").text
    assert f'action="/cases/{case}/publish"' in page and "核验通过" in page and "尚缺" in page
    answer = client.post(f"/cases/{case}/publish")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/cases/{case}#life")
    page = client.get(f"/cases/{case}").text
    assert f'action="/cases/{case}/withdraw"' in page
    again = client.post(f"/cases/{case}/publish")
    assert again.status_code == 409 and "无须更新" in again.text
    assert client.post(f"/cases/{case}/withdraw", data={"text": " "}).status_code == 409
    assert client.post(f"/cases/{case}/withdraw", data={"text": "自用"}).status_code == 303
    assert steps(office, case)[-2:] == [Step.PUBLISHED, Step.WITHDRAWN]


def test_an_objection_is_recorded_and_settled_and_shown_with_both_readings(
    office: Office, noticed: str, enter: Enter
) -> None:
    client = enter(office)
    form = {"step": "objected", "text": "数量有误", "on": str(TODAY - timedelta(1))}
    assert client.post(f"/cases/{noticed}/notice", data=form).status_code == 303
    page, calendar = client.get(f"/cases/{noticed}").text, client.get("/calendar").text
    assert "数量有误" in page and "中止计日" in page and "按工作日" in page
    assert noticed in calendar and "中止" in calendar and "数量有误" in calendar
    settled = {"step": "settled", "text": "不成立"}
    assert client.post(f"/cases/{noticed}/notice", data=settled).status_code == 303
    assert steps(office, noticed)[-2:] == [Step.OBJECTED, Step.SETTLED]
    assert "没有未办结的异议" in client.post(f"/cases/{noticed}/notice", data=settled).text


@pytest.mark.parametrize("form", [{}, {"step": "verified"}, {"step": "objected", "text": "无", "on": "昨天"}])
def test_a_form_that_makes_no_sense_changes_nothing(
    office: Office, noticed: str, enter: Enter, form: dict[str, str]
) -> None:
    before = len(office.ledger.events())
    assert enter(office).post(f"/cases/{noticed}/notice", data=form).status_code == 409
    assert len(office.ledger.events()) == before + 1  # the sign-in


def test_only_a_supervisor_is_shown_the_announcement(office: Office, noticed: str, enter: Enter) -> None:
    office.ledger.post(noticed, contract("30", "X-1", "91520000BUYER00002", payment(noticed)))
    door = f"/cases/{noticed}/announce"
    form = f'action="{door}"'
    assert form not in enter(office, "luo").get(f"/cases/{noticed}").text
    client = enter(office, "yang")
    assert form in client.get(f"/cases/{noticed}").text
    assert client.post(door).status_code == 303
    assert Lives(office.ledger.database).announced()[0].deal == noticed


def test_programs_take_the_same_steps_and_are_told_what_is_missing(
    office: Office, trade: tuple[str, str, str], call: Call
) -> None:
    client, (seller, _, deal) = call(office), trade
    told = client.get(f"/api/v1/cases/{seller}/life").json()
    assert [it["step"] for it in told["ahead"] if not it["why"]] == ["published"]
    refused = client.post(f"/api/v1/cases/{seller}/steps", json={"step": "withdrawn", "text": "自用"})
    assert refused.status_code == 409 and "发布供需信息" in refused.json()["detail"]
    assert client.post(f"/api/v1/cases/{seller}/steps", json={"step": "published"}).status_code == 201
    assert [it["case"] for it in client.get("/api/v1/listings").json()] == [seller]
    assert client.post(f"/api/v1/cases/{seller}/steps", json={"step": "verified"}).status_code == 422
    assert client.post(f"/api/v1/cases/{deal}/steps", json={"step": "announced"}).status_code == 403
    missing = call(office, "yang").post(f"/api/v1/cases/{deal}/steps", json={"step": "announced"})
    assert missing.status_code == 409
    assert client.get("/api/v1/announcements").json() == []


def test_programs_read_the_calendar(office: Office, noticed: str, call: Call) -> None:
    client = call(office)
    (notice,) = client.get("/api/v1/notices").json()
    assert (notice["case"], notice["paused"]) == (noticed, False)
    assert date.fromisoformat(notice["calendar"]) == TODAY + timedelta(18)
    assert client.get("/api/v1/notices?week=true").json() == []
    assert client.get("/api/v1/cases/HY-1999-000001/life").status_code == 404
