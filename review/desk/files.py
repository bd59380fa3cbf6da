"""A case as the desk shows it: its record, its papers laid out, and what must stay hidden from whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from domain.page import Box, Page
from domain.people import User
from review.accounts import hidden_places, mask_of
from review.desk.masking import is_revealed
from review.desk.office import Office
from review.desk.papers import Paper, Spot, lay_papers
from review.desk.pictures import Leaf
from review.masking import PLAIN_SIGHT, WITH_ACCOUNTS, Mask, hide
from storage.records import CaseRecord
from storage.versions import read_page_records

MAY_CARRY = WITH_ACCOUNTS | {"other"}  # types of papers on which an account may stand


@dataclass(frozen=True)
class CaseFile:
    """A case opened by somebody; `revealed` tells whether they asked to see its bank accounts, `mask` hides them from
    texts as long as they did not."""

    record: CaseRecord
    papers: tuple[Paper, ...]
    pages: Mapping[int, Page]
    revealed: bool
    mask: Mask

    @property
    def number(self) -> str:
        return self.record.case.case

    @property
    def version(self) -> int:
        return self.record.case.version

    @cached_property
    def spots(self) -> Mapping[str, Spot]:
        """Every field of the case by its key."""
        return {spot.key: spot for paper in self.papers for spot in paper.spots}

    @cached_property
    def has_accounts(self) -> bool:
        """Whether any paper names accounts, or nobody can tell what some page is."""
        known = {number for paper in self.papers for number in paper.pages}
        return bool({paper.type for paper in self.papers} & MAY_CARRY) or not self.pages.keys() <= known

    def read(self, spot: Spot, text: str) -> str:
        """What may be read of a field's text."""
        return hide(text) if spot.is_account and text and not self.revealed else self.mask(text)


def open_case(office: Office, case: str, user: User) -> CaseFile:
    """The newest version of a case with the pages and papers of its latest run; raises UnknownCase, StorageAway."""
    record = office.ledger.show(case)
    pages = read_page_records(office.ledger.database, case)
    bare = is_revealed(office, case, user)
    mask = PLAIN_SIGHT if bare else mask_of(office.ledger.database, case)
    return CaseFile(record, lay_papers(record.documents), pages, bare, mask)


def hidden_on(office: Office, leaf: Leaf, user: User) -> tuple[Box, ...]:
    """The places of a page that this person may not see before they ask; raises StorageAway."""
    places = hidden_places(office.ledger.database, leaf.case, leaf.version, leaf.page)
    return () if not places or is_revealed(office, leaf.case, user) else places
