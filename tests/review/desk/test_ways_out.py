"""Every way out of the desk, walked over a ledger full of account numbers: none is in clear before somebody asked."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

import docx
import numpy as np
import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx import Response
from PIL import Image
from sqlalchemy import text as sql

from domain.finding import Finding, Outcome, Severity, State
from domain.page import Box
from domain.people import Role
from reports.verdict import verdict
from review.desk.app import find_pages
from review.desk.office import Office
from review.desk.veils import Veiled
from review.fields import walk_fields
from review.masking import is_account, plain
from storage.versions import read_papers
from tests.review.desk.conftest import NAMES, Call, Enter
from tests.review.desk.shelf import read

DEAL = "HY-2026-000003"
TYPED = "62170033300012345"  # what a person corrected an account to
FILLED = {"case": DEAL, "version": "1", "number": "1"}
WHOLE_PAGE = {"box": "0,0,1,1"}
# What a form or a program sends; no value of it is an account.
SENT: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("POST", "/account/password"): {"old": "x", "new": "y", "again": "y"},
    ("POST", "/account/tokens"): {"label": "试验"},
    ("POST", "/account/tokens/{number}/revoke"): {},
    ("POST", "/account/sessions/{number}/end"): {},
    ("POST", "/account/sessions/end-others"): {},
    ("POST", "/api/v1/cases/{case}/decisions"): {"json": {"act": "return", "edition": 99}},
    ("POST", "/api/v1/packages"): {},
    ("POST", "/api/v1/packages/{number}/retry"): {},
    ("POST", "/api/v1/items/{item}/take"): {"json": {"edition": 1}},
    ("POST", "/api/v1/items/{item}/release"): {},
    ("POST", "/api/v1/items/{item}/assign"): {"json": {"to": "luo"}},
    ("POST", "/api/v1/webhooks"): {"json": {"url": "https://127.0.0.1/"}},
    ("DELETE", "/api/v1/webhooks/{number}"): {},
    ("POST", "/api/v1/webhooks/{number}/test"): {},
    ("POST", "/audit/verify"): {},
    ("POST", "/items/{item}/take"): {"edition": "1"},
    ("POST", "/items/{item}/release"): {},
    ("POST", "/items/{item}/extend"): {},
    ("POST", "/items/{item}/assign"): {"to": "luo"},
    ("POST", "/items/{item}/confirm"): {"edition": "99"},
    ("POST", "/items/{item}/waive"): {"edition": "99", "reason": "无"},
    ("POST", "/items/{item}/approve"): {"edition": "99"},
    ("POST", "/cases/{case}/correct"): {"place": '{"document":"contract","path":"transferor.account"}', "text": ""},
    ("POST", "/cases/{case}/undo"): {"edition": "99"},
    ("POST", "/cases/{case}/verify"): {"edition": "99"},
    ("POST", "/cases/{case}/refuse"): {"edition": "99", "reason": "无"},
    ("POST", "/cases/{case}/agree"): {"edition": "99"},
    ("POST", "/cases/{case}/reopen"): {"edition": "99", "reason": "无"},
    ("POST", "/cases/{case}/return"): {"to": "某公司", "count": "1"},
    ("POST", "/cases/{case}/notice.docx"): {"to": "某公司", "count": "1"},
    ("POST", "/api/v1/cases/{case}/steps"): {"json": {"step": "objected", "text": "无"}},
    ("POST", "/cases/{case}/publish"): {},
    ("POST", "/cases/{case}/withdraw"): {"text": "无"},
    ("POST", "/cases/{case}/notice"): {"step": "objected", "text": "无"},
    ("POST", "/cases/{case}/announce"): {},
    ("POST", "/uploads"): {},
    ("POST", "/uploads/{number}/retry"): {},
    ("POST", "/users"): {"name": "x"},
    ("POST", "/users/{number}/role"): {},
    ("POST", "/users/{number}/disable"): {},
    ("POST", "/users/{number}/enable"): {},
    ("POST", "/users/{number}/password"): {},
    ("POST", "/users/{number}/unlock"): {},
    ("POST", "/account/identities"): {},
    ("POST", "/account/identities/remove"): {"number": "1"},
    ("POST", "/users/{number}/identities"): {"subject": "x"},
    ("POST", "/users/{number}/identities/remove"): {"identity": "1"},
    ("POST", "/registers"): {},
    ("POST", "/api/v1/registers"): {},
    ("POST", "/sign-in"): {"name": "luo", "password": "x"},
    ("POST", "/sign-out"): {},
}
# They are how one asks: what they answer with is nothing, or the originals themselves, and each leaves an event.
ASKING = {
    ("POST", "/api/v1/cases/{case}/reveal"): "accounts revealed",
    ("POST", "/cases/{case}/reveal"): "accounts revealed",
    ("POST", "/cases/{case}/bundle"): "exported",
}


def routes() -> list[tuple[str, str]]:
    found = (route for page in find_pages() for route in page.router.routes if isinstance(route, APIRoute))
    return [(method, re.sub(r":int", "", route.path)) for route in found for method in sorted(route.methods)]


def accounts(office: Office) -> set[str]:
    fields = [pair for paper in read_papers(office.ledger.database, DEAL) for pair in walk_fields(paper)]
    return {plain(field["raw"]) for path, field in fields if is_account(path) and field["raw"]}


def account_boxes(office: Office) -> Iterator[tuple[int, Box]]:
    for paper in read_papers(office.ledger.database, DEAL):
        for path, field in walk_fields(paper):
            if is_account(path) and field["box"]:
                yield field["page"], Box(*field["box"])


@pytest.fixture
def stuffed(shelf: Office, call: Call) -> tuple[Office, frozenset[str]]:
    """An office whose deal has account numbers wherever they can get, and those numbers."""
    known = accounts(shelf)
    number = min(known)
    spaced = " ".join(re.findall(r".{1,4}", max(known)))
    with shelf.ledger.database.write() as connection:
        name = {"name": f"回单{number}.pdf", "case": DEAL}
        connection.execute(sql("update packages set name=:name where case_number=:case"), name)
    client = call(shelf)
    for document, path in (("payment_slip", "payee_account"), ("transfer_agreement", "transferor.account")):
        edition = client.get(f"/api/v1/cases/{DEAL}").json()["case"]["edition"]
        place = {"document": document, "path": path}
        asked = {"act": "correct", "edition": edition, "place": place, "text": TYPED, "reason": f"原为{spaced}"}
        answer = client.post(f"/api/v1/cases/{DEAL}/decisions", json=asked)
        assert answer.status_code == 201 and not clear(answer, known | {TYPED})
    record_again(shelf, f"收款账号{number}与合同所载{spaced}不符")
    return shelf, frozenset(known | {TYPED})


def record_again(office: Office, message: str) -> None:
    """Another run over the deal, whose findings all speak of accounts."""
    dossier = read("d405-000")
    found = [
        Finding(rule=rule, outcome=Outcome.FAILED, severity=Severity.BLOCK, message=message)
        for rule in ("PAY-001", "DEA-007", "DEA-004")
    ]
    told = verdict(dossier, found, 1.0, DEAL).model_dump_json()
    office.ledger.record(DEAL, dossier, found, state=State.REVIEW, seconds=1.0, ruleset="x", verdict=told)


def clear(answer: Response, numbers: frozenset[str] | set[str]) -> list[str]:
    """The accounts that an answer gives away."""
    kind = answer.headers.get("content-type", "")
    if "officedocument" in kind:
        told = " ".join(part.text for part in docx.Document(io.BytesIO(answer.content)).paragraphs)
    else:
        told = "" if kind.startswith("image/") else answer.text
    told += str(dict(answer.headers))
    return [number for number in numbers if number in re.sub(r"[\W_]", "", told)]


def addresses(office: Office, path: str) -> list[str]:
    items = [str(item.id) for item in office.ledger.show(DEAL).items]
    numbers = [str(n) for n in range(1, 8)] if "{number}" in path else ["1"]
    filled = [
        path.replace("{number}", n).replace("{item}", i) for n in numbers for i in (items if "{item" in path else ["1"])
    ]
    for name, value in FILLED.items():
        filled = [one.replace(f"{{{name}}}", value) for one in filled]
    return filled


def test_every_route_is_walked_or_said_to_be_how_one_asks() -> None:
    sent = {*SENT, *ASKING}
    assert {route for route in routes() if route[0] != "GET"} == sent
    assert len(routes()) == len(set(routes()))


def test_every_route_of_the_api_is_veiled() -> None:
    found = [route for page in find_pages() for route in page.router.routes if route.path.startswith("/api/")]
    assert found and all(isinstance(route, Veiled) for route in found)


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.SUPERVISOR, Role.AUDITOR])
def test_nothing_that_can_be_read_shows_an_account(
    stuffed: tuple[Office, frozenset[str]], enter: Enter, call: Call, role: Role
) -> None:
    office, numbers = stuffed
    seen = 0
    for client, queue in ((enter(office, NAMES[role]), "/queue"), (call(office, NAMES[role]), "/api/v1/queue")):
        for method, path in routes():
            for address in addresses(office, path) if method == "GET" else ():
                answer = client.get(address, params=WHOLE_PAGE if path.endswith("cut.jpg") else None)
                assert not clear(answer, numbers), address
                seen += answer.status_code == 200
        for query in ("text=HY", f"text={min(numbers)}", "kind=transfer", "page=2"):
            assert not clear(client.get(f"{queue}?{query}"), numbers)
        last = office.ledger.events(DEAL)[-1].number
        for number in range(1, last + 1):
            assert not clear(client.get(f"/audit/{number}"), numbers)
    assert seen > 40


@pytest.mark.parametrize("person", ["luo", "yang"])
def test_nothing_that_is_sent_is_answered_with_an_account(
    stuffed: tuple[Office, frozenset[str]], enter: Enter, call: Call, person: str
) -> None:
    office, numbers = stuffed
    web, program = enter(office, person), call(office, person)
    for (method, path), sent in SENT.items():
        client = program if path.startswith("/api/") else web
        given: dict[str, Any] = dict(sent) if "json" in sent else {"data": dict(sent)}
        if path not in ("/sign-out", "/account/sessions/end-others"):
            for address in addresses(office, path)[:3]:
                assert not clear(client.request(method, address, **given), numbers), address
    assert not clear(web.post("/sign-out"), numbers)


def test_a_notice_that_was_stored_goes_out_masked_until_somebody_asks(
    stuffed: tuple[Office, frozenset[str]], enter: Enter, call: Call
) -> None:
    office, numbers = stuffed
    client, auditor, other = call(office), enter(office, "wu"), call(office, "wu")
    record_again(office, f"收款账号{min(numbers)}与合同不符")
    edition = client.get(f"/api/v1/cases/{DEAL}").json()["case"]["edition"]
    sent = client.post(f"/api/v1/cases/{DEAL}/decisions", json={"act": "return", "edition": edition})
    assert sent.status_code == 201 and "收款账号••••" in sent.text and not clear(sent, numbers)
    paper = f"/cases/{DEAL}/notice-{sent.json()['decision']['number']}.docx"
    answers = [auditor.get(paper), other.get(f"/api/v1/cases/{DEAL}/decisions"), auditor.get(f"/cases/{DEAL}")]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert not [number for answer in answers for number in clear(answer, numbers)]
    auditor.post(f"/cases/{DEAL}/reveal")
    assert clear(auditor.get(paper), numbers)


@pytest.mark.parametrize("address", ["pages/{n}.jpg", "pages/{n}.jpg?view=grey", "pages/{n}/cut.jpg?box=0,0,1,1"])
def test_every_picture_of_a_page_has_its_accounts_painted_over(
    stuffed: tuple[Office, frozenset[str]], enter: Enter, call: Call, address: str
) -> None:
    office, _ = stuffed
    client, program = enter(office), call(office)
    for page, box in account_boxes(office):
        picture = client.get(f"/cases/{DEAL}/v1/" + address.format(n=page)).content
        assert is_painted(picture, box), (page, box)
        view = "grey" if "grey" in address else "colour"
        assert is_painted(program.get(f"/api/v1/cases/{DEAL}/pages/{page}/image?view={view}").content, box)


def test_a_revealed_case_is_in_clear_for_who_asked_and_nobody_else(
    stuffed: tuple[Office, frozenset[str]], enter: Enter
) -> None:
    office, numbers = stuffed
    client = enter(office)
    client.post(f"/cases/{DEAL}/reveal")
    for path in ("/queue", f"/cases/{DEAL}", f"/cases/{DEAL}/v1/pages/1"):
        assert clear(client.get(path), numbers), path
        assert not clear(enter(office, "tian").get(path), numbers), path


def test_each_way_of_asking_is_written_down(shelf: Office, enter: Enter, call: Call) -> None:
    for (method, path), what in ASKING.items():
        client: TestClient = call(shelf) if path.startswith("/api/") else enter(shelf)
        assert client.request(method, path.replace("{case}", DEAL)).status_code < 400
        event = shelf.ledger.events(DEAL)[-1]
        assert (event.what, event.actor) == (what, "reviewer:luo")


def test_a_code_of_a_company_and_a_number_of_a_permit_stay_in_sight(shelf: Office, call: Call) -> None:
    told = call(shelf).get(f"/api/v1/cases/{DEAL}/documents").text
    assert "915206039291122200" in told and "91522702163931002D" in told
    serial = next(it for it in read_papers(shelf.ledger.database, DEAL, types=["payment_slip"]))["fields"]["serial"]
    assert serial["value"] in told


def is_painted(picture: bytes, box: Box) -> bool:
    """Whether a place of a JPEG shows nothing but one flat colour."""
    page = np.asarray(Image.open(io.BytesIO(picture)).convert("L"), dtype=float)
    high, wide = page.shape
    place = page[round(box.y0 * high) : round(box.y1 * high), round(box.x0 * wide) : round(box.x1 * wide)]
    return place.size > 0 and float(place.std()) < 6
