"""What people decide on a case: acts that are recorded for ever, each undone only by another one."""

import hashlib
from collections.abc import Iterable, Sequence
from enum import StrEnum

from pydantic import AwareDatetime

from domain.document import Version
from domain.finding import Finding
from domain.page import Frozen
from domain.return_notice import ReturnNotice


class Act(StrEnum):
    """What may be decided: of an item, of a reading, or of the whole case."""

    CORRECT = "correct"  # a reading is not what stands on the paper
    CONFIRM = "confirm"  # the finding is right
    WAIVE = "waive"  # the finding shall not hold the case back
    APPROVE = "approve"  # a second person agrees to a waiver
    RETURN = "return"  # back to the company, for 补正
    REFUSE = "refuse"
    VERIFY = "verify"  # the case is in order, and the ledger moves
    AGREE = "agree"  # a second review found a passed case rightly passed
    REOPEN = "reopen"  # a passed case was passed wrongly
    UNDO = "undo"


OF_ITEMS = frozenset({Act.CONFIRM, Act.WAIVE, Act.APPROVE})


class Ending(StrEnum):
    """States of a package that a person's decision brings about, beside `received` and domain.finding.State."""

    VERIFIED = "verified"
    RETURNED = "returned"
    REFUSED = "refused"


CLOSED = frozenset({Ending.VERIFIED, Ending.REFUSED})  # nothing is undone any more


class Place(Frozen):
    """A field of a package: the document by its type, its version and its 1-based ordinal among all that are alike,
    and the path within it as `domain.document.values` gives it (`offered.Pb`, `limits[0].annual[2]`)."""

    document: str
    version: Version | None = None
    ordinal: int = 1
    path: str


class Wish(Frozen):
    """What somebody wants to decide.

    `edition` is what was on their screen: of the item for acts OF_ITEMS, else of the case; None decides whatever it is
    (the command line). `text` is what stands on the paper, for a correction; `notice` the edited 补正通知, for a
    return (None: the draft).
    """

    case: str
    act: Act
    edition: int | None = None
    item: int | None = None
    place: Place | None = None
    text: str = ""
    reason: str = ""
    notice: ReturnNotice | None = None


class Draft(Frozen):
    """A decision about to be recorded.

    `before` and `after` are what the field said and says, or the states of the item or the case; `facts` the
    fingerprint of what the finding rests on; `undoes` the number of the decision that this one undoes; `alters` the
    rules whose blocking findings a correction removed or changed.
    """

    case: str
    version: int
    actor: str
    act: Act
    item: int | None = None
    reason: str = ""
    place: Place | None = None
    text: str = ""
    before: str | None = None
    after: str | None = None
    facts: str | None = None
    notice: ReturnNotice | None = None
    undoes: int | None = None
    alters: tuple[str, ...] = ()


class Decision(Draft):
    """A decision as it was recorded; `number` counts over the whole ledger, `undone` tells whether another undid it."""

    number: int
    at: AwareDatetime
    undone: bool = False


def in_force(decided: Iterable[Decision]) -> tuple[Decision, ...]:
    """What counts of decisions: those that were not undone, without the undoing ones."""
    return tuple(one for one in decided if not one.undone and one.act is not Act.UNDO)


def corrections(decided: Iterable[Decision]) -> tuple[Decision, ...]:
    """The corrections in force, oldest first: of several for one place the last counts."""
    return tuple(one for one in in_force(decided) if one.act is Act.CORRECT)


def last_word(decided: Sequence[Decision]) -> Decision | None:
    """The decision that tells where an item stands: the last that confirmed or waived its finding."""
    return next((one for one in reversed(in_force(decided)) if one.act in (Act.CONFIRM, Act.WAIVE)), None)


def is_approved(waiver: Decision, decided: Iterable[Decision]) -> bool:
    """Whether a second person agreed to a waiver."""
    later = (one for one in in_force(decided) if one.number > waiver.number)
    return any(one.act is Act.APPROVE and one.facts == waiver.facts for one in later)


def fingerprint(finding: Finding) -> str:
    """A hash of the facts that a finding rests on: what stands where in the papers, and what the rule makes of it.

    Boxes are left out: the same print read again may move by a hair.
    """
    told = [finding.rule, finding.subject, finding.outcome, finding.severity, finding.message]
    places = sorted(
        str((it.document, it.version, it.field, it.page, it.text, it.value, it.unit)) for it in finding.evidence
    )
    return hashlib.sha256("\n".join([*told, *places]).encode("utf-8", "replace")).hexdigest()
