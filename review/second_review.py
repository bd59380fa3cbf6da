"""Which passed cases are looked at a second time: drawn when they pass, or passed wrongly once before."""

from collections.abc import Sequence
from decimal import Decimal

from domain.decision import Act, Decision, Ending, in_force
from domain.drawing import draw
from domain.finding import State
from storage.decisions import Decisions
from storage.drawing import find_drawn, is_drawn, list_draws
from storage.ledger import Ledger
from storage.records import Case, Event

PASSED = frozenset({State.CLEAR, Ending.VERIFIED})
_PASSING = frozenset({Act.VERIFY, Act.REOPEN})


def due(ledger: Ledger) -> tuple[Case, ...]:
    """The passed cases that were drawn and that nobody looked at again so far, oldest first; raises StorageAway."""
    decisions, drawn = Decisions(ledger.database), find_drawn(ledger.database)
    found = [case for case in ledger.cases() if case.state in PASSED and case.case in drawn] if drawn else []
    return tuple(case for case in found if not is_reviewed(decisions.of_version(case.case)))


def is_due(ledger: Ledger, case: Case) -> bool:
    """Whether this case waits for a second review; raises StorageAway."""
    if case.state not in PASSED or not is_drawn(ledger.database, case.case):
        return False
    return not is_reviewed(Decisions(ledger.database).of_version(case.case))


def is_reviewed(decided: Sequence[Decision]) -> bool:
    """Whether somebody found the last pass right; what was said of an earlier one does not count for it."""
    standing = in_force(decided)
    passed = max((one.number for one in standing if one.act in _PASSING), default=0)
    return any(one.act is Act.AGREE and one.number > passed for one in standing)


def check_draws(ledger: Ledger) -> tuple[Event, ...]:
    """The draws that do not follow from what they say they came from, worked out again; raises StorageAway."""
    return tuple(event for event in list_draws(ledger.database) if not _is_right(event))


def _is_right(event: Event) -> bool:
    told = event.detail
    if event.case is None or told["from"] != event.prev_hash:
        return False
    return draw(event.case, event.prev_hash, told["seed"], Decimal(told["share"])) is told["drawn"]
