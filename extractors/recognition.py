"""Which paper a page belongs to, told from the marks that each document type names."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import extractors.documents
from domain.document import Document
from domain.page import ReadPage
from extractors.layout import Line, lines, text_in
from extractors.text import fold

OTHER = "other"


@dataclass(frozen=True)
class Marks:
    """What gives a page away as part of a paper; all patterns run over folded text.

    `title`: a line that is nothing but this begins the paper. `body`: labels that support it. `inner`: what pages
    after the first show. `against`: what no line may be (whole lines, so that a mere mention does no harm). `need`:
    how many body marks a titled page needs.
    """

    title: str = r"(?!)"
    body: tuple[str, ...] = ()
    inner: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    need: int = 1
    inner_need: int = 1
    untitled_need: int = 99


@dataclass(frozen=True)
class Sighting:
    """What a page looks like: its type, whether it begins a document, how strongly, and by which marks."""

    page: ReadPage
    type: str
    starts: bool
    score: float
    marks: tuple[str, ...] = ()


class DocumentModule(Protocol):
    """What every module under `extractors/documents/` offers."""

    MARKS: Marks
    read: Callable[[Sequence[ReadPage]], Document]


@cache
def document_types() -> dict[str, DocumentModule]:
    """All known papers, by type: one module each."""
    names = sorted(module.name for module in pkgutil.iter_modules(extractors.documents.__path__))
    modules = {name: importlib.import_module(f"extractors.documents.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "MARKS")}


def recognise(page: ReadPage) -> Sighting:
    """The paper that a page most likely belongs to; `other` where no paper's marks suffice."""
    rows = lines(page.words)
    cells = [text_in(cell) for grid in page.reading.grids for cell in grid.cells]  # a label may be wrapped in its cell
    sightings = [_sight(page, rows, cells, name, module.MARKS) for name, module in document_types().items()]
    best = max(sightings, key=lambda sighting: sighting.score)
    return best if best.score > 0 else Sighting(page, OTHER, True, 0.0)


def _sight(page: ReadPage, rows: Sequence[Line], cells: Sequence[str], name: str, marks: Marks) -> Sighting:
    whole = "\n".join(row.text for row in rows)
    labels = "\n".join([whole, *cells])
    title = _title(rows, marks.title)
    if any(re.search(f"^(?:{pattern})$", whole, re.MULTILINE) for pattern in marks.against):
        return Sighting(page, name, False, 0.0)
    body = tuple(pattern for pattern in marks.body if re.search(pattern, labels))
    inner = tuple(pattern for pattern in marks.inner if re.search(pattern, labels))
    if title and len(body) >= marks.need:
        return Sighting(page, name, True, 10.0 + len(body), (title, *body))
    if len(body) >= marks.untitled_need:
        return Sighting(page, name, True, 2.0 + len(body), body)
    if len(inner) >= marks.inner_need:
        return Sighting(page, name, False, 4.0 + len(inner), inner)
    return Sighting(page, name, False, 0.0)


def _title(rows: Sequence[Line], pattern: str) -> str | None:
    """The text of a line, or of a word of its own, that is the title and nothing else."""
    title = re.compile(pattern)
    for row in rows:
        if title.fullmatch(row.text):
            return row.text
        for word in row.words:
            if title.fullmatch(fold(word.text)):
                return word.text
    return None
