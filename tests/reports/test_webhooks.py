"""Messages to other systems: who is told what, signed how, tried again when, and never to the office's own network."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from domain.dossier import Kind
from domain.postings import Basis, Listing
from domain.quantity import Metal
from reports.reconciliation.judging import cites, looking, ruleset
from reports.reconciliation.summary import summarise
from reports.webhooks.guard import BadAddress, aim, check_url, is_public
from reports.webhooks.sending import deliver_due, send
from storage.ledger import Ledger
from storage.reconciling import Reconciliations
from storage.reconciling_results import read_result
from storage.records import Drop
from storage.webhooks import PAUSES, Webhooks
from tests.storage.databases import open_embedded

HOST = "127.0.0.1"


class Ear:
    """A server that hears messages and answers with `status`."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        ear = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append((dict(self.headers), body))
                self.send_response(ear.status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer((HOST, 0), Answering)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def ear() -> Iterator[Ear]:
    made = Ear()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_embedded(tmp_path / "heyan.db")
    yield opened
    opened.close()


def receive(ledger: Ledger, content: str = "a") -> str:
    drop = Drop(package="某公司", content_hash=content.rjust(64, "0"), submitted_on=date(2026, 11, 24), files=())
    return ledger.claim(drop).case


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 24, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_change_of_state_is_told_once_signed_and_without_names(ledger: Ledger, ear: Ear) -> None:
    webhooks = Webhooks(ledger.database)
    receive(ledger, "before")  # nobody asked to be told yet
    _, secret = webhooks.add(f"http://{HOST}:{ear.port}/heyan?x=1", "办公系统", "supervisor:yang")
    case = receive(ledger)
    ledger.quarantine(case, "ZIP_BOMB", "疑似压缩炸弹")
    ledger.note(case, "accounts revealed", {})
    assert deliver_due(webhooks, {HOST}) == 2
    assert deliver_due(webhooks, {HOST}) == 0
    told = [json.loads(body) for _, body in ear.heard]
    assert [(it["type"], it["case"], it["version"], it["state"]) for it in told] == [
        ("case.state", case, 1, "received"),
        ("case.state", case, 1, "quarantined"),
    ]
    assert "某公司" not in str(ear.heard) and "炸弹" not in str(ear.heard)
    headers, body = ear.heard[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(right).decode()}"


def test_what_is_not_taken_is_tried_again_later_under_the_same_id_and_given_up_at_last(
    ledger: Ledger, ear: Ear
) -> None:
    clock = Clock()
    webhooks = Webhooks(ledger.database, clock)
    hook, _ = webhooks.add(f"http://{HOST}:{ear.port}/", "", "system")
    receive(ledger)
    ear.status = 500
    for pause in (*PAUSES, timedelta(days=30)):
        assert deliver_due(webhooks, {HOST}) == 1
        assert deliver_due(webhooks, {HOST}) == 0
        clock.now += pause
    assert deliver_due(webhooks, {HOST}) == 0
    assert len({headers["webhook-id"] for headers, _ in ear.heard}) == 1
    (told,) = webhooks.log(hook.id)
    assert (told.state, told.tries, told.status, told.trouble) == ("failed", len(PAUSES) + 1, 500, "HTTP 500")
    assert webhooks.list()[0].failed == 1


def test_a_message_that_was_refused_once_arrives_when_the_other_side_is_back(ledger: Ledger, ear: Ear) -> None:
    clock = Clock()
    webhooks = Webhooks(ledger.database, clock)
    hook, _ = webhooks.add(f"http://{HOST}:{ear.port}/", "", "system")
    receive(ledger)
    ear.status = 503
    deliver_due(webhooks, {HOST})
    ear.status, clock.now = 204, clock.now + PAUSES[0]
    deliver_due(webhooks, {HOST})
    assert [(it.state, it.tries) for it in webhooks.log(hook.id)] == [("delivered", 2)]


def test_no_redirect_is_followed(ledger: Ledger, ear: Ear) -> None:
    webhooks = Webhooks(ledger.database)
    hook, _ = webhooks.add(f"http://{HOST}:{ear.port}/", "", "system")
    ear.status = 302
    assert send(webhooks.probe(hook.id), {HOST}) == (302, "HTTP 302")
    assert len(ear.heard) == 1


def test_a_removed_webhook_is_told_nothing_more(ledger: Ledger, ear: Ear) -> None:
    webhooks = Webhooks(ledger.database)
    hook, secret = webhooks.add(f"http://{HOST}:{ear.port}/", "", "system")
    receive(ledger)
    webhooks.spread()
    webhooks.remove(hook.id, "system")
    assert (deliver_due(webhooks, {HOST}), webhooks.list()) == (0, ())
    assert secret not in str([event.detail for event in ledger.events()])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/", "ftp://example.com/", "https://", "https://user:pw@example.com/", "https://a b/", "x",
        "https://example.com/#x", "https://[::1/", "https://example.com:99999/", "https://例子.中国/", "https:///x",
    ],
)  # fmt: skip
def test_an_address_that_makes_no_sense_is_refused_at_once(url: str) -> None:
    with pytest.raises(BadAddress):
        check_url(url)


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1", "10.0.0.5", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:7f00:1::",
        "255.255.255.255", "198.18.0.1", "ff02::1", "",
    ],
)  # fmt: skip
def test_no_address_of_an_inner_network_is_connected_to(ip: str) -> None:
    assert not is_public(ip)
    with pytest.raises(BadAddress):
        aim("https://inner.example.com/", resolve=lambda *_: [ip])
    with pytest.raises(BadAddress):  # one public address among several opens no door
        aim("https://inner.example.com/", resolve=lambda *_: ["8.8.8.8", ip])
    assert aim("http://oa.inner/", {"oa.inner"}, resolve=lambda *_: [ip or "::1"]).host == "oa.inner"


def test_the_address_that_was_checked_is_the_one_connected_to(ledger: Ledger, ear: Ear) -> None:
    webhooks = Webhooks(ledger.database)
    hook, _ = webhooks.add(f"http://oa.example.invalid:{ear.port}/x", "", "system")
    asked: list[str] = []

    def resolve(host: str, _: int) -> list[str]:
        asked.append(host)
        return [HOST]

    assert send(webhooks.probe(hook.id), {"oa.example.invalid"}, resolve) == (200, None)
    assert asked == ["oa.example.invalid"]
    assert ear.heard[0][0]["Host"] == f"oa.example.invalid:{ear.port}"


def test_public_addresses_are_told_over_https_only() -> None:
    assert aim("https://example.com/a", resolve=lambda *_: ["8.8.8.8"]).ip == "8.8.8.8"
    assert is_public("2001:4860:4860::8888")
    with pytest.raises(BadAddress):
        aim("http://example.com/a", resolve=lambda *_: ["8.8.8.8"])
    with pytest.raises(BadAddress):
        aim("https://nowhere.example.com/", resolve=lambda *_: [])


def test_a_reconciliation_is_told_once_in_one_line_and_without_names(ledger: Ledger, ear: Ear) -> None:
    case = receive(ledger)
    expired = {"figures": {Metal.PB: D(4)}, "surplus": {Metal.PB: D(4)}, "basis": Basis(permit_until=date(2026, 5, 31))}
    seller = {"uscc": "91520102MA0000001X", "name": "甲公司", "project": "除尘改造"}
    ledger.post(case, Listing(kind=Kind.SUPPLY, on=date(2026, 1, 5), **seller, **expired))
    webhooks = Webhooks(ledger.database)
    webhooks.add(f"http://{HOST}:{ear.port}/heyan", "办公系统", "supervisor:yang")
    runs = Reconciliations(ledger.database)
    run = runs.begin(date(2026, 6, 1), ruleset())
    for codes in runs.companies(run):
        runs.judge(run, codes, looking(run.today), cites())
    told = summarise(read_result(ledger.database, run))
    runs.finish(run, told)
    runs.finish(run, told)
    deliver_due(webhooks, {HOST})
    deliver_due(webhooks, {HOST})
    bodies = [json.loads(body) for _, body in ear.heard]
    (body,) = [it for it in bodies if it["type"] == "reconciliation"]
    assert {key: body[key] for key in ("run", "day", "new", "gone", "open")} == {
        "run": run.id,
        "day": "2026-06-01",
        "new": 1,
        "gone": 0,
        "open": 1,
    }
    assert body["line"] == told["line"] and "差异 1 项（新增 1，消除 0）" in body["line"]
    assert all("甲公司" not in text.decode() and seller["uscc"] not in text.decode() for _, text in ear.heard)
    assert ear.heard[0][0]["webhook-signature"].startswith("v1,")
