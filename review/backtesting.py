"""What a changed rule or policy would say of the recorded cases: nothing is read anew and nothing is written."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import nullcontext
from datetime import datetime
from itertools import chain, islice
from multiprocessing import get_context

from pydantic import ValidationError

import validators
from domain.decision import fingerprint
from domain.dossier import Dossier
from domain.finding import Finding, Outcome, Severity, State, settle
from domain.page import Frozen
from reference.policy import Policy, differing, policy, trying
from reports.postings import mentioned
from review.accounts import mask_in
from review.masking import Mask
from review.rebuilding import take_as_recorded, understand_again
from storage.books import read_books
from storage.database import Database
from storage.hindsight import Past, look_back
from storage.past import LastRun, read_last_run
from storage.recorded import ReadingLost
from storage.refreshing import Key, number_per_subject

AT_ONCE = 25  # cases that are looked at in one transaction
FEW = 2 * AT_ONCE  # for which no other process is worth its start
NEVER_CHECKED = "NEVER_CHECKED"
_FINE = frozenset({Outcome.PASSED, Outcome.NOT_APPLICABLE})


class Trial(Frozen):
    """What is tried: the rules of this checkout under `policy` (None: the one in force).

    It is compared with what was recorded, or with the same rules under `against`. With `again` the papers are
    understood anew from their recorded readings; else they are taken as the last run understood them.
    """

    policy: Policy | None = None
    against: Policy | None = None
    again: bool = False

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings in which the policies differ."""
        return differing(self.against or policy(), self.policy or policy())

    @property
    def anew(self) -> bool:
        """Whether papers must be understood anew: what is legible decides there, not in a rule alone."""
        return self.again or "legibility" in self.settings


class Change(Frozen):
    """What a rule says otherwise on one subject; None where it says nothing, `was` and `now` are its sentences."""

    rule: str
    subject: str
    severity: Severity
    before: Outcome | None
    after: Outcome | None
    was: str
    now: str


class Compared(Frozen):
    """A case before and after; `case_state` is where it stands, `before` and `after` what the rules make of it.

    `reworded` are rules whose objection stands with other facts or words: a waiver of it would open again.
    """

    case: str
    version: int
    package: str
    kind: str | None
    case_state: str
    ruleset: str
    checked_at: datetime
    before: State
    after: State
    changes: tuple[Change, ...]
    reworded: tuple[str, ...]


class Untold(Frozen):
    """A case that cannot be compared, and why."""

    case: str
    code: str
    message: str


Result = Compared | Untold


def backtest(database: Database, cases: Iterable[str], trial: Trial, workers: int = 1) -> Iterator[Result]:
    """Each case in its turn; raises UnknownCase, StorageAway."""
    rest = iter(cases)
    first = list(islice(rest, FEW + 1))
    if workers < 2 or len(first) <= FEW:
        for batch in _batches(chain(first, rest)):
            yield from judge_cases(database, batch, trial)
    else:
        yield from _side_by_side(database, _batches(chain(first, rest)), trial, workers)


def judge_cases(database: Database, cases: Sequence[str], trial: Trial) -> list[Result]:
    """A few cases in one transaction."""
    with look_back(database) as past:
        return [_judge(past, case, trial) for case in cases]


def _batches(cases: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(cases, AT_ONCE)):
        yield batch


def _side_by_side(
    database: Database, batches: Iterator[list[str]], trial: Trial, workers: int
) -> Iterator[Result]:  # fmt: skip
    """In the order of the cases, with no more batches under way than keep the processes busy."""
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        under_way: deque[Future[list[Result]]] = deque()
        told = trial.model_dump_json()  # settings of generic types cannot be pickled
        for batch in batches:
            under_way.append(pool.submit(_judge_elsewhere, database, batch, told))
            if len(under_way) > 2 * workers:
                yield from under_way.popleft().result()
        for one in under_way:
            yield from one.result()


def _judge_elsewhere(database: Database, cases: Sequence[str], told: str) -> list[Result]:
    return judge_cases(database, cases, Trial.model_validate_json(told))


def _judge(past: Past, case: str, trial: Trial) -> Result:
    try:
        run = read_last_run(past.connection, case)
    except ReadingLost as lost:
        return Untold(case=case, code=lost.code, message=lost.message)
    if run is None:
        return Untold(case=case, code=NEVER_CHECKED, message=f"案件 {case} 尚未核验，没有可比对的结论")
    after = _check(past, run, trial.policy, trial.anew)
    before = run.findings if trial.against is None else _check(past, run, trial.against, trial.anew)
    return _compare(run, before, after)


def _check(past: Past, run: LastRun, under: Policy | None, anew: bool) -> tuple[Finding, ...]:
    """The rules against the books as they were when the run was recorded."""
    with trying(under) if under else nullcontext():
        dossier = _understand(run, anew)
        books = read_books(past.go_to(run.at), run.claimed.case, mentioned(dossier))
        return validators.check(dossier, books)


def _understand(run: LastRun, anew: bool) -> Dossier:
    if not anew:
        try:
            return take_as_recorded(run.claimed, run.recorded, run.papers, run.kind)
        except (ValidationError, KeyError):  # documents of this type had another form then
            pass
    return understand_again(run.claimed, run.recorded, run.corrections)


def _compare(run: LastRun, before: Sequence[Finding], after: Sequence[Finding]) -> Compared:
    mask, was, now = mask_in(run.papers), _keyed(before), _keyed(after)
    keys = dict.fromkeys([*was, *now])
    pairs = [(key, was.get(key), now.get(key)) for key in keys]
    both = [(old, new) for _, old, new in pairs if old and new and not _differs(old, new)]
    return Compared(
        case=run.claimed.case,
        version=run.claimed.version,
        package=run.claimed.package,
        kind=run.kind,
        case_state=run.claimed.state,
        ruleset=run.ruleset,
        checked_at=run.at,
        before=_settle(run, before),
        after=_settle(run, after),
        changes=tuple(_tell(key, old, new, mask) for key, old, new in pairs if _differs(old, new)),
        reworded=tuple(new.rule for old, new in both if new.holds and fingerprint(old) != fingerprint(new)),
    )


def _keyed(found: Sequence[Finding]) -> dict[Key, Finding]:
    return dict(zip(number_per_subject(found), found, strict=True))


def _differs(old: Finding | None, new: Finding | None) -> bool:
    """Of a rule that is new or gone only what it objects to counts."""
    if old is None or new is None:
        return any(it.outcome not in _FINE for it in (old, new) if it)
    return _weight(old) != _weight(new)


def _weight(finding: Finding) -> tuple[Outcome, Severity | None]:
    """A severity tells nothing where nothing is objected to."""
    return finding.outcome, None if finding.outcome in _FINE else finding.severity


def _settle(run: LastRun, found: Sequence[Finding]) -> State:
    """Files that were refused hold a package back like a finding does."""
    refused = any(file.refused_code for file in run.claimed.files)
    return State.REVIEW if refused else settle(tuple(found))


def _tell(key: Key, old: Finding | None, new: Finding | None, mask: Mask) -> Change:
    counts = new or old
    assert counts is not None
    return Change(
        rule=key[0],
        subject=mask(key[1]),
        severity=counts.severity,
        before=old and old.outcome,
        after=new and new.outcome,
        was=mask(old.message) if old else "",
        now=mask(new.message) if new else "",
    )
