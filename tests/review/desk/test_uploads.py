"""Handing packages in: files, folders and zips into the intake under a receipt, and what becomes of them."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from domain.decision import Act, Wish
from domain.errors import IntakeError, StorageAway
from review.deciding import decide
from review.desk import dropping
from review.desk.dropping import make_safe
from review.desk.office import Office
from storage.intake import claim, waiting
from storage.ledger import Ledger, open_ledger
from storage.results import set_aside
from storage.unfinished import NotQuarantined, hold, list_unfinished, retry
from storage.uploads import UnknownUpload, Uploads
from tests.review.desk.conftest import Call, Enter
from tests.review.desk.test_api import SUPPLY

PDF = b"%PDF-1.7 paper"


def send(client: TestClient, *files: tuple[str, bytes], **fields: str):  # type: ignore[no-untyped-def]
    parts = [("files", (name, body, "application/octet-stream")) for name, body in files]
    return client.post("/uploads", files=parts, data=fields)


def test_a_file_goes_into_the_intake_under_a_receipt(office: Office, enter: Enter) -> None:
    client = enter(office, "chen")
    answer = send(client, ("某公司出让材料.pdf", PDF))
    assert answer.status_code == 303
    receipt = re.search(r"SJ-\d{4}-\d{6}", answer.headers["location"])[0]  # type: ignore[index]
    page = client.get(answer.headers["location"]).text
    assert receipt in page and "某公司出让材料.pdf" in page and "等待受理" in page
    (package,) = waiting(office.bucket)
    assert (package.name, office.bucket.read(package.objects[0].name)) == ("某公司出让材料.pdf", PDF)
    told = office.ledger.events()[-1]
    assert (told.what, told.actor, told.detail["receipt"]) == ("handed in", "officer:chen", receipt)


def test_a_folder_stays_a_folder_and_loose_files_become_one_package(office: Office, enter: Enter) -> None:
    client = enter(office, "chen")
    send(client, ("甲公司/正本/1.jpg", b"1"), ("甲公司/副本/1.jpg", b"2"))
    send(client, ("a.pdf", b"1"), ("b.pdf", b"2"), ("a.pdf", b"3"))
    folder, loose = sorted(waiting(office.bucket), key=lambda it: it.name != "甲公司")
    assert [one.name for one in folder.papers] == ["intake/甲公司/副本/1.jpg", "intake/甲公司/正本/1.jpg"]
    assert loose.name.endswith("材料")
    assert [one.name.rpartition("/")[2] for one in loose.papers] == ["a-2.pdf", "a.pdf", "b.pdf"]


def test_a_name_that_is_taken_gets_a_number_and_both_receipts_find_their_case(
    office: Office, enter: Enter, tmp_path: Path
) -> None:
    client, uploads = enter(office, "chen"), Uploads(office.ledger.database)
    for body in (b"1", b"2"):
        send(client, ("材料.pdf", body))
    assert {one.package for one in uploads.list().items} == {"材料.pdf", "材料-2.pdf"}
    for package in waiting(office.bucket):
        claimed = claim(office.bucket, office.ledger, package, tmp_path / "claim")
        uploads.match(package.name, claimed.case, claimed.version, duplicate=claimed.duplicate)
    assert {one.case for one in uploads.list().items} == {"HY-2026-000001", "HY-2026-000002"}


@pytest.mark.parametrize(
    "files",
    [
        (("材料.PDF", PDF),),
        (("甲公司/正本/10.jpg", b"1"), ("甲公司/正本/2.jpg", b"2"), ("甲公司/副本\u200b.jpg", b"3")),
        (("a.pdf", b"1"), ("b.pdf", b"2"), ("a.pdf", b"3")),
        (("甲公司/1.jpg", b"1"),),
    ],
)
def test_what_is_handed_in_is_known_by_its_content_before_it_is_claimed(
    office: Office, enter: Enter, tmp_path: Path, files: tuple[tuple[str, bytes], ...]
) -> None:
    send(enter(office, "chen"), *files)
    (package,) = waiting(office.bucket)
    claimed = claim(office.bucket, office.ledger, package, tmp_path / "claim")
    uploads = Uploads(office.ledger.database)
    uploads.match(package.name, claimed.case, claimed.version, duplicate=claimed.duplicate)
    assert uploads.list().items[0].case == claimed.case


def test_an_upload_that_does_not_reach_the_intake_is_told(
    office: Office, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StorageAway("BUCKET_AWAY", "存储暂时无法访问")

    monkeypatch.setattr(dropping, "drop", away)
    assert send(enter(office, "chen"), ("材料.pdf", PDF)).status_code == 503
    (upload,) = Uploads(office.ledger.database).list().items
    assert (upload.state, "重新提交" in str(upload.reason)) == ("trouble", True)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", ("etc", "passwd")),
        ("C:\\扫描\\1.pdf", ("C:", "扫描", "1.pdf")),
        ("/abs/./x//y.pdf", ("abs", "x", "y.pdf")),
        ("a\0b\n.pdf", ("a_b_.pdf",)),
        ("..", ()),
        ("  .pdf ", (".pdf",)),
    ],
)
def test_names_lead_nowhere(name: str, safe: tuple[str, ...]) -> None:
    assert make_safe(name) == safe


def test_a_long_name_keeps_its_ending_and_fits() -> None:
    (name,) = make_safe("贵" * 300 + ".pdf")
    assert name.endswith(".pdf") and len(name.encode()) <= 200


@pytest.mark.parametrize("files", [(), (("Thumbs.db", b"x"),), (("甲/.DS_Store", b"x"), ("甲/_READY", b""))])
def test_nothing_usable_is_told_at_the_form(office: Office, enter: Enter, files: tuple[tuple[str, bytes], ...]) -> None:
    answer = send(enter(office, "chen"), *files, resubmits="")
    assert (answer.status_code, "没有收到任何文件" in answer.text) == (422, True)
    assert not waiting(office.bucket) and not Uploads(office.ledger.database).list().items


def test_a_file_and_a_folder_of_one_name_do_not_collide(office: Office, enter: Enter) -> None:
    send(enter(office, "chen"), ("x/a", b"1"), ("x/a/b.pdf", b"2"))
    (package,) = waiting(office.bucket)
    assert len(package.papers) == 2


def test_a_file_that_is_too_big_is_refused(office: Office, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dropping, "Limits", lambda: type("Small", (), {"max_bytes": 3}))
    answer = send(enter(office, "chen"), ("大.pdf", PDF))
    assert (answer.status_code, "超过" in answer.text) == (422, True)


def test_a_request_that_is_too_long_or_without_length_is_refused_before_it_is_read(
    office: Office, enter: Enter
) -> None:
    client = enter(office, "chen")
    assert client.post("/items/1/waive", content=b"x" * (5 * 2**20)).status_code == 413
    assert client.post("/uploads", content=iter([b"x"])).status_code == 411
    told = client.post("/api/v1/packages", content=b"", headers={"Content-Length": "9" * 12})
    assert (told.status_code, told.headers["content-type"]) == (413, "application/problem+json")


def test_one_sees_ones_own_and_a_supervisor_everybodys(office: Office, enter: Enter) -> None:
    send(enter(office, "chen"), ("陈.pdf", b"1"))
    send(enter(office, "luo"), ("罗.pdf", b"2"))
    assert "罗.pdf" not in enter(office, "chen").get("/uploads").text
    everybodys = enter(office, "yang").get("/handed-in").text
    assert "陈.pdf" in everybodys and "罗.pdf" in everybodys
    assert enter(office, "chen").get("/handed-in").status_code == 403


def test_a_quarantined_package_shows_its_reason_and_is_tried_again(
    office: Office, enter: Enter, tmp_path: Path
) -> None:
    client, uploads = enter(office, "chen"), Uploads(office.ledger.database)
    send(client, ("坏.pdf", PDF))
    (package,) = waiting(office.bucket)
    claimed = claim(office.bucket, office.ledger, package, tmp_path / "claim")
    uploads.match(package.name, claimed.case, claimed.version, duplicate=False)
    set_aside(office.bucket, office.ledger, claimed.case, IntakeError("BROKEN_PDF", "文件已损坏。"))
    page = client.get("/uploads").text
    assert "文件已损坏。" in page and "已隔离" in page
    assert enter(office, "luo").post("/uploads/1/retry").status_code == 404  # somebody else's
    assert client.post("/uploads/1/retry").status_code == 303
    assert "核验中" in client.get("/uploads").text
    assert list_unfinished(office.ledger.database) == (claimed.case,)
    assert client.post("/uploads/1/retry").status_code == 422
    told = office.ledger.events(claimed.case)[-1]
    assert (told.what, told.actor) == ("retried", "officer:chen")
    assert office.ledger.verify_events() is None


def test_a_returned_case_takes_its_corrections_as_its_next_version(
    shelf: Office, enter: Enter, call: Call, tmp_path: Path
) -> None:
    client = call(shelf, "luo")
    early = client.post("/api/v1/packages", files={"files": ("补正.pdf", PDF)}, data={"resubmits": SUPPLY})
    assert (early.status_code, early.json()["code"]) == (409, "NOT_RETURNED")
    decide(shelf.ledger, Wish(case=SUPPLY, act=Act.RETURN), shelf.people.find("luo"), shelf.bucket)
    stranger = call(shelf, "chen").post(
        "/api/v1/packages", files={"files": ("补正.pdf", PDF)}, data={"resubmits": SUPPLY}
    )
    assert stranger.status_code == 404
    sly = call(shelf, "chen").post("/api/v1/packages", files={"files": (f"{SUPPLY}.pdf", PDF)})
    assert (sly.status_code, waiting(shelf.bucket)) == (404, ())
    harmless = call(shelf, "chen").post("/api/v1/packages", files={"files": ("HY-2026-999999.pdf", b"other")})
    assert harmless.status_code == 202
    shelf.bucket.remove("intake/材料 HY-2026-999999.pdf")  # it is called by no case: that may go back by then
    done = client.post("/api/v1/packages", files={"files": ("补正.pdf", PDF)}, data={"resubmits": SUPPLY})
    assert (done.status_code, done.json()["package"]) == (202, f"{SUPPLY} 补正.pdf")
    (package,) = waiting(shelf.bucket)
    claimed = claim(shelf.bucket, shelf.ledger, package, tmp_path / "claim")
    assert (claimed.case, claimed.version) == (SUPPLY, 2)


def test_an_upload_is_followed_over_the_api_at_its_location(office: Office, call: Call, tmp_path: Path) -> None:
    client, uploads = call(office, "chen"), Uploads(office.ledger.database)
    answer = client.post("/api/v1/packages", files={"files": ("材料.pdf", PDF)})
    assert answer.status_code == 202
    place = answer.headers["location"]
    assert client.get(place).json()["state"] == "waiting"
    uploads.fail("材料.pdf", "文件名不可用")
    assert (client.get(place).json()["state"], client.get(place).json()["reason"]) == ("trouble", "文件名不可用")
    (package,) = waiting(office.bucket)
    claimed = claim(office.bucket, office.ledger, package, tmp_path / "claim")
    uploads.match("材料.pdf", claimed.case, claimed.version, duplicate=False)
    uploads.tell_progress(claimed.case, 3, 12)
    told = client.get(place).json()
    assert (told["state"], told["done"], told["total"], told["case"]) == ("received", 3, 12, claimed.case)
    assert call(office, "luo").get(place).status_code == 404
    assert call(office, "wu").get(place).status_code == 403
    assert client.post("/api/v1/packages").json()["errors"][0]["field"] == "body.files"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(f"sqlite:///{tmp_path}/left.db")
    yield opened
    opened.close()


def test_only_what_a_watcher_holds_or_nobody_finished_for_long_is_left_behind(ledger: Ledger) -> None:
    from storage.records import Drop

    drop = Drop(package="a", content_hash="a" * 64, submitted_on=date(2026, 11, 24), files=())
    case = ledger.claim(drop).case
    assert list_unfinished(ledger.database) == ()  # somebody reads it from the command line
    assert list_unfinished(ledger.database, datetime(2099, 1, 1, tzinfo=UTC)) == (case,)
    assert [hold(ledger.database, case), hold(ledger.database, case)] == [1, 2]
    assert list_unfinished(ledger.database) == (case,)
    with pytest.raises(NotQuarantined):
        retry(ledger.database, case, "system")
    with pytest.raises(UnknownUpload):
        Uploads(ledger.database).find(1)
