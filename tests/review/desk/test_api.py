"""The API: the desk's acts as JSON, for whoever has a token of somebody who may."""

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from domain.people import Role
from review.desk.app import find_pages
from review.desk.keys import Key
from review.desk.office import Office
from review.roles import MATRIX
from storage.queue import Filter
from tests.review.desk.conftest import NAMES, Call

SUPPLY, DEMAND, DEAL = (f"HY-2026-00000{n}" for n in (1, 2, 3))
ACCOUNT = re.compile(r"(?<![0-9A-Z])6221\d{6,}|(?<!\d)\d{19}(?!\d)")
FILLED = {"item": "1", "case": SUPPLY, "number": "1", "upload": "1", "webhook": "1"}


def routes() -> Iterator[tuple[str, str, Key]]:
    for page in find_pages():
        for route in page.router.routes:
            if isinstance(route, APIRoute) and route.path.startswith("/api/"):
                keys = [one.call for one in route.dependant.dependencies if isinstance(one.call, Key)]
                assert len(keys) == 1, f"{route.path} asks nobody who they are"
                for method in sorted(route.methods):
                    yield method, route.path, keys[0]


def address(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def edition(client: TestClient, case: str) -> int:
    return int(client.get(f"/api/v1/cases/{case}").json()["case"]["edition"])


def test_without_a_token_nothing_opens_not_even_with_a_session(browser: TestClient, office: Office) -> None:
    session = office.people.sign_in("yang", "清水江边-2026-九月")
    browser.cookies.set("heyan_session", session.token)
    browser.headers["X-CSRF-Token"] = session.csrf
    for method, path, _ in routes():
        answer = browser.request(method, address(path))
        assert answer.status_code == 401, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_the_matrix_says_and_nothing_else(shelf: Office, call: Call, role: Role) -> None:
    client = call(shelf, NAMES[role])
    for method, path, key in routes():
        allowed = key.action is None or role in MATRIX[key.action]
        status = client.request(method, address(path)).status_code
        assert (status == 403) is not allowed, (method, path, status)
        assert status < 500, (method, path)


def test_a_revoked_token_and_that_of_a_disabled_user_open_nothing(office: Office, call: Call) -> None:
    client, user = call(office), office.people.find("luo")
    assert client.get("/api/v1/me").json()["user"]["name"] == "luo"
    office.people.revoke(user, office.people.tokens(user)[0].id)
    assert client.get("/api/v1/me").status_code == 401
    other = call(office, "tian")
    office.people.disable("tian")
    assert other.get("/api/v1/me").status_code == 401


def test_the_queue_is_filtered_and_cut_into_pages(shelf: Office, call: Call) -> None:
    client = call(shelf)
    found = client.get("/api/v1/queue", params={"size": 3}).json()
    assert found["total"] == shelf.queue.search().total and len(found["items"]) == 3
    second = client.get("/api/v1/queue", params={"size": 3, "page": 2}).json()
    assert not {it["id"] for it in found["items"]} & {it["id"] for it in second["items"]}
    supply = client.get("/api/v1/queue", params={"kind": "supply", "severity": "B"}).json()
    assert {it["case"] for it in supply["items"]} == {SUPPLY}


@pytest.mark.parametrize(
    ("query", "field"), [("page=0", "query.page"), ("severity=X", "query.severity"), ("size=999", "query.size")]
)
def test_nonsense_is_told_with_its_field(office: Office, call: Call, query: str, field: str) -> None:
    answer = call(office).get(f"/api/v1/queue?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_of_two_who_take_an_item_one_wins_and_the_other_is_told_who(shelf: Office, call: Call) -> None:
    item = shelf.queue.search().items[0]
    one, other = call(shelf), call(shelf, "tian")
    assert one.post(f"/api/v1/items/{item.id}/take", json={"edition": item.edition}).json()["holder"] == "luo"
    beaten = other.post(f"/api/v1/items/{item.id}/take", json={"edition": item.edition})
    assert (beaten.status_code, beaten.json()["code"], beaten.json()["holder"]) == (409, "TAKEN", "luo")
    assert one.post(f"/api/v1/items/{item.id}/release").json()["holder"] is None


def test_a_supervisor_assigns_to_somebody_and_to_nobody_unknown(shelf: Office, call: Call) -> None:
    item, client = shelf.queue.search().items[0].id, call(shelf, "yang")
    assert client.post(f"/api/v1/items/{item}/assign", json={"to": "tian"}).json()["assignee"] == "tian"
    assert client.post(f"/api/v1/items/{item}/assign", json={"to": "没有此人"}).status_code == 404


def test_a_case_tells_its_state_edition_items_and_possible_acts(shelf: Office, call: Call) -> None:
    told = call(shelf).get(f"/api/v1/cases/{SUPPLY}").json()
    assert told["case"]["state"] == "review" and told["items"]
    assert {"correct", "waive", "return"} <= set(told["acts"])
    assert call(shelf).get("/api/v1/cases/HY-2026-999999").status_code == 404
    assert call(shelf).get("/api/v1/cases/unheard-of").status_code == 422


def test_cases_are_listed_newest_first_by_state(shelf: Office, call: Call) -> None:
    client = call(shelf)
    assert [it["case"] for it in client.get("/api/v1/cases").json()["items"]] == [DEAL, DEMAND, SUPPLY]
    by_state = client.get("/api/v1/cases", params={"state": "review", "kind": "supply"}).json()
    assert (by_state["total"], by_state["items"][0]["open_items"]) == (1, shelf.queue.search(Filter(case=SUPPLY)).total)


def test_accounts_stay_hidden_until_asked_for_and_the_asking_is_recorded(shelf: Office, call: Call) -> None:
    client = call(shelf)
    parts = ("", "/documents", "/findings", "/events", "/decisions", "/notice")
    slips = [paper for paper in shelf.ledger.show(DEAL).documents if paper["type"] == "payment_slip"]
    accounts = {slip["fields"][key]["value"] for slip in slips for key in ("payer_account", "payee_account")}
    assert all(accounts)
    for part in parts:
        text = client.get(f"/api/v1/cases/{DEAL}{part}").text
        assert not [account for account in accounts if account in text] and not ACCOUNT.search(text), part
    queue = client.get("/api/v1/queue", params={"kind": "transfer"}).text
    assert not [account for account in accounts if account in queue]
    assert client.post(f"/api/v1/cases/{DEAL}/reveal").status_code == 204
    assert all(account in client.get(f"/api/v1/cases/{DEAL}/documents").text for account in accounts)
    assert shelf.ledger.events(DEAL)[-1].what == "accounts revealed"


def test_a_decision_needs_its_edition_and_is_refused_where_somebody_was_faster(shelf: Office, call: Call) -> None:
    client = call(shelf)
    item = shelf.queue.search(Filter(case=SUPPLY)).items[0]
    asked = {"act": "confirm", "item": item.id, "edition": item.edition}
    lost = client.post(f"/api/v1/cases/{SUPPLY}/decisions", json={"act": "confirm", "item": item.id})
    assert (lost.status_code, lost.json()["errors"][0]["field"]) == (422, "body.edition")
    done = client.post(f"/api/v1/cases/{SUPPLY}/decisions", json=asked)
    assert (done.status_code, done.json()["decision"]["act"]) == (201, "confirm")
    late = call(shelf, "tian").post(f"/api/v1/cases/{SUPPLY}/decisions", json=asked | {"act": "waive", "reason": "无"})
    assert (late.status_code, late.json()["code"]) == (409, "CONFLICT")
    assert late.json()["holder"] == "reviewer:luo"


def test_a_case_is_returned_with_the_drafted_notice_and_the_return_undone(shelf: Office, call: Call) -> None:
    client = call(shelf)
    notice = client.get(f"/api/v1/cases/{SUPPLY}/notice").json()
    assert notice["defects"]
    asked = {"act": "return", "edition": edition(client, SUPPLY), "notice": notice | {"opening": "请补正："}}
    told = client.post(f"/api/v1/cases/{SUPPLY}/decisions", json=asked).json()
    assert (told["case"]["state"], told["decision"]["notice"]["opening"]) == ("returned", "请补正：")
    undo = {"act": "undo", "edition": told["case"]["edition"]}
    assert client.post(f"/api/v1/cases/{SUPPLY}/decisions", json=undo).json()["case"]["state"] == "review"
    assert [it["act"] for it in client.get(f"/api/v1/cases/{SUPPLY}/decisions").json()["items"]] == ["return", "undo"]


def test_a_place_that_is_none_and_a_text_that_is_no_value_are_told_at_their_field(shelf: Office, call: Call) -> None:
    client = call(shelf)
    place = {"document": "supply_form", "path": "offered.Pb"}
    for wrong, text, field in ((place | {"path": "nowhere"}, "1", "body.place"), (place, "不是数", "body.text")):
        asked = {"act": "correct", "edition": edition(client, SUPPLY), "place": wrong, "text": text}
        answer = client.post(f"/api/v1/cases/{SUPPLY}/decisions", json=asked)
        assert answer.status_code == 422, answer.text
        assert [one["field"] for one in answer.json()["errors"]] == [field]


def test_page_pictures_rules_balances_and_pages(shelf: Office, call: Call) -> None:
    client = call(shelf)
    picture = client.get(f"/api/v1/cases/{SUPPLY}/pages/1/image")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    assert client.get(f"/api/v1/cases/{SUPPLY}/pages/999/image").status_code == 404
    assert client.get(f"/api/v1/cases/{SUPPLY}/pages").json()[0]["number"] == 1
    assert len(client.get("/api/v1/rules").json()["rules"]) > 20
    assert client.get("/api/v1/balances").json()["total"] == len(shelf.ledger.balances())
    assert "no-store" in picture.headers["cache-control"]


def test_an_unknown_address_is_a_problem_not_a_page(office: Office, call: Call) -> None:
    answer = call(office).get("/api/v1/nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_webhooks_are_added_with_a_secret_shown_once_and_removed(office: Office, call: Call) -> None:
    client = call(office, "yang")
    made = client.post("/api/v1/webhooks", json={"url": "https://oa.example.com/heyan", "label": "办公系统"})
    assert (made.status_code, made.json()["secret"][:6]) == (201, "whsec_")
    assert made.json()["secret"] not in client.get("/api/v1/webhooks").text
    inner = client.post("/api/v1/webhooks", json={"url": "http://127.0.0.1/"})
    assert (inner.status_code, inner.json()["errors"][0]["field"]) == (422, "body.url")
    number = made.json()["webhook"]["id"]
    assert client.get(f"/api/v1/webhooks/{number}/deliveries").json() == []
    assert client.delete(f"/api/v1/webhooks/{number}").status_code == 204
    assert client.delete(f"/api/v1/webhooks/{number}").status_code == 404
    assert call(office, "luo").get("/api/v1/webhooks").status_code == 403


def test_a_notice_over_another_case_is_refused_at_its_field(shelf: Office, call: Call) -> None:
    client = call(shelf)
    notice = client.get(f"/api/v1/cases/{SUPPLY}/notice").json()
    for foreign in ({"case": 'HY-2026-000999"; x="'}, {"case": "案件\n1"}, {"version": 7}, {"receipt": DEAL}):
        asked = {"act": "return", "edition": edition(client, SUPPLY), "notice": notice | foreign}
        answer = client.post(f"/api/v1/cases/{SUPPLY}/decisions", json=asked)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.notice")
    assert client.get(f"/api/v1/cases/{SUPPLY}").json()["case"]["state"] == "review"
