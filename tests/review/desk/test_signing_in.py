"""Signing in and out at the desk: forged forms, wrong passwords, sessions that end, and what they must not lose."""

import asyncio
import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from review.desk.addresses import is_local
from review.desk.office import Office
from tests.review.desk.conftest import PASSWORD, Call, Enter


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]


def sign_in(browser: TestClient, password: str = PASSWORD, **more: str) -> object:
    mark = hidden(browser.get("/sign-in").text, "csrf")
    return browser.post("/sign-in", data={"csrf": mark, "name": "luo", "password": password} | more)


def test_who_is_not_signed_in_is_asked_to_and_comes_back_to_the_page(browser: TestClient) -> None:
    asked = browser.get("/queue?kind=supply")
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Fqueue%3Fkind%3Dsupply")
    answer = sign_in(browser, next="/queue?kind=supply")
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?kind=supply")
    assert browser.get("/").headers["location"] == "/queue"


def test_the_cookie_of_a_session_is_out_of_reach_of_scripts_and_other_sites(browser: TestClient) -> None:
    cookie = next(it for it in sign_in(browser).headers.get_list("set-cookie") if it.startswith("heyan_session="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie


def test_a_wrong_password_is_told_at_the_form_and_not_what_was_wrong(browser: TestClient) -> None:
    for name in ("luo", "nobody"):
        answer = sign_in(browser, "wrong", name=name)
        assert answer.status_code == 401
        assert "用户名或密码不正确" in answer.text and f'value="{name}"' in answer.text


def test_after_repeated_failures_the_right_password_does_not_help_either(browser: TestClient) -> None:
    for _ in range(5):
        sign_in(browser, "wrong")
    answer = sign_in(browser)
    assert answer.status_code == 401 and "锁定" in answer.text


def test_a_sign_in_form_of_another_site_is_refused(browser: TestClient) -> None:
    mine = {"name": "luo", "password": PASSWORD}
    assert browser.post("/sign-in", data=mine).status_code == 403
    browser.get("/sign-in")
    assert browser.post("/sign-in", data=mine | {"csrf": "guessed"}).status_code == 403


def test_a_form_without_the_token_of_its_session_changes_nothing(enter: Enter, office: Office) -> None:
    client = enter(office)
    del client.headers["X-CSRF-Token"]
    assert client.post("/sign-out").status_code == 403
    assert client.post("/sign-out", data={"csrf": "guessed"}).status_code == 403
    assert client.get("/").status_code == 303


@pytest.mark.parametrize("junk", ["Basic eDp4", "Bearer nobodys", "Bearer", ""])
@pytest.mark.parametrize("path", ["/items/2/confirm", "/api/v1/items/1/take", "/uploads"])
def test_no_other_header_stands_in_for_a_forms_token(enter: Enter, shelf: Office, path: str, junk: str) -> None:
    client = enter(shelf)
    del client.headers["X-CSRF-Token"]
    assert client.post(path, headers={"Authorization": junk}).status_code == 403
    own = shelf.people.issue_token(shelf.people.find("luo"), "脚本")
    assert client.post(path, headers={"Authorization": f"Bearer {own}"}).status_code == 403  # a cookie came along
    assert [item.state for item in shelf.ledger.queue()].count("confirmed") == 0


def test_a_token_without_a_cookie_needs_no_form(call: Call, shelf: Office) -> None:
    edition = shelf.queue.item(1).edition
    assert call(shelf).post("/api/v1/items/1/take", json={"edition": edition}).status_code == 200


def test_a_request_that_another_site_made_is_refused_even_with_a_token(enter: Enter, office: Office) -> None:
    client = enter(office)
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_signing_out_ends_the_session_in_the_records(enter: Enter, office: Office) -> None:
    client = enter(office)
    token = client.cookies["heyan_session"]
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    assert office.people.session(token) is None


def test_a_form_sent_after_the_session_ended_is_offered_again_after_signing_in(browser: TestClient) -> None:
    late = browser.post(
        "/items/7/release",
        data={"csrf": "old", "edition": "3", "reason": "监测报告<已补>交"},
        headers={"Referer": "http://testserver/items/7", "Sec-Fetch-Site": "same-origin"},
    )
    assert late.status_code == 401 and "已保留" in late.text
    kept = hidden(late.text, "kept").replace("&#34;", '"').replace("&lt;", "<").replace("&gt;", ">")
    answer = browser.post(
        "/sign-in",
        data={"csrf": hidden(late.text, "csrf"), "name": "luo", "password": PASSWORD, "kept": kept, "next": "/items/7"},
    )
    assert answer.status_code == 200
    assert 'action="/items/7/release"' in answer.text and "监测报告&lt;已补&gt;交" in answer.text
    assert hidden(answer.text, "csrf") != "old" and hidden(answer.text, "edition") == "3"


def test_a_part_of_a_page_whose_session_ended_sends_the_browser_to_the_sign_in_page(browser: TestClient) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/queue?kind=supply"}
    answer = browser.get("/queue", headers=headers)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=%2Fqueue%3Fkind%3Dsupply")


@pytest.mark.parametrize("path", ["/sign-in", "/static/desk.css", "/nowhere"])
def test_every_answer_carries_strict_headers(browser: TestClient, path: str) -> None:
    headers = browser.get(path).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_pages_are_kept_by_no_browser_and_static_files_are(browser: TestClient) -> None:
    assert browser.get("/sign-in").headers["cache-control"] == "no-store"
    assert "no-store" not in browser.get("/static/desk.css").headers["cache-control"]


def test_a_trouble_tells_nothing_of_the_inside(browser: TestClient) -> None:
    answer = browser.get("/nowhere")
    assert answer.status_code == 404 and "没有您要找的页面" in answer.text


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\nb"])
def test_after_signing_in_nobody_is_sent_to_another_site(browser: TestClient, address: str) -> None:
    assert not is_local(address)
    assert sign_in(browser, next=address).headers["location"] == "/"


def test_the_language_is_chinese_until_somebody_switches(browser: TestClient) -> None:
    assert "登录" in browser.get("/sign-in").text
    switched = browser.get("/language?to=en&next=/sign-in")
    assert switched.headers["location"] == "/sign-in"
    assert "Sign in" in browser.get("/sign-in").text


def test_officers_come_to_their_uploads(enter: Enter, office: Office) -> None:
    assert enter(office, "chen").get("/").headers["location"] == "/uploads"


def test_files_of_somebody_who_is_not_signed_in_are_not_even_read(browser: TestClient) -> None:
    async def receive() -> dict[str, Any]:
        raise AssertionError("the body was asked for")

    answers: list[dict[str, Any]] = []

    async def answer(message: dict[str, Any]) -> None:
        answers.append(message)

    headers = [(b"content-type", b"multipart/form-data; boundary=x"), (b"content-length", b"9437184")]
    scope = {"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/uploads"}
    scope |= {"raw_path": b"/uploads", "query_string": b"", "headers": headers, "server": ("desk", 80)}
    asyncio.run(browser.app(scope | {"client": ("127.0.0.1", 9), "root_path": ""}, receive, answer))
    assert answers[0]["status"] == 401
    assert b"/sign-in" in b"".join(one.get("body", b"") for one in answers)


def test_whoever_came_over_https_comes_no_other_way(desk: FastAPI) -> None:
    header = "Strict-Transport-Security"
    assert header in TestClient(desk, base_url="https://desk").get("/sign-in").headers
    assert header not in TestClient(desk, base_url="http://desk").get("/sign-in").headers
