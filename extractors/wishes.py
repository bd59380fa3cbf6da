"""What the second reader is asked to read: every critical value, and every place where one is known to stand."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, get_args

from domain.document import Document, key_of, values
from domain.field import Field
from domain.page import Box, ReadPage, SecondReading, Word
from extractors.comparing import READER
from extractors.second_reader import Kind
from extractors.text import fold
from extractors.understanding import read_documents

_ONE_LINE = 1.6
_INSIDE = 0.5


class Wish(NamedTuple):
    """A place that is to be read again, what kind of thing stands there, and what the first reader made of it; `red`
    asks for the picture in red light, `view` is what is to be looked at where that is more than the place, `around` the
    text in which the value stands, and where that is."""

    page: int
    box: Box
    kind: Kind
    read: str = ""
    red: bool = False
    view: Box | None = None
    around: tuple[str, Box] | None = None


def missing(pages: Sequence[ReadPage]) -> dict[int, tuple[Wish, ...]]:
    """What no second reading is there for yet, by page number."""
    pages = [page for page in pages if not page.page.blank]
    known = {(page.number, _place(one)) for page in pages for one in page.reading.second}
    wishes: dict[int, tuple[Wish, ...]] = {}
    for wish in (wish for document in read_documents(pages) for wish in _wishes(document, pages)):
        key = (wish.page, (wish.kind, wish.box, wish.red))
        if key not in known:
            known.add(key)
            wishes[wish.page] = (*wishes.get(wish.page, ()), wish)
    return wishes


def _place(one: SecondReading) -> tuple[str, Box, bool]:
    return one.kind, one.box, one.in_red_light


def _wishes(document: Document, pages: Sequence[ReadPage]) -> Iterator[Wish]:
    for path, field in values(document):
        if key_of(path) in document.CRITICAL and READER in field.readers:
            wish = _wish(field, pages)
            if wish:
                yield wish
            if wish and field.under_seal and wish.kind not in (Kind.WORDS, Kind.LINES):
                yield wish._replace(red=True)


def _wish(field: Field[Any], pages: Sequence[ReadPage]) -> Wish | None:
    """None for what the second reader cannot tell: amounts in words, a name of a closed list."""
    kind, box = kind_of(field), field.figure or field.box
    if kind is None or box is None or field.page is None:
        return None
    page = next(page for page in pages if page.number == field.page)
    words = [word for word in page.words if word.box.overlap(box) > _INSIDE or box.overlap(word.box) > _INSIDE]
    if kind is Kind.WORDS and _lines_in(box, words) > 1:
        kind = Kind.LINES
    own = Box(*(round(side, 6) for side in box))
    word = words[0] if len(words) == 1 and kind is Kind.DIGITS else None
    view, around = (_up_to_the_ends(own, word), (word.text, word.box)) if word else (None, None)
    return Wish(field.page, own, kind, field.raw, view=view, around=around)


def kind_of(field: Field[Any]) -> Kind | None:
    """What the second reader is to look for; None for what it cannot tell."""
    sought = get_args(type(field).model_fields["value"].annotation)
    if isinstance(field.value, Decimal) or (field.value is None and field.figure):
        return Kind.DIGITS if field.figure else None
    if isinstance(field.value, date) or (date in sought and not field.certain and field.raw):
        return Kind.DATE
    if type(field.value) is not str:
        return None
    if re.fullmatch(r"D[AW]\d{3}", field.value):
        return Kind.OUTLET
    return Kind.CODE if re.fullmatch(r"[0-9A-Za-z\-]+", field.value) else Kind.WORDS


def _lines_in(box: Box, words: Sequence[Word]) -> float:
    heights = [word.box.height for word in words if word.box.overlap(box) > _INSIDE]
    return box.height / min(heights) / _ONE_LINE if heights else 0.0


def _up_to_the_ends(box: Box, word: Word) -> Box:
    """A figure at an end of its word reaches as far as the word does: where single characters end is told roughly."""
    read = fold(word.text)
    x0 = min(box.x0, word.box.x0) if read[:1].isdigit() else box.x0
    x1 = max(box.x1, word.box.x1) if read[-1:].isdigit() else box.x1
    return box._replace(x0=x0, x1=x1)
