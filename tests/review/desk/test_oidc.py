"""Signing in by another service, against a small provider of our own that also lies."""

import dataclasses
import html
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import RSAKey

from domain.people import Role
from review.desk.app import create_app
from review.desk.office import Office
from review.desk.sign_on import Provider, open_provider
from storage.identities import BadIdentity, Identities
from storage.settings import Settings, SettingsError, load_settings
from tests.review.desk.conftest import PASSWORD
from tests.review.desk.provider import CLIENT, ISSUER, SECRET, OpenIdProvider

UNPROVEN, UNKNOWN, STALE = "身份无法核实", "没有与之关联的用户", "登录请求已过期"
SUBJECT = "42"  # of whom the provider tells unless a test says otherwise


@pytest.fixture
def sso() -> OpenIdProvider:
    return OpenIdProvider()


@pytest.fixture
def office(office: Office) -> Office:
    """An office in which luo's account with the service is linked."""
    Identities(office.ledger.database).link(office.people.find("luo"), ISSUER, SUBJECT, "supervisor:yang")
    return office


def settings(**more: Any) -> Settings:
    told = {"oidc_issuer": ISSUER, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    return load_settings(**told | more)


def desk(office: Office, sso: OpenIdProvider, **more: Any) -> TestClient:
    provider = Provider(settings(**more), TestClient(sso.app, base_url=ISSUER, follow_redirects=False))
    return TestClient(create_app(dataclasses.replace(office, sign_on=provider)), follow_redirects=False)


def go_there(browser: TestClient, sso: OpenIdProvider, next_: str = "/queue") -> str:
    """To the service and what it sends the browser back to."""
    there = browser.get(f"/oidc/start?next={next_}").headers["location"]
    assert there.startswith(f"{ISSUER}/authorize?")
    over_there = TestClient(sso.app, base_url=ISSUER, follow_redirects=False)
    return str(over_there.get(there).headers["location"])


def refused(answer: Any, why: str) -> bool:
    return answer.status_code == 401 and why in answer.text and "heyan_session" not in str(answer.headers)


def test_without_a_service_there_is_no_such_way_in(browser: TestClient) -> None:
    assert "/oidc/start" not in browser.get("/sign-in").text
    assert browser.get("/oidc/start").status_code == browser.get("/oidc/return").status_code == 404


def test_whom_the_service_vouches_for_and_we_know_comes_in_to_the_page(office: Office, sso: OpenIdProvider) -> None:
    browser = desk(office, sso)
    page = browser.get("/sign-in").text
    assert "/oidc/start?next=" in page and 'name="password"' in page
    answer = browser.get(go_there(browser, sso, "/queue?kind=supply"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/queue?kind=supply")
    assert browser.get("/queue").status_code == 200
    assert [(event.what, event.actor) for event in office.ledger.events()][-1] == ("admitted", "reviewer:luo")
    assert "heyan_sign_on" not in browser.cookies


def test_the_cookie_of_the_way_is_out_of_reach_and_the_verifier_is_not_sent_there(
    office: Office, sso: OpenIdProvider
) -> None:
    answer = desk(office, sso).get("/oidc/start?next=//evil.example")
    cookie, asked = answer.headers["set-cookie"], parse_qs(urlsplit(answer.headers["location"]).query)
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/oidc", "Max-Age=600"))
    assert asked["code_challenge_method"] == ["S256"] and "code_verifier" not in asked
    assert asked["redirect_uri"] == ["http://testserver/oidc/return"]


def test_nobody_is_sent_to_another_site_afterwards(office: Office, sso: OpenIdProvider) -> None:
    browser = desk(office, sso)
    assert browser.get(go_there(browser, sso, "//evil.example")).headers["location"] == "/"


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"}, {"nonce": None}, {"iss": "https://evil.example"}, {"iss": None}, {"aud": "other-client"},
        {"aud": None}, {"aud": ""}, {"aud": []}, {"aud": [CLIENT, "other"], "azp": "other"},
        {"exp": int(time.time()) - 3600}, {"exp": None}, {"exp": "soon"}, {"iat": int(time.time()) + 3600},
        {"nbf": int(time.time()) + 3600}, {"sub": None}, {"at_hash": "wrong"},
    ],
    ids=lambda lies: " ".join(lies),  # not the values: the times among them are others in each of several workers
)  # fmt: skip
def test_a_token_that_is_not_meant_for_this_sign_in_is_refused(
    office: Office, sso: OpenIdProvider, lies: dict[str, Any]
) -> None:
    browser, sso.lies = desk(office, sso), lies
    assert refused(browser.get(go_there(browser, sso)), UNPROVEN)
    assert office.ledger.events()[-1].what == "identity linked"


def test_a_token_signed_with_another_key_is_refused(office: Office, sso: OpenIdProvider) -> None:
    browser, sso.signs_with = desk(office, sso), RSAKey.generate_key(2048, {"kid": "first"})
    assert refused(browser.get(go_there(browser, sso)), UNPROVEN)


@pytest.mark.parametrize("token", ["eyJhbGciOiJub25lIn0.eyJzdWIiOiI0MiJ9.", "nonsense", "", None, 7])
def test_an_unsigned_token_or_none_is_refused(office: Office, sso: OpenIdProvider, token: Any) -> None:
    browser = desk(office, sso)
    sso.sign = lambda nonce: token  # type: ignore[method-assign]
    assert refused(browser.get(go_there(browser, sso)), UNPROVEN)


def test_a_token_signed_with_the_clients_secret_is_refused(office: Office, sso: OpenIdProvider) -> None:
    from joserfc import jwt
    from joserfc.jwk import OctKey

    browser, now = desk(office, sso), int(time.time())
    sso.sign = lambda nonce: jwt.encode(  # type: ignore[method-assign]
        {"alg": "HS256"},
        {
            "iss": ISSUER,
            "aud": CLIENT,
            "sub": "1",
            "iat": now,
            "exp": now + 60,
            "nonce": nonce,
            "preferred_username": "luo",
        },
        OctKey.import_key(SECRET * 2),
    )
    assert refused(browser.get(go_there(browser, sso)), UNPROVEN)


def test_a_new_key_of_the_service_is_fetched(office: Office, sso: OpenIdProvider) -> None:
    browser = desk(office, sso)
    assert browser.get(go_there(browser, sso)).status_code == 303
    sso.key = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    assert browser.get(go_there(browser, sso)).status_code == 303


def test_a_way_back_that_did_not_begin_here_is_refused(office: Office, sso: OpenIdProvider) -> None:
    victim, attacker = desk(office, sso), desk(office, sso)
    assert refused(victim.get(go_there(attacker, sso)), STALE)
    go_there(victim, sso)
    assert refused(victim.get(go_there(attacker, sso)), STALE)
    victim.cookies.set("heyan_sign_on", "nonsense", path="/oidc")
    assert refused(victim.get("/oidc/return?code=x&state=y"), STALE)


def test_a_way_back_works_once(office: Office, sso: OpenIdProvider) -> None:
    browser = desk(office, sso)
    back = go_there(browser, sso)
    assert browser.get(back).status_code == 303
    assert refused(browser.get(back), STALE)


def test_an_answer_of_another_issuer_or_a_refusal_over_there_is_told(office: Office, sso: OpenIdProvider) -> None:
    browser = desk(office, sso)
    assert refused(browser.get(go_there(browser, sso) + "&iss=https%3A%2F%2Fevil.example"), UNPROVEN)
    go_there(browser, sso)
    assert refused(browser.get("/oidc/return?error=access_denied"), "统一认证未完成登录")


def test_who_is_unknown_or_disabled_is_told_so(office: Office, sso: OpenIdProvider) -> None:
    browser = desk(office, sso)
    sso.claims = {"preferred_username": "nobody", "sub": "43"}
    assert refused(browser.get(go_there(browser, sso)), UNKNOWN)
    office.people.disable("luo")
    sso.claims = {"preferred_username": "luo"}
    assert refused(browser.get(go_there(browser, sso)), UNKNOWN)
    sso.claims = {}
    assert refused(browser.get(go_there(browser, sso)), "没有给出用户名")


def test_a_role_claim_adds_people_only_where_the_settings_say_so(office: Office, sso: OpenIdProvider) -> None:
    sso.claims = {"sub": "77", "preferred_username": "pan.qi", "name": "潘祺", "realm": {"roles": ["staff", "review"]}}
    roles = {"oidc_roles": "boss=supervisor, review=reviewer", "oidc_role_claim": "realm.roles"}
    known = desk(office, sso, **roles)
    assert refused(known.get(go_there(known, sso)), UNKNOWN)
    mapped = desk(office, sso, **roles, oidc_admit="mapped")
    assert mapped.get(go_there(mapped, sso)).status_code == 303
    added = office.people.find("pan.qi")
    assert (added.display, added.role) == ("潘祺", Role.REVIEWER)
    assert [(event.what, event.actor) for event in office.ledger.events()][-2:] == [
        ("identity linked", "system:oidc"), ("admitted", "reviewer:pan.qi"),
    ]  # fmt: skip
    sso.claims |= {"preferred_username": "pan.qi.new"}  # what the service calls somebody may change
    assert mapped.get(go_there(mapped, sso)).status_code == 303
    assert office.ledger.events()[-1].actor == "reviewer:pan.qi"


def test_a_role_claim_neither_promotes_nor_brings_back(office: Office, sso: OpenIdProvider) -> None:
    browser = desk(office, sso, oidc_roles="boss=supervisor", oidc_admit="mapped")
    sso.claims = {"preferred_username": "luo", "roles": "boss"}
    assert browser.get(go_there(browser, sso)).status_code == 303
    assert office.people.find("luo").role is Role.REVIEWER
    office.people.disable("luo")
    assert refused(browser.get(go_there(browser, sso)), UNKNOWN)
    for claims in (
        {"sub": "77", "preferred_username": "pan"},
        {"sub": "78", "preferred_username": "a b", "roles": ["boss"]},
        {"sub": "79", "preferred_username": "yang", "roles": "boss"},
    ):
        sso.claims = claims
        assert refused(browser.get(go_there(browser, sso)), UNKNOWN)


@pytest.mark.parametrize("admit", ["known", "mapped"])
def test_a_name_of_ours_over_there_lets_nobody_in(office: Office, sso: OpenIdProvider, admit: str) -> None:
    browser = desk(office, sso, oidc_admit=admit, oidc_roles="boss=supervisor")
    sso.claims = {"sub": "666", "preferred_username": "yang", "roles": "boss"}
    answer = browser.get(go_there(browser, sso))
    assert refused(answer, UNKNOWN) and "<code>666</code>" in answer.text
    assert Identities(office.ledger.database).of(office.people.find("yang")) == ()


def sign_in(browser: TestClient, office: Office, name: str) -> dict[str, str]:
    session = office.people.sign_in(name, PASSWORD)
    browser.cookies.set("heyan_session", session.token)
    return {"X-CSRF-Token": session.csrf}


def set_out(browser: TestClient, sso: OpenIdProvider, headers: dict[str, str]) -> str:
    """From one's own account to the service, and what it sends the browser back to."""
    page = browser.post("/account/identities", headers=headers).text
    there = html.unescape(re.search(r'href="(https://sso[^"]+)"', page)[1])  # type: ignore[index]
    return str(TestClient(sso.app, base_url=ISSUER, follow_redirects=False).get(there).headers["location"])


def test_who_is_signed_in_links_the_own_account_and_comes_in_by_it_afterwards(
    office: Office, sso: OpenIdProvider
) -> None:
    browser, sso.claims = desk(office, sso), {"sub": "77", "preferred_username": "whatever"}
    back = set_out(browser, sso, sign_in(browser, office, "tian"))
    assert browser.get(back).headers["location"] == "/account?done=linked"
    told = office.ledger.events()[-1]
    assert (told.what, told.actor, told.detail["subject"]) == ("identity linked", "reviewer:tian", "77")
    assert "77" in browser.get("/account").text
    other = desk(office, sso)
    assert other.get(go_there(other, sso)).status_code == 303
    assert office.ledger.events()[-1].actor == "reviewer:tian"
    headers = sign_in(browser, office, "tian")
    number = Identities(office.ledger.database).of(office.people.find("tian"))[0].id
    assert browser.post("/account/identities/remove", data={"number": number}, headers=headers).status_code == 303
    late = desk(office, sso)
    assert refused(late.get(go_there(late, sso)), UNKNOWN)


def test_a_way_to_link_that_somebody_else_began_links_nothing(office: Office, sso: OpenIdProvider) -> None:
    browser, sso.claims = desk(office, sso), {"sub": "77", "preferred_username": "whatever"}
    back = set_out(browser, sso, sign_in(browser, office, "tian"))
    sign_in(browser, office, "yang")
    assert "关联未完成" in browser.get(back).text
    browser.cookies.clear()
    back = set_out(browser, sso, sign_in(browser, office, "tian"))
    browser.cookies.delete("heyan_session")
    assert "关联未完成" in browser.get(back).text
    assert browser.post("/account/identities").status_code in (303, 401)
    known = Identities(office.ledger.database)
    assert known.of(office.people.find("tian")) == known.of(office.people.find("yang")) == ()


def test_an_account_over_there_belongs_to_one_person(office: Office, sso: OpenIdProvider) -> None:
    browser = desk(office, sso)
    back = set_out(browser, sso, sign_in(browser, office, "tian"))
    assert "已与另一位用户关联" in browser.get(back).text  # it is luo's
    with pytest.raises(BadIdentity):
        Identities(office.ledger.database).link(office.people.find("tian"), ISSUER, SUBJECT, "system")


def test_a_supervisor_links_and_unlinks_by_the_subject(office: Office, sso: OpenIdProvider) -> None:
    browser, tian = desk(office, sso), office.people.find("tian")
    headers, known = sign_in(browser, office, "yang"), Identities(office.ledger.database)
    form = f"/users/{tian.id}/identities"
    assert browser.post(form, data={"subject": " 77 "}, headers=headers).status_code == 303
    assert [one.subject for one in known.of(tian)] == ["77"] and "77" in browser.get(f"/users/{tian.id}").text
    for odd in ("", SUBJECT, "a\nb", "x" * 256, "\0"):
        assert browser.post(form, data={"subject": odd}, headers=headers).status_code == 409
    own = office.people.find("yang")
    assert browser.post(f"/users/{own.id}/identities", data={"subject": "9"}, headers=headers).status_code == 409
    sent = {"identity": str(known.of(tian)[0].id)}
    assert browser.post(f"{form}/remove", data=sent, headers=headers).status_code == 303
    assert known.of(tian) == () and office.ledger.events()[-1].what == "identity unlinked"


def test_a_service_that_is_away_or_another_one_leaves_local_sign_in(office: Office, sso: OpenIdProvider) -> None:
    sso.described = "https://evil.example"
    assert refused(desk(office, sso).get("/oidc/start"), UNPROVEN)
    sso.app.router.routes.clear()
    answer = desk(office, sso).get("/oidc/start")
    assert refused(answer, "统一认证服务无法访问") and 'name="password"' in answer.text


def test_a_wrong_client_secret_is_told_without_telling_it(
    office: Office, sso: OpenIdProvider, caplog: pytest.LogCaptureFixture
) -> None:
    browser, sso.secret = desk(office, sso), "another"
    answer = browser.get(go_there(browser, sso))
    assert refused(answer, UNPROVEN)
    assert SECRET not in answer.text + caplog.text + repr(settings())


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"oidc_issuer": "http://sso.example"}, "https"),
        ({"oidc_client_id": ""}, "HEYAN_OIDC_CLIENT_ID"),
        ({"oidc_roles": "boss=king"}, "HEYAN_OIDC_ROLES"),
        ({"oidc_admit": "mapped"}, "HEYAN_OIDC_ROLES"),
        ({"oidc_admit": "everybody"}, "OIDC_ADMIT"),
        ({"oidc_return_url": "https://desk.example/"}, "/oidc/return"),
    ],
)
def test_settings_that_make_no_sense_are_refused(more: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        settings(**more)


def test_the_secret_may_be_a_file_and_the_service_is_asked_nothing_before(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n")
    read = settings(oidc_client_secret="", oidc_client_secret_file=tmp_path / "secret")
    assert read.oidc_client_secret == SECRET
    assert isinstance(open_provider(read), Provider) and open_provider(load_settings()) is None
