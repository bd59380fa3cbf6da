"""What people decide on a case: acts that are recorded for ever, each undone only by another one."""

from enum import StrEnum

from pydantic import AwareDatetime

from domain.document import Version
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


class Decision(Frozen):
    """A decision as it was recorded; `number` counts over the whole ledger.

    `before` and `after` are what the field said and says; `facts` the fingerprint of what the finding rests on;
    `undoes` the number of the decision that this one undoes, `undone` whether another one undid it.
    """

    number: int
    case: str
    version: int
    at: AwareDatetime
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
    undone: bool = False
