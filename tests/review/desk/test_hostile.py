"""Addresses and forms that no page of ours sends: every place of every route takes anything, and breaks at nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from domain.people import Role
from review.desk.app import create_app, find_pages
from review.desk.office import Office
from storage.bucket import open_bucket
from storage.ledger import open_ledger
from storage.people import People
from storage.queue import Queue
from tests.review.desk.conftest import NAMES, PASSWORD, QUICK, SAMPLES, Enter, staff
from tests.review.desk.shelf import take_in
from tests.storage.conftest import newest as newest
from tests.storage.conftest import postgresql as postgresql
from tests.storage.conftest import prepared_url as prepared_url

REAL = {"item": "1", "case": "HY-2026-000003", "version": "1", "number": "1"}
ODD = ["9" * 25, "9" * 5000, "2147483648", "0", "²", "\0", "甲" * 300, "'\"<%{}"]
BROKEN = "%ED%A0%80"  # half of a character
SEEN = {  # what pages read of their addresses without saying so
    "/queue": ("page", "text", "holder", "county", "company", "kind", "state", "severity", "doubt"),
    "/cases": ("text", "state", "kind", "county", "since", "until", "below", "above"),
    "/audit": ("case", "actor", "what", "day", "before", "after"),
    "/uploads": ("page",),
    "/handed-in": ("page",),
    "/items/{item}": ("told",),
    "/cases/{case}": ("told",),
    "/oidc/return": ("code", "state", "iss", "error"),
}
SENT = ("edition", "item", "page", "place", "text", "reason", "count", "problem-0", "pages-0", "on", "to", "number")
LEFT_OUT = {"/sign-out", "/account/password"}  # would end the walk
BOXES = ["0.5,0.5,0.5,0.5", "0.9,0.9,0.1,0.1", "-1,-1,-0.9,-0.9", "1.5,1.5,2,2", "nan,0,1,1", "1,2,3", "a,b,c,d", ","]


@pytest.fixture
def walked(prepared_url: str, tmp_path: Path) -> Iterator[Office]:
    """An office with cases on either database."""
    ledger = open_ledger(prepared_url)
    people = People(ledger.database, passwords=QUICK)
    office = staff(Office(ledger, people, Queue(ledger.database), open_bucket(tmp_path / "bucket"), tmp_path))
    for sample in SAMPLES:
        take_in(office, sample)
    yield office
    ledger.close()


def routes() -> list[APIRoute]:
    found = [route for page in find_pages() for route in page.router.routes if isinstance(route, APIRoute)]
    return [route for route in found if route.path not in LEFT_OUT]


def fill(path: str, **odd: str) -> str:
    for name, value in (REAL | odd).items():
        path = path.replace(f"{{{name}}}", value)
    return path


def addresses(route: APIRoute, odd: str) -> Iterator[str]:
    """The route with the odd value at every place of its path and of its query, one after the other."""
    for name in REAL:
        if f"{{{name}}}" in route.path:
            yield fill(route.path, **{name: odd})
    for name in {*SEEN.get(route.path, ()), *(one.alias for one in route.dependant.query_params)}:
        yield f"{fill(route.path)}?{name}={odd}"


def come_in(office: Office) -> TestClient:
    session = office.people.sign_in(NAMES[Role.SUPERVISOR], PASSWORD)
    cookies = {"heyan_session": session.token}
    client = TestClient(create_app(office), follow_redirects=False, cookies=cookies, raise_server_exceptions=False)
    client.headers["X-CSRF-Token"] = session.csrf
    return client


def is_sound(client: TestClient, address: str, status: int, text: str) -> bool:
    if status in (502, 503) and address.startswith(("/livez", "/readyz")):
        return True
    told = address.startswith(("/api/", "/static/")) or "核验" in text or not text
    return status < 500 and (status < 400 or told)


def test_no_address_of_the_desk_breaks_it(walked: Office) -> None:
    client, broken = come_in(walked), []
    for route in routes():
        if "GET" not in route.methods:
            continue
        for odd in (*(quote(one, safe="") for one in ODD), BROKEN):
            for address in addresses(route, odd):
                answer = client.get(address)
                text = answer.text if "text" in answer.headers.get("content-type", "") else ""
                if not is_sound(client, address, answer.status_code, text):
                    broken.append((answer.status_code, address[:90]))
    assert broken == []


def odd_for(names: set[str], first: int) -> Iterator[tuple[str, str]]:
    """Two odd values for each name, others on every route: each meets every name somewhere, and no route all of them,
    for a form that is refused shows the whole case again."""
    for at, name in enumerate(sorted(names), start=first):
        yield from ((name, ODD[(at + step) % len(ODD)]) for step in (0, 3))


def test_no_form_breaks_the_desk(walked: Office, prepared_url: str) -> None:
    client, broken = come_in(walked), []
    forms_of = [route for route in routes() if "POST" in route.methods and not route.path.startswith("/api/")]
    for first, route in enumerate(forms_of, start=0 if prepared_url.startswith("sqlite") else 1):
        names = {*SENT, *(one.alias for one in route.dependant.body_params)}
        forms = [(fill(route.path), {name: odd}) for name, odd in odd_for(names, first)]
        forms += [
            (fill(route.path, **{name: quote(odd, safe="")}), {}) for odd in ODD for name in REAL if name in route.path
        ]
        for address, form in forms:
            status = client.post(address, data=form).status_code
            if status >= 500:
                broken.append((status, address[:60], str(form)[:60]))
    assert broken == []


@pytest.mark.parametrize("box", BOXES)
def test_a_place_that_is_none_is_not_cut_out(shelf: Office, enter: Enter, box: str) -> None:
    answer = enter(shelf).get(f"/cases/HY-2026-000003/v1/pages/1/cut.jpg?box={box}")
    assert (answer.status_code, "位置无法识别" in answer.text) == (404, True)


@pytest.mark.parametrize(
    "path",
    ["", "permit_before", "model_fields", "pages[0]", "permit_before.Cr.value", "limits[99].annual[99]", "a" * 3000],
)
@pytest.mark.parametrize("ordinal", [1, 0, -1, int("9" * 25)])
def test_a_field_that_no_paper_has_is_told_at_the_form(shelf: Office, enter: Enter, path: str, ordinal: int) -> None:
    place = json.dumps({"document": "supply_form", "ordinal": ordinal, "path": path})
    sent = {"place": place, "text": "1吨/年", "edition": "1", "reason": "试"}
    answer = enter(shelf).post("/cases/HY-2026-000001/correct", data=sent)
    assert answer.status_code in (400, 409) and "核验" in answer.text


def test_a_form_that_is_too_long_is_told_and_not_taken(shelf: Office, enter: Enter) -> None:
    answer = enter(shelf).post("/items/1/waive", data={"reason": "长" * 5000, "edition": "1"})
    assert answer.status_code == 400 and "有误或过长" in answer.text
