"""Critical fields read once more by the second reader, on their own crops of the seal-free page."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from pydantic import TypeAdapter

from domain.document import Document, key_of, values
from domain.field import Field
from domain.page import Box, Page, ReadPage, SecondReading
from extractors import text
from extractors.agreement import same_code, same_digits, same_words
from extractors.crops import Rect, cut, whole
from extractors.engine import ENGINE, Image
from extractors.fields import DIGITS, READER
from extractors.files import PageImage
from extractors.reading import ReadingCache, load_picture
from extractors.second_reader import Crop, Heard, Kind, read_crops, reader_name
from extractors.sheets import as_read
from extractors.understanding import read_documents

_THREADS = 2
_MARGIN, _SNAP = (
    0.15,
    0.4,
)  # of a line's height: paper around a crop, how far its ends may move to a gap between letters
_INK = 0.5  # between the darkest print and the paper
_ONE_LINE = 1.6
_LEAST = 8
_KEPT = TypeAdapter(tuple[SecondReading, ...])


class Wish(NamedTuple):
    """A place that is to be read again, what kind of thing stands there, and what the first reader made of it."""

    page: int
    box: Box
    kind: Kind
    read: str = ""


def read_again(
    pages: Sequence[ReadPage], images: Sequence[PageImage], cache: ReadingCache | None = None
) -> tuple[ReadPage, ...]:
    """The pages with second readings of every critical value that was read on them.

    `images` are the package's, in page order. What was read again before, by the same reader at the same places, is
    taken from the pages themselves or from the cache.
    """
    open_wishes = missing(pages)
    with ThreadPoolExecutor(_THREADS) as threads:
        work = [(page, images[page.number - 1], open_wishes.get(page.number, ())) for page in pages]
        kept = [_recall(cache, page, wishes) for page, _, wishes in work]
        todo = [one for one, known in zip(work, kept, strict=True) if known is None]
        cut_out = list(threads.map(lambda one: _cut_out(*one), todo))
    heard = iter(_hear(todo, cut_out, cache))
    return tuple(
        _add(page, next(heard) if known is None else known) for (page, *_), known in zip(work, kept, strict=True)
    )


def missing(pages: Sequence[ReadPage]) -> dict[int, tuple[Wish, ...]]:
    """What no second reading is there for yet, by page number."""
    pages = [page for page in pages if not page.page.blank]
    known = {(page.number, one.kind, one.box) for page in pages for one in page.reading.second}
    wishes: dict[int, tuple[Wish, ...]] = {}
    for wish in (wish for document in read_documents(pages) for wish in _wishes(document, pages)):
        if (wish.page, wish.kind, wish.box) not in known:
            known.add((wish.page, wish.kind, wish.box))
            wishes[wish.page] = (*wishes.get(wish.page, ()), wish)
    return wishes


# ---- what is to be read again ----------------------------------------------------------------------------------


def _wishes(document: Document, pages: Sequence[ReadPage]) -> Iterator[Wish]:
    for path, field in values(document):
        if key_of(path) in document.CRITICAL and READER in field.readers and field.value is not None:
            wish = _wish(field, pages)
            if wish:
                yield wish


def _wish(field: Field[Any], pages: Sequence[ReadPage]) -> Wish | None:
    """None for what the second reader cannot tell: amounts in words, a name of a closed list."""
    kind, box = kind_of(field), field.figure or field.box
    if kind is None or box is None or field.page is None:
        return None
    page = next(page for page in pages if page.number == field.page)
    tall = kind is Kind.WORDS and _lines_in(box, page) > 1
    return Wish(field.page, Box(*(round(side, 6) for side in box)), Kind.LINES if tall else kind, field.raw)


def kind_of(field: Field[Any]) -> Kind | None:
    """What the second reader is to look for; None for what it cannot tell."""
    if isinstance(field.value, Decimal):
        return Kind.DIGITS if field.figure else None
    if isinstance(field.value, date):
        return Kind.DATE
    if type(field.value) is not str:
        return None
    if re.fullmatch(r"D[AW]\d{3}", field.value):
        return Kind.OUTLET
    return Kind.CODE if re.fullmatch(r"[0-9A-Za-z\-]+", field.value) else Kind.WORDS


def _lines_in(box: Box, page: ReadPage) -> float:
    heights = [word.box.height for word in page.words if word.box.overlap(box) > 0.5]
    return box.height / min(heights) / _ONE_LINE if heights else 0.0


# ---- crops -----------------------------------------------------------------------------------------------------


def _cut_out(page: ReadPage, image: PageImage, wishes: Sequence[Wish]) -> list[Crop]:
    if not wishes:
        return []
    grey = as_read(load_picture(image), page.page).grey
    return [Crop(crop_of(grey, wish.box, wish.kind), wish.kind) for wish in wishes]


def crop_of(grey: Image, box: Box, kind: Kind) -> Image:
    """The value with a little paper around it; a single line's ends lie between letters, not in them."""
    height, width = grey.shape
    x0, y0, x1, y1 = (round(v * side) for v, side in zip(box, (width, height, width, height), strict=True))
    rect = Rect(x0, y0, x1, y1).meet(whole(grey))
    if rect.width < 2 or rect.height < 2:
        return np.full((_LEAST, _LEAST), 255, np.uint8)  # off the page, as text layers place words: nothing is there
    margin = max(2, round(_MARGIN * rect.height))
    if kind in (Kind.WORDS, Kind.LINES):
        return cut(grey, rect.grow(margin, 1))
    reach = max(2, round(_SNAP * rect.height))
    strip = cut(grey, rect.grow(reach, 1))
    inked, right = _inked_columns(strip), min(width, rect.x1 + reach) - rect.x1
    start = _edge(inked, rect.x0 - max(0, rect.x0 - reach), -1, reach // 2)
    end = _edge(inked, len(inked) - 1 - right, 1, reach // 2)
    return strip[:, start : end + 1] if end - start > margin else cut(grey, rect)


def _inked_columns(strip: Image) -> Image:
    dark, paper = float(strip.min()), float(np.percentile(strip, 90))
    threshold = dark + (paper - dark) * _INK
    return np.asarray((strip < threshold).any(axis=0))


def _edge(inked: Image, at: int, outward: int, far: int) -> int:
    """Where a crop ends whose value ends about here: the nearest column without ink, outside if it is not too far.

    Farther outside stands the next letter, that of a unit as a rule.
    """
    free = np.flatnonzero(~inked)
    outside = [int(x) for x in free if 0 <= (x - at) * outward <= far]
    inside = [int(x) for x in free if 0 < (at - x) * outward <= 2 * far]
    if outside:
        return min(outside, key=lambda x: abs(x - at))
    return min(inside, key=lambda x: abs(x - at), default=at)


# ---- what was heard --------------------------------------------------------------------------------------------

Work = tuple[ReadPage, PageImage, Sequence[Wish]]


def _hear(
    todo: Sequence[Work], cut_out: Sequence[Sequence[Crop]], cache: ReadingCache | None
) -> Iterator[tuple[SecondReading, ...]]:
    """All crops of the package read together, and told page by page."""
    wished = [wish for _, _, wishes in todo for wish in wishes]
    heard = iter(_listen(wished, [crop for crops in cut_out for crop in crops]))
    for page, _, wishes in todo:
        told = [(wish, next(heard)) for wish in wishes]
        read = tuple(_reading(wish, *one) for wish, one in told if one is not None)
        if cache is not None and read and len(read) == len(told):
            cache.put(_key(page.page, wishes), _KEPT.dump_json(read).decode())
        yield read


def _listen(wishes: Sequence[Wish], crops: Sequence[Crop]) -> list[Heard | None]:
    """What is read on the crops; in another way where the first way gave something else than the first reader."""
    heard = read_crops(crops)
    unlike = [i for i, one in enumerate(heard) if one is not None and not _alike(wishes[i], one.text)]
    for i, one in zip(unlike, read_crops([crops[i] for i in unlike], otherwise=True), strict=True):
        if one is not None and _alike(wishes[i], one.text):
            heard[i] = one
    return heard


def _alike(wish: Wish, heard: str) -> bool:
    """Whether both readers say the same, as far as the kind of thing tells."""
    if wish.kind is Kind.DATE:
        return bool(text.dates(wish.read)) and set(text.dates(wish.read)) >= set(text.dates(heard)) != set()
    if wish.kind is Kind.DIGITS:
        digits = re.search(DIGITS, text.fold(wish.read))
        return bool(digits and same_digits(heard, digits[0]))
    return bool((same_code if wish.kind in (Kind.CODE, Kind.OUTLET) else same_words)(heard, wish.read))


def _reading(wish: Wish, said: str, confidence: float) -> SecondReading:
    return SecondReading(reader=reader_name(), kind=wish.kind, box=wish.box, text=said, confidence=confidence)


def _recall(cache: ReadingCache | None, page: ReadPage, wishes: Sequence[Wish]) -> tuple[SecondReading, ...] | None:
    kept = cache.get(_key(page.page, wishes)) if cache is not None and wishes else None
    return _KEPT.validate_json(kept) if kept is not None else None


def _key(page: Page, wishes: Iterable[Wish]) -> str:
    places = " ".join(f"{wish.kind}{tuple(wish.box)}" for wish in wishes)
    return hashlib.sha256(f"{page.sha256} {page.dpi} {ENGINE} {reader_name()} {places}".encode()).hexdigest()


def _add(page: ReadPage, read: tuple[SecondReading, ...]) -> ReadPage:
    if not read:
        return page
    reading = page.reading.model_copy(update={"second": page.reading.second + read})
    return page.model_copy(update={"reading": reading})
