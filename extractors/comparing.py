"""What each reader gave for a place, compared with what became the value there."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from domain.document import Document, map_fields
from domain.field import Field
from domain.page import ReadPage, Source
from extractors import text
from extractors.agreement import same_code, same_day, same_digits, same_words, stands_alike
from extractors.certainty import Colour, Evidence, Second, weigh
from extractors.layout import Span

D = TypeVar("D", bound=Document)
READER = "rapidocr"
SECOND_READER = "tesseract"
COLOUR_READER = "rapidocr_colour"
RED_READER = "tesseract_red"  # the second reader in red light (extractors/rereading.py)
TEXT_LAYER = "text_layer"  # characters as the file holds them: nobody read them from the picture
DIGITS = r"[-+]?\d[\d.,]*"


def readers_of(span: Span, read_again: Span, value: object, kinds: tuple[str, ...] = ()) -> dict[str, str]:
    """What each reader gave: the seal-free picture, the colour picture under a seal, the second engine on the one and
    on the other; `kinds` is what it looked for where there is no value to tell."""
    colour = {COLOUR_READER: span.colour_text} if span.colour_text is not None else {}
    again = [read_again.second(read_again.box, kinds or kinds_of(value), red) for red in (False, True)]
    return {READER: span.raw} | colour | {one.reader.partition("-")[0]: one.text for one in again if one}


def doubt_of(span: Span, other: object, value: object, whole: Span | None = None) -> str | None:
    """Why a span's value is in doubt; `other` is what the same words gave on the untouched colour image, `whole` the
    span that was read again where that is more than these characters."""
    colour = Colour.CLEAR
    if span.under_seal:
        colour = Colour.SILENT if other is None else Colour.SAME if other == value else Colour.DIFFERS
    return weigh(Evidence(span.confidence, second_of(whole or span, value), colour, is_words(value)))


def second_of(span: Span, value: object) -> Second:
    """How another engine's readings of the same place compare with what became the value."""
    own = (span.find(DIGITS) or span) if isinstance(value, Decimal) else span
    freed, red = (_compare(own, value, picture) for picture in (False, True))
    if freed is Second.DIFFERS and red is Second.AGREES and _is_part(own, value):
        return Second.AGREES
    return Second.AGREES_TWICE if freed is red is Second.AGREES else freed


def _is_part(own: Span, value: object) -> bool:
    """Whether the second engine read nothing but one end of the same characters where the ink was taken off: that loses
    print and adds none."""
    heard = own.second(own.box, kinds_of(value))
    end = text.fold(heard.text) if heard else ""
    return 2 * len(end) >= len(own.text) > len(end) and (own.text.startswith(end) or own.text.endswith(end))


def _compare(own: Span, value: object, red: bool) -> Second:
    heard = own.second(own.box, kinds_of(value), red)
    if heard is None:
        return Second.NONE
    same = _same(text.fold(heard.text), own.text, value) if heard.text else None
    return Second.SILENT if same is None else Second.AGREES if same else Second.DIFFERS


def kinds_of(value: object) -> tuple[str, ...]:
    """What the second reader was to look for where such a value stands (extractors/second_reader.py)."""
    if isinstance(value, Decimal):
        return ("digits",)
    if isinstance(value, date):
        return ("date",)
    return ("words", "lines") if is_words(value) else ("code", "outlet")


def _same(heard: str, read: str, value: object) -> bool | None:
    """Whether another reading says the same; None where it says nothing of the kind."""
    if isinstance(value, Decimal):
        return same_digits(heard, read)
    if isinstance(value, date):
        days = text.dates(heard)
        return value in days if days else (True if same_day(heard, value) else None)
    return same_words(heard, read) if is_words(value) else same_code(heard, str(value))


def is_words(value: object) -> bool:
    """Whether a value is Chinese text."""
    return isinstance(value, str) and re.search("[一-鿿]", value) is not None


def stands_in_colour(span: Span) -> bool:
    """Whether the untouched colour picture gave the same characters at their place, and no more of them."""
    around = "".join(word.text for word in span.words)
    return stands_alike(span.text, text.fold(around), text.fold(span.colour_text or ""))


def name_sources(document: D, pages: Sequence[ReadPage]) -> D:
    """The document with the text layer named as the source of what was taken from one, not the engine."""
    layers = {page.number for page in pages if page.reading.source is Source.TEXT_LAYER}
    named: D = map_fields(document, lambda field: _from_layer(field) if field.page in layers else field)
    return named


def _from_layer(field: Field[Any]) -> Field[Any]:
    readers = {TEXT_LAYER if name == READER else name: said for name, said in field.readers.items()}
    return field.model_copy(update={"readers": readers})
