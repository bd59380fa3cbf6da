"""Whatever is sent to the API, it never breaks: requests made up from its own description, on real cases too."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from starlette.testclient import TestClient

from domain.people import Role
from review.desk.app import OPENAPI, create_app
from review.desk.office import Office
from tests.review.desk.conftest import NAMES, open_office

QUICK = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
REAL = {"case": "HY-2026-000003", "item": 1, "number": 1}


@pytest.fixture(scope="module")
def fuzzed(stocked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("fuzzed") / "stocked"
    shutil.copytree(stocked, folder)
    opened = open_office(folder)
    yield opened
    opened.ledger.close()


@pytest.fixture(scope="module")
def token(fuzzed: Office) -> str:
    """Of somebody who may do nearly everything."""
    return fuzzed.people.issue_token(fuzzed.people.find(NAMES[Role.SUPERVISOR]), "试验")


@pytest.fixture(scope="module")
def described(fuzzed: Office) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi(OPENAPI, create_app(fuzzed))


def test_nothing_that_is_sent_breaks_the_api(described: schemathesis.BaseSchema, token: str) -> None:
    key = {"Authorization": f"Bearer {token}"}
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 15
    for operation in operations:

        @given(case=operation.as_strategy())
        @QUICK
        def send(case: schemathesis.Case) -> None:
            case.call_and_validate(headers=key, checks=[not_a_server_error])
            if case.path_parameters:
                case.path_parameters |= {name: REAL[name] for name in case.path_parameters if name in REAL}
                case.call_and_validate(headers=key, checks=[not_a_server_error])

        send()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists, max_leaves=4))
@settings(parent=QUICK, max_examples=12)
def test_no_value_at_any_field_of_a_decision_breaks_the_api(fuzzed: Office, token: str, value: object) -> None:
    client = TestClient(create_app(fuzzed), headers={"Authorization": f"Bearer {token}"})
    place = {"document": "supply_form", "path": "offered.Pb"}
    whole = {"act": "correct", "edition": 1, "place": place, "text": "46", "reason": "试", "item": 1, "notice": None}
    for key in whole:
        body = json.dumps(whole | {key: value})  # with NaN and halves of characters, as a careless program sends them
        answer = client.post("/api/v1/cases/HY-2026-000001/decisions", content=body)
        assert answer.status_code < 500
