"""The life of a trade as one state machine: every step of the guide's part 4, what must come before it, whose it is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

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
    UPDATED = "updated"
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
    Step.UPDATED: Law(Subject.LISTING, "更新供需信息", "4(6)", Side.PROVINCE, (Step.PUBLISHED,), _ENDS, once=False),
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

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.code, self.message, self.missing)


def check_step(step: Step, subject: str, taken: Sequence[Step]) -> None:
    """Raises IllegalStep where a step may not follow what was taken, oldest first, its parties' and listings' too."""
    why = _hinder(step, subject, taken)
    if why is not None:
        raise why


def next_steps(subject: Subject, taken: Sequence[Step]) -> tuple[Step, ...]:
    """The steps that may be taken now, in the order of the guide."""
    return tuple(step for step, law in LIFE.items() if law.subject is subject and _hinder(step, "", taken) is None)


def open_objections(taken: Iterable[Step]) -> int:
    """How many objections are not settled."""
    counted = list(taken)
    return counted.count(Step.OBJECTED) - counted.count(Step.SETTLED)


def is_sent_back(taken: Sequence[Step]) -> bool:
    """Whether papers were returned for 补正 and did not come again."""
    handed = [step for step in taken if step in (Step.SUBMITTED, Step.RETURNED)]
    return handed[-1:] == [Step.RETURNED]


def _hinder(step: Step, subject: str, taken: Sequence[Step]) -> IllegalStep | None:
    law = LIFE[step]
    told = f"{subject} 不能办理“{law.title}”："
    missing = tuple(it for it in law.needs if it not in taken)
    if missing:
        sections = "、".join(f"“{LIFE[it].title}”（指南{LIFE[it].section}）" for it in missing)
        return IllegalStep("STEP_MISSING", f"{told}尚未完成{sections}", missing)
    barring = [it for it in law.bars if it in taken]
    if barring:
        return IllegalStep("STEP_BARRED", f"{told}已办理“{'、'.join(LIFE[it].title for it in barring)}”")
    if law.once and step in taken:
        return IllegalStep("STEP_TAKEN", f"{subject} 已办理过“{law.title}”，不能再次办理")
    return _hinder_in_turn(step, told, taken)


def _hinder_in_turn(step: Step, told: str, taken: Sequence[Step]) -> IllegalStep | None:
    """What counts or order of earlier steps forbid, beside what was taken at all."""
    if step is Step.VERIFIED and is_sent_back(taken):
        return IllegalStep("STEP_MISSING", f"{told}已退回补正，尚未重新“提交供需信息”（指南4(2)）", (Step.SUBMITTED,))
    unsettled = open_objections(taken)
    if step is Step.CONTRACTED and unsettled:
        why = f"{told}尚有 {unsettled} 件异议未办结，须先完成“异议办结”（指南4(4)）"
        return IllegalStep("STEP_MISSING", why, (Step.SETTLED,))
    if step is Step.SETTLED and not unsettled:
        return IllegalStep("STEP_MISSING", f"{told}没有未办结的异议", (Step.OBJECTED,))
    return None
