"""What the ledger takes and gives: packages with their files, cases, queue items and events."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.finding import Finding
from domain.page import Frozen
from storage.bucket import Stored

RECEIVED = "received"  # recorded, not checked yet; afterwards a domain.finding.State or a domain.decision.Ending
WATCHER = "watcher"  # who has a case that is to be taken up again whatever happens


class ItemState(StrEnum):
    """Where a review item stands.

    `settled`: the rules no longer object, or the case came to its end; `pending`: a waiver waits for a second person.
    """

    OPEN = "open"
    SETTLED = "settled"
    CONFIRMED = "confirmed"
    WAIVED = "waived"
    PENDING = "pending"


class FileRecord(Frozen):
    """A file of a package: `name` relative to it, with `/`; `size` in bytes; no hash for one inside an archive."""

    position: int
    name: str
    sha256: str | None = None
    size: int | None = None
    media: str | None = None
    refused_code: str | None = None
    refused: str | None = None


class Drop(Frozen):
    """A package whose originals are kept, about to be recorded; `objects` are to leave the intake afterwards.

    One that is `held` is a watcher's from its first row on: whatever ends that one, the next takes it up at once.
    """

    package: str
    content_hash: str
    submitted_on: date
    files: tuple[FileRecord, ...]
    objects: tuple[Stored, ...] = ()
    held: bool = False


class Leftover(Frozen):
    """An intake object whose package is recorded in `case` already and that only waits to be removed."""

    case: str
    duplicate: bool
    object: Stored


class Claimed(Frozen):
    """A package in the ledger. `duplicate`: the same content was recorded earlier, as `case`.

    `state` is `received` as long as it was not checked; a duplicate or a claim after a crash may show any state. A run
    counts only where `edition` is still the case's once it ends.
    """

    case: str
    version: int
    receipt: str
    package: str
    state: str
    submitted_on: date
    files: tuple[FileRecord, ...]
    duplicate: bool = False
    edition: int = 1


class Case(Frozen):
    """The newest version of a case in short; `seconds` and `page_count` are None before it was checked."""

    case: str
    version: int
    receipt: str
    package: str
    kind: str | None
    state: str
    content_hash: str
    received_at: datetime
    submitted_on: date
    page_count: int | None
    seconds: float | None
    reason_code: str | None
    reason: str | None
    open_items: int
    edition: int = 1


class Item(Frozen):
    """A finding that waits for a person. `gravity` 0 is the gravest; `doubt`: something was not read for certain.

    `holder` works on it until `lease_until`, afterwards nobody does; `assignee` is whose it is by a supervisor's word.
    `company` is the package's, or `seller → buyer` of a deal, as papers print it; `due_on` counts working days.
    """

    id: int
    case: str
    version: int
    package: str
    kind: str | None
    state: str
    gravity: int
    doubt: bool
    opened_at: datetime
    assignee: str | None
    holder: str | None
    lease_until: datetime | None
    edition: int
    finding: Finding
    company: str | None
    county: str | None
    due_on: date

    def whose(self, now: datetime) -> str | None:
        """Who works on it now, else whose it is."""
        held = self.lease_until is not None and self.lease_until > now
        return self.holder if held else self.assignee


class Event(Frozen):
    """One line of the append-only log; `number` counts from 1 without gaps over the whole ledger."""

    number: int
    at: datetime
    case: str | None
    actor: str
    what: str
    detail: dict[str, Any]
    prev_hash: str
    hash: str


class CaseRecord(Frozen):
    """Everything about a case; `verdict` is the JSON text exactly as it was given, None before it was checked.

    `findings`, `documents` are those of the latest run; `ruleset` is None before the first.
    """

    case: Case
    ruleset: str | None
    files: tuple[FileRecord, ...]
    documents: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...]
    items: tuple[Item, ...]
    events: tuple[Event, ...]
    verdict: str | None
