"""What those who run the machine see without signing in: alive, ready, figures; and nothing of anybody."""

import os
import re
import time
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from domain.errors import StorageAway
from review.desk.app import create_app
from review.desk.office import Office
from review.desk.routes import health
from storage.figures import read_figures
from storage.pulse import PULSE, STILL


def client(office: Office, watched: bool = False) -> TestClient:
    app = create_app(office)
    app.state.watched = watched
    return TestClient(app)


def test_the_desk_alone_is_alive_while_it_answers(office: Office) -> None:
    assert (client(office).get("/livez").status_code, client(office).get("/livez").text) == (200, "ok\n")


def test_it_is_not_alive_where_the_watchers_loop_stands_still(office: Office) -> None:
    beat = office.data / PULSE
    watched = client(office, watched=True)
    assert watched.get("/livez").status_code == 503  # never began
    beat.touch()
    assert watched.get("/livez").status_code == 200
    old = time.time() - STILL - 1
    os.utime(beat, (old, old))
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
    assert set(re.findall(r"\{(\w+)=", text)) == {"state", "outcome"}
