"""Pages put together into documents, without separator sheets and whatever their order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from domain.page import ReadPage
from extractors.layout import Line, lines, text_in
from extractors.recognition import OTHER, Sighting, document_types
from extractors.text import dates

_SHEET = re.compile(r"第?(\d{1,3})页?[/,]?共?(\d{1,3})页?|第(\d{1,3})页|-(\d{1,3})-")


@dataclass
class Gathered:
    """The pages of one document, in the order of the package."""

    type: str
    sightings: list[Sighting] = field(default_factory=list)

    @property
    def pages(self) -> tuple[ReadPage, ...]:
        """Its pages in the order in which they are to be read: by printed page number where all have one."""
        sheets = [sheet_number(s.page) for s in self.sightings]
        pages = [s.page for s in self.sightings]
        known = [n for n in sheets[1:] if n is not None]
        if len(known) == len(sheets) - 1 and len(set(known)) == len(known):
            order = sorted(range(1, len(pages)), key=lambda i: sheets[i] or 0)
            return (pages[0], *(pages[i] for i in order))
        return tuple(pages)


def sheet_number(page: ReadPage) -> int | None:
    """The page number printed at the page's foot or head (第 3 页 共 8 页)."""
    for row in reversed(lines(page.words)):
        at_edge = row.box.cy > 0.9 or row.box.cy < 0.08
        match = _SHEET.search(row.text) if at_edge else None
        if match:
            return int(next(g for g in match.groups() if g))
    return None


def gather(sightings: Sequence[Sighting]) -> list[Gathered]:
    """Documents in the order in which they first appear; pages that begin none join the one they fit best."""
    sightings = _as_covers(sightings)
    documents = [Gathered(s.type, [s]) for s in sightings if s.starts]
    orphans: dict[str, Gathered] = {}
    # Pages before the only first page of their paper come late: by then it is known whether it has its like behind it.
    # Pages that may be of two papers come last: by then a paper without its first page has its other pages.
    late = {s.page.number for s in sightings if _is_before_the_only_one(s, documents)}
    inner = sorted((s for s in sightings if not s.starts), key=lambda s: (bool(s.also), s.page.number in late))
    for sighting in inner:
        homes = [*documents, *orphans.values()] if sighting.also else documents
        home = _home(homes, sighting)
        if home is None:
            home = orphans.setdefault(sighting.type, Gathered(sighting.type))
        home.sightings.append(sighting)
    gathered = documents + list(orphans.values())
    for document in gathered:
        document.sightings.sort(key=lambda s: (not s.starts, s.page.number))
    return sorted(gathered, key=lambda document: min(s.page.number for s in document.sightings))


def _as_covers(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The sightings, with first pages that lost the word of their title that tells them from another paper's: such a
    page stands before a second sheet, where there are more second sheets of a paper than first pages."""
    given = list(sightings)
    for name, module in document_types().items():
        if module.MARKS.cover_like is None:
            continue
        covers = sum(s.starts and s.type == name for s in given)
        seconds = [s for s in given if s.type == name and not s.starts and sheet_number(s.page) == 2]
        before = {s.page.number - 1 for s in seconds}
        alike = [s for s in given if s.starts and s.type == module.MARKS.cover_like and s.page.number in before]
        lost = alike[: max(0, len(seconds) - covers)]
        given = [replace(s, type=name) if s in lost else s for s in given]
    return given


def _is_before_the_only_one(sighting: Sighting, documents: Sequence[Gathered]) -> bool:
    first = [d.sightings[0].page.number for d in documents if d.type == sighting.type]
    return len(first) == 1 and sighting.page.number < first[0]


def _home(documents: Sequence[Gathered], sighting: Sighting) -> Gathered | None:
    """The document of the same type that a page belongs to: what it says of itself first, then what lies nearest."""
    types = {sighting.type, *sighting.also}
    same = [d for d in documents if d.type in types and d.type != OTHER and not _is_of_a_lost_one(d, sighting)]
    return min(same, key=lambda d: _distance(d, sighting), default=None)


def _is_of_a_lost_one(document: Gathered, sighting: Sighting) -> bool:
    """Whether a page before a document's first one has its like in it: a document whose first page nobody knows."""
    first, page = document.sightings[0], sighting.page
    if not first.starts or page.number > first.page.number:
        return False
    return _repetition(document, page) == 1 or _has_sheet(document, page)


def _has_sheet(document: Gathered, page: ReadPage) -> bool:
    """Whether a document has a sheet with the page's printed number."""
    return sheet_number(page) in {sheet_number(s.page) for s in document.sightings} - {None}


def _distance(document: Gathered, sighting: Sighting) -> tuple[int, int, int, int, int, int]:
    first, page = document.sightings[0].page, sighting.page
    return (
        _estrangement(document, page),
        _repetition(document, page),
        int(bool(sighting.also) and _is_other_paper_s(document, page)),
        int(first.page.file != page.page.file),
        int(first.number > page.number),
        min(abs(s.page.number - page.number) for s in document.sightings),
    )


def _estrangement(document: Gathered, page: ReadPage) -> int:
    """0 where the page's margin names this document (its issue date, 变更前 or 变更后), 2 where it names another."""
    told = _tokens("".join(row.text for row in _margins(page)))
    own = _tokens("".join(_issue_lines(document.sightings[0].page)))
    kinds = {token[:2] for token in told} & {token[:2] for token in own}
    if not kinds:
        return 1
    return 2 if any(token[:2] in kinds and token not in own for token in told) else 0


def _is_other_paper_s(document: Gathered, page: ReadPage) -> bool:
    """Whether a page that may be of two papers bears another number or count of pages, or a sheet that this one has."""
    first = document.sightings[0].page
    counts, numbers = ({_found(rf, _margins(p)) for p in (first, page)} - {None} for rf in (_COUNT, _NUMBER))
    return len(counts) > 1 or len(numbers) > 1 or _has_sheet(document, page)


_COUNT = re.compile(r"共(\d{1,3})页")
_NUMBER = re.compile(r"(?:合同|协议)(?:书)?编号:?([^,;:]{4,})")


def _found(pattern: "re.Pattern[str]", rows: Sequence[Line]) -> str | None:
    return next((match[1] for row in rows if (match := pattern.search(row.text))), None)


def _margins(page: ReadPage) -> list[Line]:
    return [row for row in lines(page.words) if row.box.cy < 0.08 or row.box.cy > 0.92]


def _issue_lines(page: ReadPage) -> list[str]:
    """Where a first page tells its date of issue and its version; other dates may be another document's too."""
    return [row.text for row in lines(page.words) if re.search("发证日期|变更[前后]", row.text)]


def _tokens(text: str) -> frozenset[str]:
    return frozenset([day.isoformat() for day in dates(text)] + re.findall("变更[前后]", text))


def _repetition(document: Gathered, page: ReadPage) -> int:
    """1 where most of the page's rows stand in the document already: no paper lists an outlet's limits twice."""
    rows = outlet_rows(page)
    seen = {row for sighting in document.sightings for row in outlet_rows(sighting.page)}
    return int(len(rows & seen) > len(rows) / 2)


def outlet_rows(page: ReadPage) -> frozenset[str]:
    """Rows of tables that begin with an outlet's code, by their first cells."""
    found = set()
    for grid in page.reading.grids:
        for cell in grid.cells:
            if re.fullmatch(r"D[AW]\d{3}", text_in(cell)):
                beside = [grid.at(cell.row, cell.col_end + step) for step in (0, 1)]
                found.add("/".join([cell.text, *(text_in(other) for other in beside if other)]))
    return frozenset(found)
