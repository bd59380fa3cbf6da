"""What reconciliation found of a case that has passed: decided on like any finding, settled and reopened by later runs."""

from datetime import date

import pytest

from domain.decision import Act, Wish
from domain.finding import Severity
from domain.reconciling import NOBODY, Account, Difference, Sums
from review.deciding import decide
from storage.decisions import Decisions, NotNow
from storage.ledger import Ledger
from storage.reconciling import Reconciliations, Seen
from tests.review.cases import BOSS, WANG, enter, understood


@pytest.fixture
def passed(ledger: Ledger) -> str:
    return enter(ledger, understood("b072-002"), "b")


def reconcile(ledger: Ledger, case: str, *messages: str, severity: Severity = Severity.REVIEW) -> None:
    """A run that finds just this of a case."""
    told = {"rule": "REC-005", "severity": severity, "subject": case, "key": "营业执照", "cases": (case,)}
    found = [Difference(message=message, **told) for message in messages]

    def look(account: Account) -> Seen:
        return Seen(found, None, Sums(name=account.name))

    runs = Reconciliations(ledger.database)
    run = runs.begin(date(2026, 11, 30), "rules")
    runs.judge(run, [NOBODY], look, {"REC-005": "证照应当有效"})
    runs.finish(run, {})


def state(ledger: Ledger, case: str) -> str:
    return next(it.state for it in Decisions(ledger.database).items(case) if it.finding.rule == "REC-005")


def waive(ledger: Ledger, case: str) -> None:
    item = next(it for it in ledger.queue() if it.case == case)
    decide(ledger, Wish(case=case, act=Act.WAIVE, item=item.id, reason="已换证"), WANG)


def test_it_waits_in_a_case_that_has_passed_and_may_be_waived(ledger: Ledger, passed: str) -> None:
    reconcile(ledger, passed, "营业执照已过期")
    reconcile(ledger, passed, "营业执照已过期")
    assert [it.finding.message for it in ledger.queue()] == ["营业执照已过期"]
    waive(ledger, passed)
    reconcile(ledger, passed, "营业执照已过期")
    assert (ledger.queue(), state(ledger, passed), ledger.show(passed).case.state) == ((), "waived", "clear")


def test_a_waiver_whose_facts_changed_waits_again(ledger: Ledger, passed: str) -> None:
    reconcile(ledger, passed, "营业执照已过期")
    waive(ledger, passed)
    reconcile(ledger, passed, "营业执照登记为注销")
    assert state(ledger, passed) == "open"
    assert "waiver_reopened" in [event.what for event in ledger.events(passed)]


def test_what_is_gone_is_settled_and_what_returns_waits_again(ledger: Ledger, passed: str) -> None:
    states = []
    for messages in (["过期"], [], ["过期"]):
        reconcile(ledger, passed, *messages)
        states.append(state(ledger, passed))
    assert states == ["open", "settled", "open"]


def test_what_blocks_takes_two_persons(ledger: Ledger, passed: str) -> None:
    reconcile(ledger, passed, "余额为负", severity=Severity.BLOCK)
    waive(ledger, passed)
    assert state(ledger, passed) == "pending"
    (item,) = ledger.queue()
    decide(ledger, Wish(case=passed, act=Act.APPROVE, item=item.id), BOSS)
    assert state(ledger, passed) == "waived"


def test_other_acts_stay_closed_to_a_passed_case(ledger: Ledger, passed: str) -> None:
    reconcile(ledger, passed, "过期")
    with pytest.raises(NotNow):
        decide(ledger, Wish(case=passed, act=Act.REFUSE, reason="过期"), WANG)
