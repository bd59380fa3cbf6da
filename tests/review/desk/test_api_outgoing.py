"""What goes out over the API, and the links to it on a case's page."""

import pytest

from reports.outgoing.writing import MEDIA, Format
from review.desk.office import Office
from tests.review.desk.conftest import Call, Enter

DEAL, SELLER = "HY-2026-000003", "HY-2026-000001"


@pytest.mark.parametrize("ending", list(Format))
def test_every_paper_is_saved_in_every_format(shelf: Office, call: Call, ending: Format) -> None:
    client = call(shelf)
    for path in (f"cases/{SELLER}/receipt", "publication", "statistics"):
        answer = client.get(f"/api/v1/{path}.{ending}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA[ending]), path


def test_what_there_is_not_yet_is_a_conflict_and_an_unknown_case_is_not_found(shelf: Office, call: Call) -> None:
    client = call(shelf)
    assert client.get(f"/api/v1/cases/{SELLER}/announcement.docx").status_code == 409
    assert client.get("/api/v1/cases/HY-2020-000009/receipt.docx").status_code == 404
    assert client.get("/api/v1/statistics.json?since=2026-01-01&by=metal").json()
    assert client.get("/api/v1/statistics.csv?since=0001-01-01&until=9999-12-31&by=month&by=month").status_code == 200


def test_an_officers_token_gives_no_receipt_of_a_case(shelf: Office, call: Call) -> None:
    client = call(shelf, "chen")
    assert client.get("/api/v1/publication.json").status_code == 200
    assert client.get(f"/api/v1/cases/{SELLER}/receipt.json").status_code == 403


def test_a_cases_page_links_what_goes_out_of_it(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    page = client.get(f"/cases/{SELLER}").text
    assert f"/cases/{SELLER}/receipt.docx" in page and "announcement" not in page
    linked = client.get(f"/cases/{DEAL}").text
    assert f"/cases/{DEAL}/receipt.html" in linked
    assert (f"/cases/{DEAL}/announcement.docx" in linked) is (
        client.get(f"/cases/{DEAL}/announcement.docx").status_code == 200
    )
