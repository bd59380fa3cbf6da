"""What those who run the machine see without signing in: alive, ready, figures; and nothing of anybody."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from fastapi.testclient import TestClient

from domain.errors import StorageAway
from review.desk.app import create_app
from review.desk.office import Office
from review.desk.routes import health
from storage.figures import read_figures
from storage.pulse import STILL, beat

DEPLOY = Path(__file__).parents[3] / "deploy"


def client(office: Office, watched: bool = False) -> TestClient:
    app = create_app(office)
    app.state.watched = watched
    return TestClient(app)


def test_the_desk_alone_is_alive_while_it_answers(office: Office) -> None:
    assert (client(office).get("/livez").status_code, client(office).get("/livez").text) == (200, "ok\n")


def test_it_is_not_alive_where_the_watchers_loop_stands_still(office: Office) -> None:
    watched = client(office, watched=True)
    assert watched.get("/livez").status_code == 503  # never began
    beat(office.data)
    assert watched.get("/livez").status_code == 200
    beat(office.data, later=-STILL - 1)
    assert watched.get("/livez").status_code == 503


def test_it_is_ready_with_database_bucket_and_language_data(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = client(office).get("/readyz")
    assert (answer.status_code, set(answer.json().values())) == (200, {"ok"})
    monkeypatch.setattr(health, "missing", lambda: ("tesseract:chi_sim",))
    answer = client(office).get("/readyz")
    assert (answer.status_code, answer.json()["language_data"]) == (503, "missing")


def test_what_is_away_is_told_without_its_address(office: Office) -> None:
    class Away:
        def exists(self, _: str) -> bool:
            raise StorageAway("S3", "http://10.0.0.1:9000 不可用")

    answer = client(replace(office, bucket=Away())).get("/readyz")  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["bucket"]) == (503, "away")
    assert "10.0.0.1" not in answer.text


def test_the_figures_tell_queue_cases_pages_doubts_and_straight_through(shelf: Office) -> None:
    text = client(shelf).get("/metrics").text
    figures = read_figures(shelf.ledger.database)
    told = dict(re.findall(r"^(heyan_\S+) (\S+)$", text, re.M))
    assert float(told["heyan_queue_open_items"]) == shelf.queue.search().total > 0
    assert float(told['heyan_cases{state="review"}']) == figures.cases["review"]
    assert float(told["heyan_pages_read"]) == sum(case.page_count or 0 for case in shelf.ledger.cases())
    assert 0 < float(told["heyan_unsure_ratio"]) < 1
    assert 0 <= float(told["heyan_straight_through_ratio"]) <= 1
    assert float(told["heyan_queue_oldest_seconds"]) >= 0


def test_the_figures_name_nobody(shelf: Office) -> None:
    text = client(shelf).get("/metrics").text
    assert not re.search(r"[一-鿿]|HY-\d|luo|yang", text)
    assert set(re.findall(r"\{(\w+)=", text)) - {"stage"} == {"state", "outcome", "field", "engine"}


def test_the_figures_tell_how_each_field_and_each_engine_reads(shelf: Office) -> None:
    text = client(shelf).get("/metrics").text
    fields = re.findall(r'^heyan_fields\{field="([a-z_.]+)",status="(\w+)"\} (\S+)$', text, re.M)
    assert {status for _, status, _ in fields} <= {"certain", "unsure", "missing"}
    assert "business_licence.name" in {field for field, _, _ in fields}
    assert sum(float(number) for _, status, number in fields if status == "certain") > 20
    engines = re.findall(r'^heyan_readings\{engine="(\w+)",status="certain"\} (\S+)$', text, re.M)
    assert float(dict(engines)["rapidocr"]) > 20
    told = dict(re.findall(r"^(heyan_\S+) (\S+)$", text, re.M))
    assert float(told["heyan_recent_pages"]) > 0


def test_dashboard_and_alerts_ask_for_figures_that_there_are(shelf: Office) -> None:
    there = set(re.findall(r"^# TYPE (\S+) gauge$", client(shelf).get("/metrics").text, re.M))
    dashboard = json.loads((DEPLOY / "grafana.json").read_text())
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"][0]["rules"]
    asked += [rule["expr"] for rule in rules]
    named = {name for expression in asked for name in re.findall(r"\bheyan_\w+", expression)}
    assert named <= there and len(named) > 10
    guide = (DEPLOY.parent / "docs" / "operations.md").read_text()
    assert not [rule["alert"] for rule in rules if f"`{rule['alert']}`" not in guide]
