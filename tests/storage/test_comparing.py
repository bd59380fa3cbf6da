"""Records that are not as the log tells: each one that was changed, removed or added is named."""

from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.decision import Act, Draft
from domain.dossier import Dossier
from domain.finding import Finding, Outcome, State
from domain.postings import Posting
from storage.audit import Audit
from storage.database import Database
from storage.decisions import Decisions, Taking
from storage.ledger import Ledger
from storage.migrations.upgrade import migrate
from storage.records import Drop
from tests.storage.test_books import contract, demand, supply

TABLES = ("runs", "pages", "documents", "findings", "decisions", "entries", "steps")


@pytest.fixture
def case(ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier, a_finding: Callable[..., Finding]) -> str:
    """A case among others, run twice, with a decision on an item; the other one is verified, and one superseded."""
    others = [ledger.claim(a_drop(content)) for content in "bc"]
    case = ledger.claim(a_drop()).case
    found = [a_finding("QTY-003"), a_finding("QTY-004", Outcome.PASSED)]
    for number in (others[0].case, case, case):
        ledger.record(number, dossier, found, state=State.REVIEW, seconds=1.5, ruleset="1", verdict='{"a": 1}')
    draft = Draft(
        case=case, version=1, actor="reviewer:wang", act=Act.CONFIRM, item=2, reason="属实", after="confirmed"
    )
    Decisions(ledger.database).take(Taking(draft=draft, by="wang"))
    ledger.quarantine(others[1].case, "X", "坏")
    ledger.record(others[1].case, dossier, found, since=others[1], **_told())
    return case


def _told() -> dict:
    return {"state": State.REVIEW, "seconds": 1.0, "ruleset": "1", "verdict": "{}"}


def wrong(ledger: Ledger) -> list[str]:
    found = Audit(ledger.database).verify()
    assert found.broken is None and found.whole == (not found.wrong)
    return [str(one) for one in found.wrong]


def force(ledger: Ledger, *statements: str) -> None:
    """As somebody does who may do anything to the database."""
    with ledger.database.write() as connection:
        for table in TABLES:
            if ledger.database.on_sqlite:
                for verb in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}"))
            else:
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        for statement in statements:
            connection.execute(text(statement))


def test_what_nobody_touched_is_whole(ledger: Ledger, case: str, post: Callable[[Posting], str]) -> None:
    for posting in (supply(), demand(), contract()):
        post(posting)
    assert wrong(ledger) == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_recorded(
    ledger: Ledger, case: str, post: Callable[[Posting], str], table: str, statement: str
) -> None:
    post(supply())
    with pytest.raises(DBAPIError, match="append-only"), ledger.database.write() as connection:
        connection.execute(text(statement.format(table)))


_RUN = (
    "INSERT INTO runs (id, package_id, at, ruleset, state, seconds) SELECT 99, package_id, at, ruleset, state, seconds"
)
_FINDING = "position, rule, outcome, severity, subject, message, cites, evidence"


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE documents SET content = '{}' WHERE run_id = 3", "版本 1 第 3 次核验第 1 份文书被改动"),
        ("UPDATE documents SET type = 'x' WHERE run_id = 2", "版本 1 第 2 次核验第 1 份文书被改动"),
        ("DELETE FROM documents WHERE run_id = 3", "版本 1 第 3 次核验第 1 份文书缺失"),
        ("UPDATE findings SET message = '一致' WHERE run_id = 2 AND position = 1", "第 2 次核验第 2 条规则结论被改动"),
        (
            "UPDATE findings SET outcome = 'passed' WHERE run_id = 3 AND position = 0",
            "第 3 次核验第 1 条规则结论被改动",
        ),
        (
            f"INSERT INTO findings (run_id, {_FINDING}) SELECT 3, 7, {_FINDING.partition(', ')[2]} FROM findings "
            "WHERE run_id = 3 AND position = 1",
            "第 3 次核验第 8 条规则结论为后加",
        ),
        ("UPDATE pages SET sha256 = 'x' WHERE run_id = 3", "第 3 次核验第 1 页被改动"),
        ("UPDATE runs SET state = 'clear' WHERE id = 3", "第 3 次核验核验记录被改动"),
        (f"{_RUN} FROM runs WHERE id = 3", "第 99 次核验为后加"),
        ("UPDATE packages SET state = 'verified' WHERE id = 3", "版本 1 的状态应为 review，现为 verified"),
        ("UPDATE packages SET verdict = '{}' WHERE id = 3", "版本 1 的核验结论被改动"),
        ("UPDATE packages SET receipt = 'x' WHERE id = 3", "版本 1 回执号被改动"),
        ("UPDATE files SET sha256 = 'x' WHERE package_id = 3", "版本 1 原件清单被改动"),
        ("UPDATE review_items SET state = 'waived' WHERE id = 2", "事项 2（QTY-003）的状态应为 confirmed，现为 waived"),
        ("UPDATE decisions SET reason = 'x'", "第 1 项人工决定被改动"),
        ("UPDATE decisions SET actor = 'reviewer:li'", "第 1 项人工决定被改动"),
        ("DELETE FROM decisions", "第 1 项人工决定缺失"),
        ("UPDATE steps SET actor = 'reviewer:li' WHERE id = 3", "办理步骤与日志不符"),
        ("DELETE FROM steps WHERE id = 3", "办理步骤与日志不符（应有 1 步，现有 0 步）"),
    ],
)
def test_each_row_that_was_changed_removed_or_added_is_named(
    ledger: Ledger, case: str, statement: str, named: str
) -> None:
    force(ledger, statement)
    told = wrong(ledger)
    assert told and told[0].startswith(f"案件 {case}：")
    assert any(named in one for one in told), told


def test_a_case_that_is_gone_or_came_from_nowhere_is_named(
    ledger: Ledger, case: str, a_drop: Callable[..., Drop]
) -> None:
    gone = ledger.claim(a_drop("d")).case
    force(
        ledger,
        f"DELETE FROM files WHERE package_id = (SELECT id FROM packages WHERE case_number = '{gone}')",
        f"DELETE FROM packages WHERE case_number = '{gone}'",
        "UPDATE packages SET case_number = 'HY-2026-009999' WHERE id = 1",
    )
    told = wrong(ledger)
    assert f"案件 {gone}：版本 1 的记录缺失" in told
    assert "案件 HY-2026-009999：版本 1 为后加，日志中没有收件记录" in told


def test_a_changed_or_added_entry_of_the_books_is_named(ledger: Ledger, post: Callable[[Posting], str]) -> None:
    case = post(supply())
    force(ledger, "UPDATE entries SET quantity = '9999' WHERE id = 2")
    assert wrong(ledger) == [f"案件 {case}：第 2 笔台账分录与日志不符（应有 2 笔，现有 2 笔）"]


def test_runs_from_before_are_left_out_and_none_is_smuggled_in_behind_them(database_url: str) -> None:
    database = Database(database_url)
    migrate(database, "0009")
    with database.write() as connection:
        columns = "case_number, version, receipt, name, state, content_hash, received_at, submitted_on"
        given = "'HY-2026-000001', 1, 'r', 'n', 'received', 'h', '2026-11-23 00:00:00', '2026-11-23'"
        connection.execute(text(f"INSERT INTO packages ({columns}) VALUES ({given})"))
        run = (
            "INSERT INTO runs (package_id, at, ruleset, state, seconds) VALUES (1, '2026-11-23 00:00:00', '1', 'x', 1)"
        )
        connection.execute(text(run))
    migrate(database)
    ledger = Ledger(database)
    assert [one.detail for one in ledger.events() if one.what == "sealing began"] == [{"runs": 1}]
    ledger.note("HY-2026-000001", "received", {"receipt": "r", "package": "n", "content_hash": "h", "files": []})
    assert wrong(ledger) == []
    with database.write() as connection:
        connection.execute(text(run))
    assert wrong(ledger) == ["案件 HY-2026-000001：版本 1 第 2 次核验为后加，日志中没有"]
    ledger.close()
