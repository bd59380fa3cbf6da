"""The page of all cases, and the bundle of one."""

import io
import zipfile

import pytest
from fastapi.testclient import TestClient

from review.desk.office import Office
from review.desk.routes import cases as cases_page
from storage.uploads import Uploads
from tests.review.desk.conftest import Enter
from tests.review.desk.test_api import DEAL, DEMAND, SUPPLY


def shown(client: TestClient, asked: str = "") -> list[str]:
    page = client.get(f"/cases?{asked}")
    assert page.status_code == 200
    return [case for case in (SUPPLY, DEMAND, DEAL) if f'data-row="{case}"' in page.text]


def test_all_cases_stand_there_with_state_company_and_dates_whatever_became_of_them(
    shelf: Office, enter: Enter
) -> None:
    shelf.ledger.quarantine(DEMAND, "BROKEN_PDF", "文件已损坏")
    client = enter(shelf, "wu")
    assert shown(client) == [SUPPLY, DEMAND, DEAL]
    page = client.get("/cases").text
    assert "已隔离" in page and "待审核" in page and f'href="/cases/{DEMAND}"' in page
    assert '<a href="/cases" aria-current="page">案件一览</a>' in page
    assert '<a href="/cases">案件一览</a>' in client.get("/queue").text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("kind=supply", [SUPPLY]),
        ("state=review&kind=transfer", [DEAL]),
        ("text=hy-2026-000002", [DEMAND]),
        ("since=2099-01-01", []),
        ("since=yesterday", [SUPPLY, DEMAND, DEAL]),
        ("state=nonsense&county=nowhere&below=x", [SUPPLY, DEMAND, DEAL]),
        ("below=1", []),
    ],
)
def test_cases_are_narrowed_and_what_makes_no_sense_narrows_nothing(
    shelf: Office, enter: Enter, asked: str, found: list[str]
) -> None:
    client = enter(shelf)
    assert shown(client, asked) == found
    assert ("日期写作" in client.get(f"/cases?{asked}").text) == ("yesterday" in asked)


def test_pages_keep_what_was_asked(shelf: Office, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases_page, "SIZE", 1)
    client = enter(shelf)
    assert shown(client, "state=review") == [DEAL]
    assert 'href="/cases?state=review&amp;below=3"' in client.get("/cases?state=review").text
    assert shown(client, "state=review&below=3") == [DEMAND]
    assert 'href="/cases?state=review&amp;above=2"' in client.get("/cases?state=review&below=3").text


def test_an_officer_sees_the_own_cases_and_opens_none(shelf: Office, enter: Enter) -> None:
    client = enter(shelf, "chen")
    assert shown(client) == []
    uploads = Uploads(shelf.ledger.database)
    uploads.open("s1211-000", 1, 1, shelf.people.find("chen"), shelf.ledger.show(SUPPLY).case.content_hash)
    uploads.match("s1211-000", SUPPLY, 1, duplicate=False)
    assert shown(client) == shown(client, "text=HY") == [SUPPLY]
    assert f'href="/cases/{SUPPLY}"' not in client.get("/cases").text
    assert client.get(f"/cases/{SUPPLY}").status_code == 403


def test_a_case_leaves_as_a_bundle_from_its_page_and_the_log_tells_who_asked(shelf: Office, enter: Enter) -> None:
    client = enter(shelf, "wu")
    assert f'action="/cases/{SUPPLY}/bundle"' in client.get(f"/cases/{SUPPLY}").text
    answer = client.post(f"/cases/{SUPPLY}/bundle")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{SUPPLY}.zip"')
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    told = shelf.ledger.events(SUPPLY)[-1]
    assert told.actor == "auditor:wu" and "export" in told.what
