"""Takes a decision: rights, the edition that was on the screen, one transaction, the rules again, what changed."""

from collections.abc import Mapping

from domain.accounts import Overdrawn
from domain.decision import OF_ITEMS, Act, Decision, Ending, Wish
from domain.finding import State
from domain.life import IllegalStep
from domain.people import User
from reports.postings import Unpostable
from review.acts import prepare
from review.roles import Action, require
from review.settling import Change, Sitting, compare, make_run, refuse, sit
from review.typing_in import Unreadable as Unreadable
from storage.bucket import Bucket
from storage.deals import DealUnclear
from storage.decisions import Conflict as Conflict
from storage.decisions import Decisions, NotNow
from storage.ledger import Ledger
from storage.payments import SerialUsed
from storage.recording import Run
from storage.records import RECEIVED, Case
from storage.refreshing import is_reconciled
from storage.results import publish

RIGHTS: Mapping[Act, Action] = {
    Act.CORRECT: Action.CORRECT,
    Act.CONFIRM: Action.CONFIRM,
    Act.WAIVE: Action.WAIVE,
    Act.APPROVE: Action.APPROVE_WAIVER,
    Act.RETURN: Action.RETURN,
    Act.REFUSE: Action.REFUSE,
    Act.VERIFY: Action.VERIFY,
    Act.AGREE: Action.SECOND_REVIEW,
    Act.REOPEN: Action.SECOND_REVIEW,
    Act.UNDO: Action.UNDO,
}
_REVIEW, _PASSED = frozenset({State.REVIEW.value}), frozenset({State.CLEAR.value, Ending.VERIFIED.value})
_BACK = _REVIEW | {State.QUARANTINED.value}
POSSIBLE: Mapping[Act, frozenset[str]] = dict.fromkeys(Act, _REVIEW) | {
    Act.RETURN: _BACK,
    Act.REFUSE: _BACK,
    Act.AGREE: _PASSED,
    Act.REOPEN: _PASSED,
    Act.UNDO: _REVIEW | {Ending.RETURNED.value},
}
_STATES = {
    RECEIVED: "尚未核验",
    State.CLEAR: "已通过",
    State.REVIEW: "待审",
    State.QUARANTINED: "已隔离",
    Ending.VERIFIED: "已核验通过",
    Ending.RETURNED: "已退回补正",
    Ending.REFUSED: "不予通过",
}


class Decided(Change):
    """What came of a decision, and which of the findings that hold the case back changed by it."""

    decision: Decision
    case: Case


def decide(ledger: Ledger, wish: Wish, by: User, bucket: Bucket | None = None) -> Decided:
    """Records a decision with everything that follows from it, or nothing at all.

    The verdict is published to `bucket`, where one is given. Raises Forbidden, Conflict, Unreadable, UnknownPlace,
    NotNow, Taken, UnknownItem, UnknownCase, ReadingLost, IllegalStep, StorageAway.
    """
    require(by, RIGHTS[wish.act])
    sitting = sit(ledger, wish.case, by)
    _check(sitting, wish)
    decision = _take(sitting, wish, bucket)
    after = ledger.show(wish.case)
    _publish(bucket, wish.case, after.verdict)
    change = compare(sitting.record.findings, after.findings)
    return Decided(decision=decision, case=after.case, **dict(change))


def possible(case: Case, rule: str = "") -> frozenset[Act]:
    """The acts that a case's state allows; whether there is anything to undo, and the person's rights, aside.

    `rule` is the item's, for acts on one: what reconciliation found is decided on in cases that have passed, too.
    """
    found = frozenset(act for act, states in POSSIBLE.items() if case.state in states)
    return found | (OF_ITEMS if is_reconciled(rule) and case.state in _PASSED else frozenset())


def _check(sitting: Sitting, wish: Wish) -> None:
    case = sitting.record.case
    if wish.act not in OF_ITEMS and wish.edition not in (None, case.edition):
        raise Decisions(sitting.ledger.database).conflict(case.case)
    if wish.act not in possible(case, sitting.rule_of(wish.item)):
        raise NotNow("NOT_POSSIBLE", f"案件 {case.case} {_STATES.get(case.state, case.state)}，不能作此决定")


def _take(sitting: Sitting, wish: Wish, bucket: Bucket | None) -> Decision:
    """Where a case cannot be verified although nothing waited, what the rules and the ledger object to now waits."""
    taking = None
    try:
        taking = prepare(sitting, wish)
        return Decisions(sitting.ledger.database).take(taking)
    except (Overdrawn, SerialUsed, DealUnclear, IllegalStep, Unpostable) as trouble:
        if taking is not None and taking.posting is None:  # a step of the case itself, which no finding could tell
            raise
        dossier = taking.run.dossier if taking and taking.run else sitting.understand(sitting.standing)
        _record(sitting, refuse(sitting, dossier, trouble), bucket)
        raise NotNow("NOT_POSTED", f"台账无法登记，案件未核验通过：{trouble.message}") from trouble
    except NotNow:
        if taking is not None and taking.run is not None:
            _record(sitting, make_run(sitting, taking.run.dossier, taking.run.findings, 0.0), bucket)
        raise


def _record(sitting: Sitting, run: Run, bucket: Bucket | None) -> None:
    """A run that no decision came of, where it tells anything new."""
    change = compare(sitting.record.findings, run.findings)
    if change.gone or change.new or change.changed:
        record = sitting.record.case
        Decisions(sitting.ledger.database).record(record.case, record.edition, run, sitting.by.actor)
        _publish(bucket, record.case, run.verdict)


def _publish(bucket: Bucket | None, case: str, verdict: str | None) -> None:
    """Only after it was recorded: what a crash leaves behind in the bucket is older than the ledger, never newer."""
    if bucket is not None and verdict is not None:
        publish(bucket, case, verdict)
