"""The draw for a second review: by a seed and by what nobody could know when they decided."""

import hashlib
from decimal import Decimal

_STEPS = 10**9


def draw(case: str, head: str, seed: str, share: Decimal) -> bool:
    """Whether a case is among the share (0–1) to be looked at again.

    `head` is the hash at the end of the log right after the case passed: it rests on that decision itself, to the
    microsecond, so that nobody foresees it and everybody with the log can work it out again.
    """
    drawn = int.from_bytes(hashlib.sha256(f"{seed} {case} {head}".encode()).digest()[:8]) % _STEPS
    return drawn < share * _STEPS
