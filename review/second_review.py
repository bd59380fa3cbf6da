"""Which passed cases are looked at a second time: drawn by chance, and the same ones whenever it is asked."""

import hashlib
from decimal import Decimal

from domain.decision import Act, Ending, in_force
from domain.finding import State
from reference.policy import policy
from storage.decisions import Decisions
from storage.ledger import Ledger
from storage.records import Case

PASSED = frozenset({State.CLEAR, Ending.VERIFIED})
_STEPS = 10**9


def is_drawn(case: str, share: Decimal | None = None, seed: str | None = None) -> bool:
    """Whether a case number is among the share (0–1) to be reviewed again; by default that of the policy."""
    share = policy().second_review_share.value if share is None else share
    seed = policy().second_review_seed.value if seed is None else seed
    drawn = int.from_bytes(hashlib.sha256(f"{seed} {case}".encode()).digest()[:8]) % _STEPS
    return drawn < share * _STEPS


def due(ledger: Ledger) -> tuple[Case, ...]:
    """The passed cases that were drawn and that nobody looked at again so far, oldest first; raises StorageAway."""
    decisions = Decisions(ledger.database)
    drawn = [case for case in ledger.cases() if case.state in PASSED and is_drawn(case.case)]
    return tuple(case for case in drawn if not _is_reviewed(decisions, case.case))


def _is_reviewed(decisions: Decisions, case: str) -> bool:
    return any(one.act is Act.AGREE for one in in_force(decisions.of_version(case)))
