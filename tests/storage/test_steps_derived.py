"""A database of before steps were recorded goes on: its steps are derived from what stands in its books."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import column, insert, table

from domain.life import Step
from domain.postings import Sale
from storage.audit import Audit
from storage.database import Database
from storage.ledger import open_ledger
from storage.life import Lives
from storage.migrations.upgrade import migrate
from tests.storage.test_books import BUYER, DAY, PB, SELLER, agreement, contract

S = Step
AT = "2026-11-23 08:00:00.000000+00:00"
SELL, BUY, DEAL, BACK, FAILED = (f"HY-2026-00000{number}" for number in range(1, 6))


def put(database: Database, name: str, /, **row: Any) -> None:
    with database.write() as connection:
        connection.execute(insert(table(name, *map(column, row))).values(row))


def package(database: Database, case: str, state: str) -> None:
    told = {"receipt": f"{case}-01", "name": case, "content_hash": case, "received_at": AT, "submitted_on": str(DAY)}
    put(database, "packages", case_number=case, version=1, state=state, **told)


def listing(database: Database, case: str, kind: str, uscc: str, **more: Any) -> None:
    package(database, case, "clear")
    own = {"case_number": case, "kind": kind, "uscc": uscc, "name": "公司", "verified_on": str(DAY)}
    put(database, "submissions", **own, figures=json.dumps({PB: "45"}), surplus="{}", **more)


def sale(database: Database, case: str, stage: str, told: Sale) -> None:
    own = {"case_number": case, "stage": stage, "deal": case, "transferor": SELLER, "transferee": BUYER, "at": AT}
    put(database, "sales", **own, content=told.model_dump_json(exclude={"noticed_on"}))


def notice(database: Database, case: str, failed: str | None = None) -> None:
    own = {"case_number": case, "transferor": SELLER, "transferee": BUYER, "opened_on": str(DAY), "failed": failed}
    put(database, "notices", **own)


@pytest.fixture
def old(database_url: str) -> Database:
    """A listing of each kind, a deal that is filed, a package that went back, and a notice that failed."""
    database = Database(database_url)
    migrate(database, "0012")
    if not database.on_sqlite:
        pytest.skip("rows are typed in as SQLite takes them; the derivation is the same code")
    listing(database, SELL, "supply", SELLER)
    listing(database, BUY, "demand", BUYER)
    for case, state in ((DEAL, "clear"), (BACK, "returned"), (FAILED, "review")):
        package(database, case, state)
    sale(database, DEAL, "agreed", agreement())
    sale(database, DEAL, "contracted", contract())
    notice(database, DEAL)
    put(database, "payments", case_number=DEAL, bank="工商银行", serial="1", amount="360000")
    sale(database, FAILED, "agreed", agreement("1", "X-2"))
    notice(database, FAILED, "异议成立")
    database.close()
    return database


def test_steps_are_derived_once_and_the_trade_goes_on(old: Database, database_url: str) -> None:
    ledger = open_ledger(database_url, upgrade=True)
    lives = Lives(ledger.database)
    wanted = {
        SELL: [S.SUBMITTED, S.REGISTERED, S.VERIFIED, S.PUBLISHED],
        BACK: [S.SUBMITTED, S.RETURNED],
        FAILED: [S.SUBMITTED, S.AGREED, S.NOTICED, S.FAILED],
        DEAL: [S.SUBMITTED, S.AGREED, S.NOTICED, S.VERIFIED, S.CONTRACTED, S.FILED],
    }
    found = {case: [it.step for it in lives.of(case).taken if it.subject in (case, SELLER)] for case in wanted}
    found = {
        case: [step for step in steps if case == SELL or step is not S.REGISTERED] for case, steps in found.items()
    }
    assert found == wanted
    assert {it.case for it in lives.published()} == {SELL, BUY}
    assert ledger.announce(DEAL, date(2026, 12, 1)) == "GG-2026-0001"
    assert [it.what for it in ledger.events()][:2] == ["steps derived", "step announced"]
    assert not [one for one in Audit(ledger.database).verify().wrong if "步骤" in one.why]
    before = len(ledger.events())
    migrate(ledger.database)
    assert len(ledger.events()) == before
