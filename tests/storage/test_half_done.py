"""The power fails before any of an act's writes: nothing of it is recorded, and done again it is done whole."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import event

from domain.decision import Act
from domain.dossier import Dossier
from domain.finding import Finding, State
from storage.audit import Audit
from storage.ledger import Ledger
from storage.records import Drop
from tests.storage.test_books import BUYER, contract, demand, payment, supply
from tests.storage.test_taking_back import decide, verified

Given = dict[str, Any]


class PowerCut(Exception):
    """The machine stops."""


@contextmanager
def cut_before(ledger: Ledger, write: int) -> Iterator[None]:
    """Cuts the power before this write, counted from 1."""
    count = 0

    def burn(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        nonlocal count
        count += statement.split()[0] in ("INSERT", "UPDATE", "DELETE")
        if count == write:
            raise PowerCut

    ledger.cases()  # the engine is there
    engine = ledger.database._engine
    event.listen(engine, "before_cursor_execute", burn)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", burn)


def reopen(ledger: Ledger, given: Given) -> None:
    decide(ledger, given["sold"], Act.REOPEN)


def refuse(ledger: Ledger, given: Given) -> None:
    decide(ledger, given["returned"], Act.REFUSE)


def end(ledger: Ledger, given: Given) -> None:
    told = {"state": State.REVIEW, "seconds": 1.0, "ruleset": "1", "verdict": "{}", "since": given["new"]}
    ledger.record(given["new"].case, given["dossier"], given["found"], **told)


def end_late(ledger: Ledger, given: Given) -> None:
    told = {"state": State.REVIEW, "seconds": 1.0, "ruleset": "1", "verdict": "{}", "since": given["late"]}
    ledger.record(given["late"].case, given["dossier"], given["found"], **told)


def come_back(ledger: Ledger, given: Given) -> None:
    ledger.claim(given["again"])


@pytest.mark.parametrize("act", [reopen, refuse, end, end_late, come_back])
def test_a_crash_between_any_two_writes_leaves_nothing_half_recorded(
    ledger: Ledger,
    a_drop: Callable[..., Drop],
    dossier: Dossier,
    a_finding: Callable[..., Finding],
    act: Callable[[Ledger, Given], None],
) -> None:
    claims = [ledger.claim(a_drop(content)) for content in "abcdef"]
    for claimed, posting in zip(claims, (supply(), demand("20")), strict=False):
        ledger.post(claimed.case, posting)
        ledger.publish(claimed.case, posting.on)
    verified(ledger, claims[2].case, contract("30", "X-1", BUYER, payment(claims[2].case)))
    ledger.quarantine(claims[3].case, "X", "坏")
    given = {"sold": claims[2].case, "returned": claims[3].case, "late": claims[3], "new": claims[4]}
    given |= {"dossier": dossier, "found": [a_finding("QTY-003")], "again": a_drop("9", claims[3].case)}
    before, count = _everything(ledger), 0
    for write in range(1, 100):
        with cut_before(ledger, write), suppress(PowerCut):
            act(ledger, given)
            break
        assert _everything(ledger) == before
        count += 1
    assert count > 3 and _everything(ledger) != before
    assert Audit(ledger.database).verify().whole


def _everything(ledger: Ledger) -> tuple[object, ...]:
    shown = [ledger.show(case.case) for case in ledger.cases()]
    return shown, ledger.balances(), ledger.events(), ledger.queue(), ledger.submissions()
