"""Every page of the desk against every role and nobody: the matrix of `review/roles.py` holds at every door."""

from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from domain.people import Role
from review.desk.app import find_pages
from review.desk.office import Office
from review.desk.security import Need
from review.roles import MATRIX
from tests.review.desk.conftest import NAMES, Enter

OPEN_TO_ALL = {"/sign-in", "/sign-out", "/language"}
OWN_DOORS = ("/api/", "/livez", "/readyz", "/metrics", "/version", "/oidc")  # these ask for keys, or for nothing
FILLED = {"item": "1", "case": "HY-2026-000001", "version": "1", "number": "1"}


def routes() -> Iterator[APIRoute]:
    for page in find_pages():
        for route in page.router.routes:
            if isinstance(route, APIRoute) and not route.path.startswith(OWN_DOORS):
                yield route


def needs(route: APIRoute) -> list[Need]:
    return [one.call for one in route.dependant.dependencies if isinstance(one.call, Need)]


GUARDED = [
    (method, route.path, needs(route)[0])
    for route in routes()
    for method in sorted(route.methods)
    if route.path not in OPEN_TO_ALL and needs(route)
]


def address(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(f"{{{name}}}", value).replace(f"{{{name}:int}}", value)
    return path.split("{")[0] + "1" if "{" in path else path


def test_every_door_asks_who_comes_in() -> None:
    assert [route.path for route in routes() if len(needs(route)) != 1 and route.path not in OPEN_TO_ALL] == []


@pytest.mark.parametrize(("method", "path", "asked"), GUARDED, ids=lambda it: str(it) if isinstance(it, str) else "")
def test_nobody_comes_in_without_signing_in(browser: TestClient, method: str, path: str, asked: Need) -> None:
    answer = browser.request(method, address(path))
    assert answer.status_code in (303, 401)
    assert "sign-in" in answer.headers.get("location", "") or 'action="/sign-in"' in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_a_role_comes_in_where_the_matrix_says_so_and_nowhere_else(shelf: Office, enter: Enter, role: Role) -> None:
    client = enter(shelf, NAMES[role])
    for method, path, asked in GUARDED:
        allowed = asked.action is None or role in MATRIX[asked.action]
        status = client.request(method, address(path)).status_code
        assert (status == 403) is not allowed, (method, path)
        assert status < 500, (method, path)


def test_a_person_who_was_shut_out_is_out_at_once(shelf: Office, enter: Enter) -> None:
    client = enter(shelf)
    assert client.get("/queue").status_code == 200
    shelf.people.disable("luo")
    assert client.get("/queue").status_code == 303
