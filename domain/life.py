"""The life of a trade as one state machine: every step of the guide's part 4, what must come before it, whose it is."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from domain.errors import ExitCode, HeyanError
from domain.page import Frozen


class Subject(StrEnum):
    """What a step is taken with: a company by its code, a listing by its case, a deal by its first case."""

    COMPANY = "company"
    LISTING = "listing"
    DEAL = "deal"


class Side(StrEnum):
    """On whose behalf a step is taken; an enterprise acts through the officer who took its papers."""

    ENTERPRISE = "enterprise"
    CITY = "city"
    PROVINCE = "province"


class Step(StrEnum):
    """The steps; their names are the events' and the columns' of what goes out."""

    REGISTERED = "registered"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REFUSED = "refused"
    VERIFIED = "verified"
    PUBLISHED = "published"
    REOFFERED = "reoffered"
    WITHDRAWN = "withdrawn"
    AGREED = "agreed"
    NOTICED = "noticed"
    OBJECTED = "objected"
    SETTLED = "settled"
    FAILED = "failed"
    CONTRACTED = "contracted"
    FILED = "filed"
    ANNOUNCED = "announced"


class Law(NamedTuple):
    """`needs` must all be taken before, none of `bars` may be; `section` is the guide's."""

    subject: Subject
    title: str
    section: str
    side: Side
    needs: tuple[Step, ...] = ()
    bars: tuple[Step, ...] = ()
    once: bool = True


_ENDS = (Step.REFUSED, Step.WITHDRAWN)
_OVER = (Step.FAILED, Step.CONTRACTED)
LIFE: Mapping[Step, Law] = {
    Step.REGISTERED: Law(Subject.COMPANY, "注册登记", "4(1)", Side.ENTERPRISE),
    Step.SUBMITTED: Law(Subject.LISTING, "提交供需信息", "4(2)", Side.ENTERPRISE, once=False),
    Step.RETURNED: Law(Subject.LISTING, "退回补正", "4(2)", Side.PROVINCE, (Step.SUBMITTED,), _ENDS, once=False),
    Step.REFUSED: Law(Subject.LISTING, "不予受理", "4(2)", Side.PROVINCE, (Step.SUBMITTED,), _ENDS),
    Step.VERIFIED: Law(
        Subject.LISTING, "核验通过", "4(3)", Side.PROVINCE, (Step.REGISTERED, Step.SUBMITTED), _ENDS, once=False
    ),
    Step.PUBLISHED: Law(Subject.LISTING, "发布供需信息", "4(3)", Side.PROVINCE, (Step.VERIFIED,), _ENDS),
    Step.REOFFERED: Law(
        Subject.LISTING, "未成交部分二次出让", "4(4)", Side.PROVINCE, (Step.PUBLISHED,), _ENDS, once=False
    ),
    Step.WITHDRAWN: Law(Subject.LISTING, "撤回供需信息", "4(3)", Side.ENTERPRISE, (Step.PUBLISHED,), _ENDS),
    Step.AGREED: Law(Subject.DEAL, "协议转让", "4(4)", Side.ENTERPRISE, (Step.PUBLISHED,), _OVER),
    Step.NOTICED: Law(Subject.DEAL, "公示", "4(4)", Side.PROVINCE, (Step.AGREED,), _OVER),
    Step.OBJECTED: Law(Subject.DEAL, "收到异议", "4(4)", Side.PROVINCE, (Step.NOTICED,), _OVER, once=False),
    Step.SETTLED: Law(Subject.DEAL, "异议办结", "4(4)", Side.PROVINCE, (Step.OBJECTED,), _OVER, once=False),
    Step.FAILED: Law(Subject.DEAL, "协议撤回或公示未通过", "4(4)", Side.PROVINCE, (Step.AGREED,), _OVER),
    Step.CONTRACTED: Law(Subject.DEAL, "签订交易合同", "4(4)", Side.ENTERPRISE, (Step.NOTICED,), _OVER),
    Step.FILED: Law(Subject.DEAL, "交易结果报备", "4(5)", Side.ENTERPRISE, (Step.CONTRACTED,), (Step.FAILED,)),
    Step.ANNOUNCED: Law(Subject.DEAL, "发布交易结果公告", "4(6)", Side.PROVINCE, (Step.FILED,), (Step.FAILED,)),
}
SPOKEN = {Side.ENTERPRISE: "企业", Side.CITY: "市（州）生态环境部门", Side.PROVINCE: "省级生态环境部门"}


class Taken(Frozen):
    """A step that was taken; `subject` is a code or a case number, `on` the day on which it counts."""

    subject: str
    step: Step
    on: date
    side: Side
    case: str | None = None


class IllegalStep(HeyanError):
    """The subject is not where this step could be taken; `missing` are the steps that come first."""

    exit_code = ExitCode.USAGE

    def __init__(self, code: str, message: str, missing: tuple[Step, ...] = ()) -> None:
        super().__init__(code, message)
        self.missing = missing


def check_step(step: Step, subject: str, taken: Collection[Step]) -> None:
    """Raises IllegalStep where a step may not follow what was taken; `taken` has what its parties and listings took."""
    law = LIFE[step]
    missing = tuple(it for it in law.needs if it not in taken)
    if missing:
        told = "、".join(f"“{LIFE[it].title}”（指南{LIFE[it].section}）" for it in missing)
        raise IllegalStep("STEP_MISSING", f"{subject} 不能办理“{law.title}”：尚未完成{told}", missing)
    barring = tuple(it for it in law.bars if it in taken)
    if barring:
        raise IllegalStep("STEP_BARRED", f"{subject} 不能办理“{law.title}”：已{_name(barring)}")
    if law.once and step in taken:
        raise IllegalStep("STEP_TAKEN", f"{subject} 已办理过“{law.title}”，不能再次办理")


def next_steps(subject: Subject, taken: Collection[Step]) -> tuple[Step, ...]:
    """The steps that may be taken now, in the order of the guide."""
    return tuple(step for step, law in LIFE.items() if law.subject is subject and _may(step, taken))


def open_objections(steps: Iterable[Step]) -> int:
    """How many objections are not settled."""
    counted = list(steps)
    return counted.count(Step.OBJECTED) - counted.count(Step.SETTLED)


def _may(step: Step, taken: Collection[Step]) -> bool:
    law = LIFE[step]
    done = law.once and step in taken
    return not done and all(it in taken for it in law.needs) and not any(it in taken for it in law.bars)


def _name(steps: Iterable[Step]) -> str:
    return "、".join(f"“{LIFE[step].title}”" for step in steps)
