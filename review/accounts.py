"""Which accounts a case's papers name, in whatever version, run or reader's words, and what hides them."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from typing import Any

from domain.page import Box, Page
from review.account_places import Sheet, find_numbers, find_places
from review.fields import is_code, walk_fields
from review.masking import LEAST, WITH_ACCOUNTS, Mask, is_account, plain
from storage.cases import UnknownCase
from storage.database import Database
from storage.traces import find_codes, find_holders, find_readings, find_traces
from storage.versions import read_papers

_OTHER = "other"
_WORDED = 40  # characters: a longer text is no number


def mask_of(database: Database, case: str) -> Mask:
    """What hides the accounts of one case in texts; the codes that its papers name stay as they are."""
    return Mask(_numbers(database, [case], words=True), _codes_of(database, case))


def mask_over(database: Database, cases: Collection[str], bare: Collection[str] = ()) -> Mask:
    """What hides the accounts of several cases in a list, but for those of the `bare` ones.

    What stands on their pages and was never read as an account is told by its length alone.
    """
    return Mask(_numbers(database, cases), chain(_codes(database, {*cases, *bare}), _numbers(database, bare)))


def masks_of(database: Database, cases: Collection[str]) -> Mapping[str, Mask]:
    """What hides each case's own accounts, asked for in one go."""
    known: dict[str, set[str]] = {case: set() for case in cases}
    for trace in find_traces(database, cases, WITH_ACCOUNTS):
        known[trace.case].update(_numbers_in(trace.document))
    return {case: Mask(numbers, _codes(database, [case])) for case, numbers in known.items()}


def mask_in(documents: Iterable[Mapping[str, Any]]) -> Mask:
    """What hides the accounts that these documents name; nothing is asked of any ledger."""
    papers = tuple(documents)
    numbers = chain.from_iterable(_numbers_in(paper) for paper in papers if paper["type"] in WITH_ACCOUNTS)
    return Mask(numbers, chain.from_iterable(_codes_in(paper) for paper in papers))


def hidden_places(database: Database, case: str, version: int, page: Page) -> tuple[Box, ...]:
    """The places of a page's picture on which accounts stand or may stand; all of it where nobody can tell."""
    papers = find_holders(database, case, version, page.number)
    found = find_readings(database, case, version, [page.number])
    sheet = Sheet(page.number, found[0].reading if found else None, papers, page.blank)
    return find_places(sheet, Mask(_numbers(database, [case])).numbers)


# ---- everything that was ever read -----------------------------------------------------------------------------


def _numbers(database: Database, cases: Collection[str], *, words: bool = False) -> Iterator[str]:
    # A generator: nothing is asked of the database before a text has digits enough to hide.
    for trace in find_traces(database, cases, WITH_ACCOUNTS):
        yield from _numbers_in(trace.document)
    if words:
        for case in cases:
            yield from _numbers_on_pages(database, case)


def _codes(database: Database, cases: Collection[str]) -> Iterator[str]:
    yield from find_codes(database, cases)
    for trace in find_traces(database, cases, WITH_ACCOUNTS):
        yield from _codes_in(trace.document)


def _codes_of(database: Database, case: str) -> Iterator[str]:
    yield from _codes(database, [case])
    with suppress(UnknownCase):  # the log knows of more than the ledger
        for document in read_papers(database, case):
            yield from _codes_in(document)


def _codes_in(document: Mapping[str, Any]) -> Iterator[str]:
    """All that was read as a code other than an account's number."""
    for path, field in walk_fields(document):
        if is_code(path):
            yield from _texts(field)


def _numbers_in(document: Mapping[str, Any]) -> Iterator[str]:
    """What any reader, or a person who corrected it, took an account's number for."""
    for path, field in walk_fields(document):
        if is_account(path):
            yield from (text for text in _texts(field) if LEAST <= len(plain(text)) <= _WORDED)


def _texts(field: Mapping[str, Any]) -> Iterator[str]:
    told = (field["value"], field["raw"], *field["readers"].values())
    yield from (text for text in told if isinstance(text, str) and text)


def _numbers_on_pages(database: Database, case: str) -> Iterator[str]:
    traces = find_traces(database, [case], {*WITH_ACCOUNTS, _OTHER})
    numbers = {page for trace in traces for page in trace.document["pages"]}
    for found in find_readings(database, case, numbers=numbers):
        own = [one.document for one in traces if one.version == found.version and found.page in one.document["pages"]]
        if own:
            yield from find_numbers(Sheet(found.page, found.reading, own))
