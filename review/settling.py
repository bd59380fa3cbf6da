"""The rules again over a case's records: what they find now, what changed, and what a verified case posts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import validators
from domain.decision import Decision, Draft, corrections, fingerprint
from domain.dossier import Dossier
from domain.finding import Finding, State
from domain.page import Frozen
from domain.people import User
from reports.postings import Refusal, mentioned, objected
from reports.verdict import verdict
from review.rebuilding import understand_again
from storage.decisions import Decisions
from storage.ledger import Ledger
from storage.recorded import Recorded, read_recorded
from storage.recording import Run
from storage.records import CaseRecord, Claimed, Item
from storage.refreshing import Key, number_per_subject


class Change(Frozen):
    """Which findings that hold the case back are gone, new, there with other facts, or the same."""

    gone: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()
    changed: tuple[Finding, ...] = ()
    same: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Sitting:
    """A case as somebody sits down to decide on it; everything is of its newest version."""

    ledger: Ledger
    by: User
    record: CaseRecord
    decided: tuple[Decision, ...]

    @property
    def case(self) -> str:
        return self.record.case.case

    @property
    def standing(self) -> tuple[Decision, ...]:
        """The corrections in force."""
        return corrections(self.decided)

    @cached_property
    def claimed(self) -> Claimed:
        return self.ledger.claimed(self.case)

    @cached_property
    def recorded(self) -> Recorded:
        """What was read; raises ReadingLost."""
        return read_recorded(self.ledger.database, self.case)

    def rule_of(self, item: int | None) -> str:
        """The rule of one of the case's items; nothing where there is no such item."""
        return next((it.finding.rule for it in self.items if it.id == item), "") if item else ""

    @cached_property
    def items(self) -> tuple[Item, ...]:
        return Decisions(self.ledger.database).items(self.case)

    def understand(self, laid: Sequence[Draft]) -> Dossier:
        """The dossier with these corrections."""
        return understand_again(self.claimed, self.recorded, laid)

    def check(self, dossier: Dossier) -> tuple[Finding, ...]:
        """The rules against the books as they are now."""
        return validators.check(dossier, self.ledger.books(mentioned(dossier), self.case))


def sit(ledger: Ledger, case: str, by: User) -> Sitting:
    """Raises UnknownCase, StorageAway."""
    return Sitting(ledger, by, ledger.show(case), Decisions(ledger.database).of_version(case))


def run_again(sitting: Sitting, laid: Sequence[Draft]) -> Run:
    """The rules over the case with these corrections, to be recorded."""
    started = time.monotonic()
    dossier = sitting.understand(laid)
    return make_run(sitting, dossier, sitting.check(dossier), time.monotonic() - started)


def make_run(
    sitting: Sitting, dossier: Dossier, findings: Sequence[Finding], seconds: float, state: State | None = None
) -> Run:
    """A run with its verdict; `state` where people decided otherwise than the rules."""
    told = verdict(dossier, findings, seconds, sitting.case)
    told = told.model_copy(update={"state": state or told.state})
    return Run(
        dossier=dossier,
        findings=tuple(findings),
        state=told.state,
        seconds=told.seconds,
        ruleset=validators.RULESET,
        verdict=told.model_dump_json(),
    )


def refuse(sitting: Sitting, dossier: Dossier, trouble: Refusal) -> Run:
    """What the rules say on fresh books after the ledger refused a posting; the refusal itself where they say nothing.

    What was waived holds nothing back, so it does not answer for the refusal.
    """
    findings = sitting.check(dossier)
    known = {fingerprint(finding) for finding in sitting.record.findings}
    fresh = [finding for finding in findings if finding.holds and fingerprint(finding) not in known]
    if fresh:
        return make_run(sitting, dossier, findings, 0.0)
    waived = tuple(finding for finding in findings if finding.holds)
    others = objected(dossier, [finding for finding in findings if not finding.holds], trouble)
    return make_run(sitting, dossier, (*others, *waived), 0.0)


def compare(before: Sequence[Finding], after: Sequence[Finding]) -> Change:
    """What changed among the findings that hold a case back, told by rule and subject."""
    was, now = (
        {key: it for key, it in zip(number_per_subject(f), f, strict=True) if it.holds} for f in (before, after)
    )
    both = [(was[key], it) for key, it in now.items() if key in was]
    return Change(
        gone=tuple(it for key, it in was.items() if key not in now),
        new=tuple(it for key, it in now.items() if key not in was),
        changed=tuple(it for old, it in both if fingerprint(old) != fingerprint(it)),
        same=tuple(it for old, it in both if fingerprint(old) == fingerprint(it)),
    )


def _holding(found: Sequence[Finding]) -> dict[Key, Finding]:
    return {key: it for key, it in zip(number_per_subject(found), found, strict=True) if it.holds}
