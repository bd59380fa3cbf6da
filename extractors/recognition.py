"""Which paper a page belongs to, told from the marks that each document type names."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, pairwise
from typing import Protocol

import extractors.documents
from domain.document import Document
from domain.page import Grid, ReadPage, Seal, Word
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
    cover_like: str | None = None  # the paper whose first page tells itself from this one's by a word of the title
    several: bool = False  # one page may carry several of this paper, one below the other
    letterhead: str = r"(?!)"  # a line below empty paper that begins a further one, though its title was not read


@dataclass(frozen=True)
class Sighting:
    """What a page looks like: its type, whether it begins a document, how strongly, and by which marks.

    `also` are other papers of which it may as well be an inner page.
    """

    page: ReadPage
    type: str
    starts: bool
    score: float
    marks: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


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


@cache
def document_classes() -> dict[str, type[Document]]:
    """The model of each type: the class of its module that bears its name."""
    found: dict[str, type[Document]] = {}
    for name, module in document_types().items():
        models = (it for it in vars(module).values() if isinstance(it, type) and issubclass(it, Document))
        found[name] = next(model for model in models if model.model_fields["type"].default == name)
    return found


def recognise(page: ReadPage) -> Sighting:
    """The paper that a page most likely belongs to; `other` where no paper's marks suffice."""
    rows = lines(page.words)
    cells = [text_in(cell) for grid in page.reading.grids for cell in grid.cells]  # a label may be wrapped in its cell
    sightings = [_sight(page, rows, cells, name, module.MARKS) for name, module in document_types().items()]
    best = max(sightings, key=lambda sighting: sighting.score)
    if best.score <= 0:
        return Sighting(page, OTHER, True, 0.0)
    alike = [s.type for s in sightings if s.score == best.score and not (s.starts or best.starts) and s is not best]
    return replace(best, also=tuple(alike))


def sight(page: ReadPage) -> list[Sighting]:
    """What stands on a page: one paper, or several below each other where their type allows that."""
    whole = recognise(page)
    module = document_types()[whole.type]
    if not (whole.starts and module.MARKS.several):
        return [whole]
    parts = [recognise(part) for part in _split(page, module.MARKS)]
    full = (part.starts and part.type == whole.type and len(part.marks) > module.MARKS.need + 2 for part in parts)
    return parts if len(parts) > 1 and all(full) else [whole]


def _split(page: ReadPage, marks: Marks) -> list[ReadPage]:
    """The page cut above each further title or letterhead."""
    rows = lines(page.words)
    titles = [
        number
        for number, row in enumerate(rows)
        if re.fullmatch(marks.title, row.text)
        or (re.match(marks.letterhead, row.text) and number and row.box.y0 - rows[number - 1].box.y1 > _BREAK)
    ]
    cuts, last = [0.0], None
    for number in titles:
        if last is not None and rows[number].box.cy - rows[last].box.cy > _APART:
            cuts.append(_gap_above(rows[last : number + 1]))
        last = number if last is None or rows[number].box.cy - rows[last].box.cy > _APART else last
    return [_band(page, top, bottom) for top, bottom in pairwise([*cuts, 1.0])]


_APART = 0.15  # of the page's height: no slip is lower
_BREAK = 0.025  # of it: papers below each other are no nearer


def _gap_above(rows: Sequence[Line]) -> float:
    """Where the paper of the last row begins: at the nearest gap above it, for a letterhead stands close to a title."""
    gaps = [(lower.box.y0 - upper.box.y1, (upper.box.y1 + lower.box.y0) / 2) for upper, lower in pairwise(rows)]
    return next((middle for gap, middle in reversed(gaps) if gap > _BREAK), max(gaps)[1])


def _band(page: ReadPage, top: float, bottom: float) -> ReadPage:
    """The page with nothing but what lies between two heights."""

    def inside(thing: Word | Grid | Seal) -> bool:
        return top <= thing.box.cy < bottom

    kept = {key: tuple(filter(inside, getattr(page.reading, key))) for key in ("words", "grids", "seals")}
    return page.model_copy(update={"reading": page.reading.model_copy(update=kept)})


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
    """The text of a line, or of a word of its own or set letter by letter, that is the title and nothing else."""
    title = re.compile(pattern)
    for row in rows:
        for text in (row.text, *(fold(word.text) for word in row.words), *_spaced(row)):
            if title.fullmatch(text):
                return text
    return _wrapped_title(rows, title)


def _spaced(row: Line) -> list[str]:
    """What single characters beside each other in a line say; a watermark may lie between two of its words."""
    runs = groupby((fold(word.text) for word in row.words), lambda text: len(text) == 1)
    return ["".join(run) for single, run in runs if single]


_LARGE = 1.25  # of the usual height of a line


def _wrapped_title(rows: Sequence[Line], title: "re.Pattern[str]") -> str | None:
    """A title in large print that runs over two lines."""
    usual = sorted(row.box.height for row in rows)[len(rows) // 2] if rows else 0.0
    for upper, lower in pairwise(row for row in rows if row.box.height > _LARGE * usual):
        if title.fullmatch(upper.text + lower.text):
            return upper.text + lower.text
    return None
