import multiprocessing
import pickle
import sqlite3
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest

from domain.dossier import Dossier, RefusedFile
from domain.errors import ExitCode, StorageAway
from domain.finding import Evidence, Finding, Outcome, Severity, State
from storage.audit import Audit
from storage.cases import UnknownCase
from storage.field_figures import read_field_figures
from storage.ledger import Ledger, open_ledger
from storage.records import Drop

AFresh = multiprocessing.get_context("forkserver")


def _record(ledger: Ledger, case: str, dossier: Dossier, *findings: Finding, verdict: str = "{}") -> None:
    ledger.record(case, dossier, findings, state=State.REVIEW, seconds=2.5, ruleset="1", verdict=verdict)


def _claim_many(ledger: Ledger, drops: list[Drop]) -> list[str]:
    return [ledger.claim(drop).case for drop in drops]


def test_cases_are_numbered_by_year_from_one(ledger: Ledger, a_drop: Callable[..., Drop]) -> None:
    numbers = [ledger.claim(a_drop(content)).case for content in "abc"]
    year = numbers[0][3:7]
    assert numbers == [f"HY-{year}-00000{n}" for n in (1, 2, 3)]


def test_threads_and_processes_never_share_a_number(ledger: Ledger, a_drop: Callable[..., Drop]) -> None:
    drops = [[a_drop(f"{worker}{number}") for number in range(12)] for worker in range(10)]
    with ProcessPoolExecutor(2, AFresh) as processes, ThreadPoolExecutor(8) as threads:
        runs = [pool.submit(_claim_many, ledger, some) for pool, some in zip([processes] * 2 + [threads] * 8, drops)]
        numbers = [number for run in runs for number in run.result()]
    assert len(set(numbers)) == 120
    assert max(numbers).endswith("-000120")
    assert ledger.verify_events() is None


def test_the_same_content_claimed_at_once_is_one_case(ledger: Ledger, a_drop: Callable[..., Drop]) -> None:
    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(ledger.claim, [a_drop("a", f"名{n}") for n in range(8)]))
    assert len({one.case for one in claims}) == 1
    assert [one.duplicate for one in claims].count(False) == 1


def test_a_claim_that_fails_takes_no_number(ledger: Ledger, a_drop: Callable[..., Drop]) -> None:
    good = a_drop("a")
    doubled = good.model_copy(update={"files": good.files * 2})
    with pytest.raises(Exception, match=r"(?i)unique"):
        ledger.claim(doubled)
    assert ledger.cases() == ()
    assert ledger.claim(good).case.endswith("-000001")


def test_show_gives_the_verdict_back_byte_for_byte(
    ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier, a_finding: Callable[..., Finding]
) -> None:
    verdict = '{"b": 1.50,\n "a": "核验\\u0000"}'
    case = ledger.claim(a_drop()).case
    _record(ledger, case, dossier, a_finding("QTY-003"), a_finding("IDN-001", Outcome.PASSED), verdict=verdict)
    shown = ledger.show(case)
    assert shown.verdict == verdict
    assert (shown.case.state, shown.case.kind, shown.case.page_count, shown.case.seconds) == (
        "review",
        "supply",
        1,
        2.5,
    )
    assert [finding.rule for finding in shown.findings] == ["QTY-003", "IDN-001"]
    assert [document["type"] for document in shown.documents] == ["business_licence"]
    assert [event.what for event in shown.events] == ["received", "step submitted", "checked"]
    assert shown.case.open_items == len(shown.items) == 1


def test_a_case_is_found_by_its_content(ledger: Ledger, a_drop: Callable[..., Drop]) -> None:
    drop = a_drop()
    assert ledger.case_of(drop.content_hash) is None
    case = ledger.claim(drop).case
    assert ledger.case_of(drop.content_hash) == case


def test_an_unknown_case_is_told(ledger: Ledger, dossier: Dossier) -> None:
    for ask in (ledger.show, ledger.claimed, lambda case: ledger.quarantine(case, "X", "x")):
        with pytest.raises(UnknownCase) as raised:
            ask("HY-1999-000001")
        assert raised.value.exit_code is ExitCode.USAGE
    assert ledger.events() == ()


def test_every_run_is_kept_and_the_last_one_shown(
    ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier, a_finding: Callable[..., Finding]
) -> None:
    from sqlalchemy import func, select

    from storage.schema import findings

    case = ledger.claim(a_drop()).case
    _record(ledger, case, dossier, a_finding("A"), a_finding("B"))
    _record(ledger, case, dossier, a_finding("B"))
    with ledger.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(findings)) == 3
    assert [finding.rule for finding in ledger.show(case).findings] == ["B"]


def test_review_items_follow_the_rules(
    ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier, a_finding: Callable[..., Finding]
) -> None:
    case = ledger.claim(a_drop()).case
    _record(ledger, case, dossier, a_finding("A"), a_finding("A"), a_finding("B"))
    first = {(item.finding.rule, item.id): item for item in ledger.queue()}
    assert sorted(rule for rule, _ in first) == ["A", "A", "B"]
    _record(ledger, case, dossier, a_finding("A"), a_finding("B", Outcome.PASSED))
    (left,) = ledger.queue()
    assert (left.finding.rule, left.edition) == ("A", 1)  # its facts are the same
    assert left.opened_at == first["A", left.id].opened_at
    _record(ledger, case, dossier, a_finding("A"), a_finding("B"))
    again = {item.finding.rule: item for item in ledger.queue()}
    assert again["B"].opened_at == left.opened_at  # the same mismatch is due when it was


def test_the_queue_has_gravest_and_oldest_cases_first_and_doubts_first_within(
    ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier, a_finding: Callable[..., Finding]
) -> None:
    mild, grave, later = (ledger.claim(a_drop(content)).case for content in "abc")
    review, unsure = Severity.REVIEW, Outcome.UNSURE
    _record(ledger, mild, dossier, a_finding("M", severity=review), a_finding("N", severity=Severity.NOTE))
    doubt = a_finding("D", unsure, review)
    _record(ledger, grave, dossier, a_finding("R", severity=review), a_finding("B"), doubt)
    _record(ledger, later, dossier, a_finding("L"), a_finding("X", Outcome.BROKEN, Severity.NOTE))
    order = [(item.case, item.finding.rule) for item in ledger.queue()]
    assert order == [(grave, "D"), (grave, "B"), (grave, "R"), (later, "X"), (later, "L"), (mild, "M")]
    assert len(ledger.queue(limit=2)) == 2


def test_refused_files_are_marked_and_those_inside_archives_added(
    ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier
) -> None:
    refused = (RefusedFile(name="1.pdf", code="ENCRYPTED", message="已加密"),)
    inside = (RefusedFile(name="a.zip/x.exe", code="TYPE", message="不是文件"),)
    case = ledger.claim(a_drop()).case
    for both in (refused + inside, refused):
        _record(ledger, case, dossier.model_copy(update={"refused": both}))
    (file,) = ledger.claimed(case).files
    assert (file.refused_code, file.refused) == ("ENCRYPTED", "已加密")


def test_text_that_databases_refuse_is_made_harmless(
    ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier, a_finding: Callable[..., Finding]
) -> None:
    evidence = (Evidence(document="other", text="a\0b\ud800"),)
    odd = a_finding("A").model_copy(update={"message": "a\0\udcff", "evidence": evidence})
    case = ledger.claim(a_drop()).case
    _record(ledger, case, dossier, odd)
    assert ledger.show(case).findings[0].message == "a\ufffd\ufffd"
    ledger.quarantine(case, "X", "坏\udcff\0")
    assert ledger.verify_events() is None


def test_a_case_set_aside_may_be_checked_again(ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier) -> None:
    case = ledger.claim(a_drop()).case
    ledger.quarantine(case, "EMPTY", "空文件", verdict="{}")
    assert ledger.show(case).case.reason_code == "EMPTY"
    _record(ledger, case, dossier)
    assert ledger.show(case).case.reason_code is None


def test_a_ledger_may_be_sent_to_another_process(embedded: Ledger, a_drop: Callable[..., Drop]) -> None:
    case = embedded.claim(a_drop()).case
    assert pickle.loads(pickle.dumps(embedded)).show(case).case.case == case


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@127.0.0.1:1/none", "sqlite:////proc/nowhere/heyan.db"])
def test_a_database_that_does_not_answer_is_storage_away(url: str) -> None:
    if url.startswith("postgresql"):
        pytest.importorskip("psycopg")
    with pytest.raises(StorageAway) as raised:
        open_ledger(url)
    assert raised.value.exit_code is ExitCode.STORAGE_AWAY


def test_a_file_that_is_no_database_is_storage_away(tmp_path: Path) -> None:
    (tmp_path / "heyan.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StorageAway):
        open_ledger(f"sqlite:///{tmp_path}/heyan.db")


def test_a_reader_is_not_held_up_by_a_writer(embedded: Ledger, a_drop: Callable[..., Drop]) -> None:
    case = embedded.claim(a_drop()).case
    with embedded.database.write() as connection:
        connection.exec_driver_sql("UPDATE packages SET name = 'x'")
        assert embedded.show(case).case.package == "甲公司"


def test_a_commit_is_on_the_disk(embedded: Ledger) -> None:
    with embedded.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    assert sqlite3.sqlite_version_info >= (3, 35)  # RETURNING


def test_the_seconds_of_each_stage_are_kept_with_the_run(
    ledger: Ledger, claim: Callable[[], str], dossier: Dossier
) -> None:
    for seconds in (1.5, 2.0):
        own = {"state": State.REVIEW, "seconds": 4.0, "ruleset": "r", "verdict": "{}"}
        ledger.record(claim(), dossier, (), **own, stages={"read": seconds, "check": 0.25})  # type: ignore[arg-type]
    ledger.record(claim(), dossier, (), state=State.REVIEW, seconds=1.0, ruleset="r", verdict="{}")
    assert read_field_figures(ledger.database).stages == {"read": 3.5, "check": 0.5}
    assert Audit(ledger.database).verify().whole
