"""A case as the desk shows it: its record, its papers laid out, and what must stay hidden from whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from domain.page import Box, Page
from domain.people import User
from review.desk.masking import WITH_ACCOUNTS, Mask, hide, is_account, is_revealed
from review.desk.office import Office
from review.desk.papers import Paper, Spot, lay_papers, walk_fields
from review.desk.pictures import Leaf
from storage.records import CaseRecord
from storage.versions import read_page_records, read_papers


@dataclass(frozen=True)
class CaseFile:
    """A case opened by somebody; `revealed` tells whether they asked to see its bank accounts."""

    record: CaseRecord
    papers: tuple[Paper, ...]
    pages: Mapping[int, Page]
    revealed: bool

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
    def mask(self) -> Mask:
        """What hides the case's accounts in texts, unless they were asked for."""
        hidden = [spot for spot in self.spots.values() if spot.is_account and not self.revealed]
        return Mask(chain.from_iterable((spot.value, spot.raw) for spot in hidden))

    @cached_property
    def has_accounts(self) -> bool:
        return any(spot.is_account and spot.raw for spot in self.spots.values())

    def read(self, spot: Spot, text: str) -> str:
        """What may be read of a field's text."""
        return hide(text) if spot.is_account and text and not self.revealed else self.mask(text)


def open_case(office: Office, case: str, user: User) -> CaseFile:
    """The newest version of a case with the pages and papers of its latest run; raises UnknownCase, StorageAway."""
    record = office.ledger.show(case)
    pages = read_page_records(office.ledger.database, case)
    return CaseFile(record, lay_papers(record.documents), pages, is_revealed(office, record.events, user))


def hidden_on(office: Office, leaf: Leaf, user: User) -> tuple[Box, ...]:
    """The places of a page that this person may not see before they ask."""
    places = tuple(_accounts_on(office, leaf))
    return () if not places or is_revealed(office, office.ledger.events(leaf.case), user) else places


def _accounts_on(office: Office, leaf: Leaf) -> Iterator[Box]:
    for paper in read_papers(office.ledger.database, leaf.case, leaf.version, WITH_ACCOUNTS):
        if leaf.page.number in paper["pages"]:
            for path, field in walk_fields(paper):
                if is_account(path) and field["page"] == leaf.page.number and field["box"]:
                    yield Box(*field["box"])
