"""One's own account, the people, and the log: what each page does, tells and refuses."""

import io
import re
import zipfile

import pytest
from fastapi.testclient import TestClient

from domain.people import Role
from review.desk.app import create_app
from review.desk.office import Office
from storage.database import Database
from storage.people import BadCredentials
from storage.staff import Staff
from tests.review.desk.conftest import PASSWORD, Enter

NEW = "乌江源-2027-三月"


def shown(page: str) -> str:
    """The password or token that a page shows once."""
    found = re.search(r'class="note warn secret"[^>]*>.*?<code>(.*?)</code>', page)
    assert found
    return found[1]


def number_of(office: Office, name: str) -> int:
    return office.people.find(name).id


def told(office: Office) -> list[str]:
    return [event.what for event in office.ledger.events()]


def come_in(office: Office, name: str, password: str) -> TestClient:
    session = office.people.sign_in(name, password)
    client = TestClient(create_app(office), follow_redirects=False, cookies={"heyan_session": session.token})
    client.headers["X-CSRF-Token"] = session.csrf
    return client


@pytest.mark.parametrize("name", ["chen", "luo", "yang", "wu"])
def test_everybody_has_an_account_with_password_sessions_and_tokens(enter: Enter, office: Office, name: str) -> None:
    page = enter(office, name).get("/account")
    assert page.status_code == 200
    assert all(text in page.text for text in ("修改密码", "本次登录", "接口令牌"))


def test_a_password_is_changed_by_the_old_one(enter: Enter, office: Office) -> None:
    client, other = enter(office), enter(office)
    answer = client.post("/account/password", data={"old": PASSWORD, "new": NEW, "again": NEW})
    assert answer.headers["location"] == "/account?done=password"
    assert client.get("/account").status_code == 200 and other.get("/account").status_code == 303
    with pytest.raises(BadCredentials):
        office.people.sign_in("luo", PASSWORD)


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "message"),
    [
        ("wrong", NEW, NEW, "old", "原密码不正确"),
        (PASSWORD, "short", "short", "new", "密码须为"),
        (PASSWORD, PASSWORD, PASSWORD, "new", "不得与原密码相同"),
        (PASSWORD, NEW, NEW + "x", "again", "两次输入的新密码不同"),
    ],
)
def test_what_is_wrong_with_a_password_is_told_at_its_field(
    enter: Enter, office: Office, old: str, new: str, again: str, field: str, message: str
) -> None:
    answer = enter(office).post("/account/password", data={"old": old, "new": new, "again": again})
    assert answer.status_code == 422
    assert re.search(rf'id="wrong-{field}" role="alert">[^<]*{message}', answer.text)
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text)
    assert NEW not in answer.text


def test_a_token_is_shown_once_listed_and_revoked(enter: Enter, office: Office) -> None:
    client = enter(office)
    assert client.post("/account/tokens", data={"label": " "}).status_code == 422
    token = shown(client.post("/account/tokens", data={"label": "台账<同步>"}).text)
    user = office.people.by_token(token)
    assert user is not None and user.name == "luo"
    page = client.get("/account").text
    assert token not in page and "台账&lt;同步&gt;" in page
    assert client.post("/account/tokens/1/revoke").status_code == 303
    assert office.people.by_token(token) is None
    assert enter(office, "chen").post("/account/tokens/1/revoke").status_code == 404


def test_other_sessions_are_ended_one_by_one_or_all(enter: Enter, office: Office) -> None:
    mine, second, third = enter(office), enter(office), enter(office)
    number = re.findall(r"/account/sessions/(\d+)/end\b", mine.get("/account").text)[0]
    mine.post(f"/account/sessions/{number}/end")
    assert [client.get("/account").status_code for client in (mine, second, third)] == [200, 200, 303]
    mine.post("/account/sessions/end-others")
    assert [client.get("/account").status_code for client in (mine, second)] == [200, 303]


def test_a_new_user_gets_a_password_for_once_and_must_change_it_first(enter: Enter, office: Office) -> None:
    supervisor = enter(office, "yang")
    page = supervisor.post("/users", data={"name": "Pan.Qi", "display": "潘祺", "role": "reviewer"}).text
    password = shown(page)
    assert password not in supervisor.get(f"/users/{number_of(office, 'pan.qi')}").text
    client = come_in(office, "pan.qi", password)
    assert client.get("/queue").headers["location"] == "/account"
    assert client.post("/items/1/take", data={"edition": "1"}).headers["location"] == "/account"
    assert client.post("/account/tokens", data={"label": "x"}).headers["location"] == "/account"
    due = client.get("/account").text
    assert "请先修改密码" in due and "接口令牌" not in due
    client.post("/account/password", data={"old": password, "new": NEW, "again": NEW})
    assert client.get("/queue").status_code == 200
    assert "user added" in told(office) and password not in repr(office.ledger.events())


def test_a_user_without_password_is_added_for_single_sign_on(enter: Enter, office: Office) -> None:
    form = {"name": "pan", "role": "officer", "no_password": "yes"}
    assert "secret" not in enter(office, "yang").post("/users", data=form).text
    assert office.people.admit("pan").user.role is Role.OFFICER
    assert not Staff(office.ledger.database).find(number_of(office, "pan")).has_password


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"name": "luo", "role": "officer"}, "name"),
        ({"name": "a b", "role": "officer"}, "name"),
        ({"name": "pan", "role": "king"}, "role"),
        ({"name": "pan", "role": "officer", "display": "长" * 61}, "display"),
    ],
)
def test_what_is_wrong_with_a_new_user_is_told_at_its_field(
    enter: Enter, office: Office, form: dict[str, str], field: str
) -> None:
    answer = enter(office, "yang").post("/users", data=form)
    assert answer.status_code == 422 and f'id="wrong-{field}"' in answer.text
    assert f'value="{form["name"]}"' in answer.text


def test_disabling_is_asked_for_first(enter: Enter, office: Office) -> None:
    supervisor, luo = enter(office, "yang"), f"/users/{number_of(office, 'luo')}"
    asked = supervisor.post(f"{luo}/disable")
    assert asked.status_code == 200 and 'name="confirmed" value="yes"' in asked.text
    assert not office.people.find("luo").disabled
    assert supervisor.post(f"{luo}/disable", data={"confirmed": "yes"}).headers["location"] == f"{luo}?done=disabled"
    assert office.people.find("luo").disabled
    supervisor.post(f"{luo}/enable")
    assert not office.people.find("luo").disabled
    assert told(office)[-2:] == ["user disabled", "user enabled"]
    assert {event.actor for event in office.ledger.events()[-2:]} == {"supervisor:yang"}


def test_roles_change_and_nonsense_is_refused(enter: Enter, office: Office) -> None:
    supervisor, luo = enter(office, "yang"), f"/users/{number_of(office, 'luo')}"
    assert supervisor.post(f"{luo}/role", data={"role": "king"}).status_code == 409
    supervisor.post(f"{luo}/role", data={"role": "auditor"})
    assert office.people.find("luo").role is Role.AUDITOR
    assert supervisor.get("/users/999").status_code == supervisor.get("/users/99999999999").status_code == 404


@pytest.mark.parametrize(
    ("act", "form"), [("disable", {"confirmed": "yes"}), ("role", {"role": "officer"}), ("password", {})]
)
def test_nobody_shuts_themselves_out(enter: Enter, office: Office, act: str, form: dict[str, str]) -> None:
    office.people.add("zhou", "周", Role.SUPERVISOR, PASSWORD)
    supervisor = enter(office, "yang")
    answer = supervisor.post(f"/users/{number_of(office, 'yang')}/{act}", data=form)
    assert answer.status_code == 409 and "不能停用自己" in answer.text
    assert office.people.find("yang").role is Role.SUPERVISOR and supervisor.get("/users").status_code == 200


def test_a_reset_password_is_for_once_and_ends_the_sessions(enter: Enter, office: Office) -> None:
    luo = enter(office)
    page = enter(office, "yang").post(f"/users/{number_of(office, 'luo')}/password").text
    assert luo.get("/queue").headers["location"].startswith("/sign-in")
    assert office.people.sign_in("luo", shown(page)).must_change


def test_a_locked_name_is_shown_and_unlocked(enter: Enter, office: Office) -> None:
    supervisor = enter(office, "yang")
    for _ in range(5):
        with pytest.raises(BadCredentials):
            office.people.sign_in("luo", "wrong")
    assert "锁定至" in supervisor.get("/users").text
    supervisor.post(f"/users/{number_of(office, 'luo')}/unlock")
    assert "锁定至" not in supervisor.get("/users").text
    assert office.people.sign_in("luo", PASSWORD)


def test_the_log_is_narrowed_paged_and_opened(enter: Enter, office: Office) -> None:
    auditor = enter(office, "wu")
    for _ in range(60):
        enter(office)
    newest = auditor.get("/audit").text
    before = re.search(r'href="/audit\?before=(\d+)"', newest)
    assert before and "较新的" not in newest
    assert "较新的" in auditor.get(f"/audit?before={before[1]}").text
    rows = re.findall(r'data-row="(\d+)"', auditor.get("/audit?actor=wu&what=signed+in").text)
    assert len(rows) == 1
    event = auditor.get(f"/audit/{rows[0]}")
    assert "auditor:wu" in event.text and office.ledger.events()[int(rows[0]) - 1].hash in event.text
    assert auditor.get("/audit?day=2020-01-01").text.count("data-row") == 0
    assert auditor.get("/audit/99999").status_code == 404


@pytest.mark.parametrize(
    "query", ["day=nonsense", "day=0001-01-01", "before=x", "after=-1", "case=%00", "actor=%ED%A0"]
)
def test_nonsense_asked_of_the_log_breaks_nothing(enter: Enter, office: Office, query: str) -> None:
    assert enter(office, "wu").get(f"/audit?{query}").status_code in (200, 422)


def test_the_chain_is_checked_and_a_mark_compared(enter: Enter, office: Office) -> None:
    auditor = enter(office, "wu")
    page = auditor.post("/audit/verify").text
    mark = re.search(r'class="hash">(\d+:[0-9a-f]{64})<', page)
    assert "操作日志完整" in page and mark
    assert "与抄存的一行一致" in auditor.post("/audit/verify", data={"expected": mark[1]}).text
    assert "不可信" in auditor.post("/audit/verify", data={"expected": "2:" + "0" * 64}).text
    assert auditor.post("/audit/verify", data={"expected": "nonsense"}).status_code == 422


def test_a_changed_event_is_found(enter: Enter, office: Office) -> None:
    auditor = enter(office, "wu")
    spoil(office.ledger.database)
    page = auditor.post("/audit/verify").text
    assert "操作日志自第 3 条起不可信" in page and 'href="/audit/3"' in page


def spoil(database: Database) -> None:
    with database.write() as connection:
        for trigger in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {trigger[0]}")
        connection.exec_driver_sql("UPDATE events SET actor = 'system:x' WHERE id = 3")


def test_a_case_is_exported_as_its_bundle_and_the_export_recorded(enter: Enter, shelf: Office) -> None:
    reviewer = enter(shelf)
    answer = reviewer.post("/cases/HY-2026-000001/bundle")
    assert 'filename="HY-2026-000001.zip"' in answer.headers["content-disposition"]
    assert {"case.json", "chain.jsonl", "verify.py"} <= set(zipfile.ZipFile(io.BytesIO(answer.content)).namelist())
    last = shelf.ledger.events()[-1]
    assert (last.what, last.actor) == ("exported", "reviewer:luo")
    assert reviewer.post("/cases/HY-2026-000099/bundle").status_code == 404
    assert not list(shelf.data.glob("bundle-*"))


def test_the_log_shows_no_account_numbers_before_they_are_asked_for(enter: Enter, shelf: Office) -> None:
    auditor, case = enter(shelf, "wu"), "HY-2026-000003"
    number = "62220212345678904321"
    place = {"document": "payment", "version": "", "ordinal": 0, "path": "payee_account"}
    detail = {"act": "correct", "place": place, "before": number, "after": number}
    shelf.ledger.note(case, "decided", detail, "reviewer:luo")
    last = shelf.ledger.events()[-1].number
    for page in (f"/audit?case={case}", f"/audit/{last}"):
        assert number not in auditor.get(page).text
    auditor.post(f"/cases/{case}/reveal")
    assert number in auditor.get(f"/audit/{last}").text
