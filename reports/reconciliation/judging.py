"""The checks over all cases as the stages of a run need them."""

from datetime import date
from functools import cache, partial

import validators
from domain.reconciling import Account
from storage.reconciling import Look, Seen
from validators.reconciling import judge
from validators.reconciling.checking import checks
from validators.reconciling.pairing import sum_up


def looking(today: date) -> Look:
    """How an account is looked at on a day."""
    return partial(_look, today)


@cache
def cites() -> dict[str, str]:
    """The provision of each check by its code."""
    return {one.code: one.citation for one in checks()}


def ruleset() -> str:
    """The version of the rules; under other ones everything is looked at again."""
    return str(validators.RULESET)


def _look(today: date, account: Account) -> Seen:
    return Seen(*judge(account, today), sum_up(account))
