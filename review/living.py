"""A step of a trade's life taken by somebody: their right to it, what it needs, and the life afterwards."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from domain.errors import ExitCode, HeyanError
from domain.life import IllegalStep, Step
from domain.page import Frozen
from domain.people import User
from reference.calendar import CHINA
from reports.postings import agreed
from review.roles import Action, may, require
from storage.ledger import Ledger
from storage.life import Life, Lives

LONGEST = 2000  # characters of what is said to a step
RIGHTS: Mapping[Step, Action] = {
    Step.PUBLISHED: Action.PUBLISH,
    Step.REOFFERED: Action.PUBLISH,
    Step.UPDATED: Action.PUBLISH,
    Step.WITHDRAWN: Action.WITHDRAW,
    Step.NOTICED: Action.OPEN_NOTICE,
    Step.OBJECTED: Action.OPEN_NOTICE,
    Step.SETTLED: Action.OPEN_NOTICE,
    Step.FAILED: Action.OPEN_NOTICE,
    Step.ANNOUNCED: Action.ANNOUNCE,
}
_CAME = frozenset({Step.OBJECTED, Step.SETTLED})  # what came or was done, never what is planned
NEED_TEXT = frozenset({Step.OBJECTED, Step.SETTLED, Step.FAILED, Step.WITHDRAWN})


class BadStep(HeyanError):
    """What was asked for is no step that somebody takes by hand, or says too little or too much."""

    exit_code = ExitCode.USAGE


class Asked(Frozen):
    """A step that somebody wants to take; `on` is the day on which it counts (None: today), `text` what was said.

    `objection` is the number of the one that is settled; None the oldest that is open.
    """

    case: str
    step: Step
    on: date | None = None
    text: str = ""
    objection: int | None = None


def take_step(ledger: Ledger, asked: Asked, by: User) -> Life:
    """Records a step, or nothing; raises Forbidden, BadStep, IllegalStep, Overdrawn, Unpostable, UnknownCase."""
    if asked.step not in RIGHTS:
        raise BadStep("NOT_BY_HAND", "此步骤由材料核验或案件决定产生，不能单独办理")
    require(by, RIGHTS[asked.step])
    _check(asked)
    _TAKE[asked.step](ledger, asked, by.actor)
    return Lives(ledger.database).of(asked.case)


def find_open(life: Life, by: User) -> tuple[Step, ...]:
    """The steps that this person may take now, in the order of the guide; renewing what is public is one step."""
    found = [it.step for it in life.next if it.step in RIGHTS and may(by, RIGHTS[it.step])]
    return tuple(step for step in found if step is not Step.UPDATED)


def _check(asked: Asked) -> None:
    today = datetime.now(CHINA).date()
    if asked.step in NEED_TEXT and not asked.text.strip():
        raise BadStep("NO_REASON", "请说明原因或内容")
    if len(asked.text) > LONGEST:
        raise BadStep("TOO_LONG", f"说明不超过 {LONGEST} 字")
    if asked.step in _CAME and asked.on is not None and asked.on > today:
        raise IllegalStep("TOO_EARLY", f"日期 {asked.on} 晚于今天 {today}")


def _open_notice(ledger: Ledger, asked: Asked, actor: str) -> None:
    sale = agreed(ledger.show(asked.case).documents)
    ledger.open_notice(asked.case, asked.on or datetime.now(CHINA).date(), sale, actor)


def _settle(ledger: Ledger, asked: Asked, actor: str) -> None:
    ledger.settle_objection(asked.case, asked.text.strip(), asked.on, asked.objection, actor)


def _publish(ledger: Ledger, asked: Asked, actor: str) -> None:
    ledger.publish(asked.case, asked.on, actor)


_TAKE: Mapping[Step, Callable[[Ledger, Asked, str], object]] = {
    Step.PUBLISHED: _publish,
    Step.REOFFERED: _publish,
    Step.UPDATED: _publish,
    Step.WITHDRAWN: lambda ledger, it, actor: ledger.withdraw(it.case, it.text.strip(), it.on, actor),
    Step.NOTICED: _open_notice,
    Step.OBJECTED: lambda ledger, it, actor: ledger.object_to(it.case, it.text.strip(), it.on, actor),
    Step.SETTLED: _settle,
    Step.FAILED: lambda ledger, it, actor: ledger.give_back(it.case, it.text.strip(), it.on, actor),
    Step.ANNOUNCED: lambda ledger, it, actor: ledger.announce(it.case, it.on, actor),
}
