"""What a package's papers call it: the names, codes and numbers that the queue is searched by."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from reference.counties import counties_in
from reference.industries import industry_of
from storage.database import clean
from storage.queue_tables import search_terms
from storage.schema import packages

Paper = Mapping[str, Any]  # a document as domain.document.present gives it
_HINTS = ("name", "business_scope", "project")  # what tells more of what a company does
_MOST = 255  # characters of the columns
_PARTIES = ("transferor", "transferee")
_PLACES = ("county", "premises_address", "address", "registered_address")  # the one that tells it best comes first


class Term(StrEnum):
    """Kinds of terms; `title` is what a page calls the package's company, or the two sides of a deal."""

    CASE = "case"
    COMPANY = "company"
    CODE = "code"
    NUMBER = "number"
    COUNTY = "county"
    INDUSTRY = "industry"
    TITLE = "title"


SEARCHED = (Term.CASE, Term.COMPANY, Term.CODE, Term.NUMBER)


def keep_terms(connection: Connection, package_id: int, papers: Sequence[Paper]) -> None:
    """Records what a package may be found by, in place of what an earlier run read."""
    connection.execute(delete(search_terms).where(search_terms.c.package_id == package_id))
    case = connection.scalar(select(packages.c.case_number).where(packages.c.id == package_id))
    connection.execute(insert(search_terms), list_terms(package_id, case or "", papers))


def list_terms(package_id: int, case: str, papers: Sequence[Paper]) -> list[dict[str, Any]]:
    """The rows by which a package of a case is found."""
    found = {(kind, fold(text)): text for kind, text in [(Term.CASE, case), *_read_terms(papers)]}
    return [
        {"package_id": package_id, "kind": kind, "folded": folded, "text": clean(text)[:_MOST]}
        for (kind, folded), text in found.items()
        if folded
    ]


def fold(text: str) -> str:
    """The text without its ways of writing: width, case and blanks."""
    return "".join(unicodedata.normalize("NFKC", clean(text)).upper().split())[:_MOST]


def contains(text: str) -> ColumnElement[bool]:
    """Whether a row of `search_terms` is one that is searched by this text."""
    return search_terms.c.kind.in_(SEARCHED) & search_terms.c.folded.contains(fold(text), autoescape=True)


def _read_terms(papers: Sequence[Paper]) -> Iterator[tuple[Term, str]]:
    for fields in (paper["fields"] for paper in papers):
        for holder in (fields, *(fields.get(party) or {} for party in _PARTIES)):
            yield from _read_some(holder, {"name": Term.COMPANY, "builder": Term.COMPANY, "uscc": Term.CODE})
        yield from _read_some(fields, {"number": Term.NUMBER})
    yield Term.TITLE, _name(papers)
    yield Term.COUNTY, _find_county(papers)
    yield Term.INDUSTRY, _find_industry(papers)


def _read_some(fields: Paper, kinds: Mapping[str, Term]) -> Iterator[tuple[Term, str]]:
    for key, kind in kinds.items():
        if text := _value(fields, key):
            yield kind, text


def _name(papers: Sequence[Paper]) -> str:
    """The name that most papers print; of a deal both."""
    sides = [_most_frequent(_party_names(papers, party)) for party in _PARTIES]
    if any(sides):
        return " → ".join(side or "？" for side in sides)
    return _most_frequent(_value(paper["fields"], "name") for paper in papers)


def _party_names(papers: Sequence[Paper], party: str) -> Iterator[str]:
    return (_value(paper["fields"].get(party) or {}, "name") for paper in papers)


def _most_frequent(texts: Iterable[str]) -> str:
    counted = Counter(text for text in texts if text)
    return counted.most_common(1)[0][0] if counted else ""


def _find_county(papers: Sequence[Paper]) -> str:
    """The county of the first kind of place that names one and no other."""
    for key in _PLACES:
        found = {county for paper in papers for county in counties_in(_value(paper["fields"], key))}
        if len(found) == 1:
            return found.pop()
    return ""


def _find_industry(papers: Sequence[Paper]) -> str:
    """The guide's industry that the papers tell, be it in their own wider words."""
    hints = [_value(paper["fields"], key) for paper in papers for key in _HINTS]
    return industry_of([_value(paper["fields"], "industry") for paper in papers], hints) or ""


def _value(fields: Paper, key: str) -> str:
    field = fields.get(key)
    value = field.get("value") if isinstance(field, Mapping) else None
    return value if isinstance(value, str) else ""
