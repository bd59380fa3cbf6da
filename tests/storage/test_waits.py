"""A resubmission belongs to the case that waited for it when it was handed in, whatever happened until it was claimed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.decision import Act, Draft
from domain.dossier import Dossier
from domain.finding import Finding, State
from storage.bucket import Bucket, Stored
from storage.decisions import Decisions, Taking
from storage.intake import claim, drop
from storage.ledger import Ledger
from storage.records import Drop
from storage.unfinished import list_unfinished, retry

Claim = Callable[[], str]


@pytest.fixture
def case(ledger: Ledger, a_drop: Callable[..., Drop], dossier: Dossier, a_finding: Callable[..., Finding]) -> str:
    """A case in review for one finding."""
    case = ledger.claim(a_drop()).case
    found = [a_finding("QTY-003")]
    ledger.record(case, dossier, found, state=State.REVIEW, seconds=1.0, ruleset="1", verdict="{}")
    return case


def decide(ledger: Ledger, case: str, act: Act, state: str, **more: object) -> int:
    draft = Draft(case=case, version=1, actor="reviewer:wang", act=act, reason="x", after=state, **more)
    return Decisions(ledger.database).take(Taking(draft=draft, by="wang", state=state)).number


def give_back_and_undo(ledger: Ledger, case: str) -> None:
    decide(ledger, case, Act.UNDO, "review", undoes=decide(ledger, case, Act.RETURN, "returned"))


def test_what_lies_in_the_intake_when_a_return_is_taken_back_is_the_cases_next_version(
    ledger: Ledger, folder: Bucket, case: str, paper: Callable[..., Path], tmp_path: Path
) -> None:
    number = decide(ledger, case, Act.RETURN, "returned")
    waiting = drop(folder, paper(name=f"{case} 补正.pdf"))
    decide(ledger, case, Act.UNDO, "review", undoes=number)
    assert len(ledger.queue()) == 1
    claimed = claim(folder, ledger, waiting, tmp_path / "work")
    assert (claimed.case, claimed.version) == (case, 2)
    assert [it.case for it in ledger.cases()] == [case] and ledger.queue() == ()
    (told,) = [it for it in ledger.events(case) if it.what == "replaced"]
    assert (told.detail["version"], told.detail["by"]) == (1, claimed.receipt)
    assert ledger.verify_events() is None


def test_what_came_while_a_quarantined_case_was_tried_again_is_its_next_version(
    ledger: Ledger, folder: Bucket, paper: Callable[..., Path], a_drop: Callable[..., Drop], tmp_path: Path
) -> None:
    case = ledger.claim(a_drop()).case
    ledger.quarantine(case, "ENCRYPTED", "文件已加密")
    waiting = drop(folder, paper(name=f"{case}.pdf"))
    retry(ledger.database, case, "reviewer:wang")
    trying = ledger.claimed(case)
    assert claim(folder, ledger, waiting, tmp_path / "work").version == 2
    assert not ledger.quarantine(case, "ENCRYPTED", "文件已加密", since=trying)
    assert (ledger.show(case).case.version, ledger.show(case).case.state) == (2, "received")
    assert list_unfinished(ledger.database) == ()


def at(moment: datetime, made: Drop) -> Drop:
    one = Stored(name="intake/x", size=1, modified=moment, etag="e")
    return made.model_copy(update={"objects": (one,)})


def test_what_was_handed_in_before_or_after_the_case_waited_is_a_case_of_its_own(
    ledger: Ledger, case: str, a_drop: Callable[..., Drop]
) -> None:
    give_back_and_undo(ledger, case)
    now, hours = datetime.now(UTC), timedelta(hours=2)
    for content, moment in (("b", now - hours), ("c", now + hours)):
        assert ledger.claim(at(moment, a_drop(content, case))).case != case
    assert ledger.claim(at(now, a_drop("d", case))).version == 2


def test_what_came_too_late_for_an_ended_case_is_a_case_of_its_own(
    ledger: Ledger, case: str, a_drop: Callable[..., Drop]
) -> None:
    give_back_and_undo(ledger, case)
    decide(ledger, case, Act.REFUSE, "refused")
    assert ledger.claim(at(datetime.now(UTC), a_drop("b", case))).case != case
    assert ledger.show(case).case.state == "refused"
