"""Critical fields read once more by the second reader, on their own crops of the seal-free page."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from pydantic import TypeAdapter

from domain.page import Box, Page, ReadPage, SecondReading
from extractors import text
from extractors.agreement import same_code, same_digits, same_words
from extractors.choosing import figure_in
from extractors.comparing import DIGITS
from extractors.crops import Rect, cut, whole
from extractors.engine import ENGINE, Image
from extractors.files import PageImage
from extractors.hidden_ink import in_red_light
from extractors.reading import ReadingCache, load_picture
from extractors.second_reader import Crop, Heard, Kind, read_crops, reader_name
from extractors.sheets import as_read
from extractors.wishes import Wish, missing

_THREADS = 2
_MARGIN, _SNAP = (
    0.15,
    0.4,
)  # of a line's height: paper around a crop, how far its ends may move to a gap between letters
_WIDE = 0.3  # of a line's height: paper around a code of which a crop may have cut off a character; 0.6 read no better
_INK = 0.5  # between the darkest print and the paper
_LEAST = 8
_PALE = 0.8  # of the way from the darkest print to white: 0.8 read 26 of 30 figures under seals, 1 22, 0.55 24
_KEPT = TypeAdapter(tuple[SecondReading, ...])


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


# ---- crops -----------------------------------------------------------------------------------------------------


class _Crops(NamedTuple):
    """Of one wish: the value by itself, all of the text in which it stands, and a code with more paper around it."""

    own: Crop
    around: Crop | None
    wide: Crop | None = None


def _cut_out(page: ReadPage, image: PageImage, wishes: Sequence[Wish]) -> list[_Crops]:
    if not wishes:
        return []
    sheet = as_read(load_picture(image), page.page)
    red = in_red_light(sheet.colour) if any(wish.red for wish in wishes) else sheet.grey
    return [_crops(red if wish.red else sheet.grey, wish) for wish in wishes]


def _crops(picture: Image, wish: Wish) -> _Crops:
    seen = crop_of(picture, wish.view or wish.box, wish.kind)
    own = Crop(_without_pale(seen) if wish.red else seen, wish.kind)
    if wish.kind is Kind.CODE and not wish.red:
        return _Crops(own, None, crop_widely(picture, wish.box))
    if wish.around is None:
        return _Crops(own, None)
    return _Crops(own, Crop(crop_of(picture, wish.around[1], Kind.WORDS), Kind.WORDS))


def crop_widely(picture: Image, box: Box) -> Crop | None:
    """A code with so much paper that no first or last character is missing whose edge was told too far inside; None
    for a place off the page."""
    height, width = picture.shape
    x0, y0, x1, y1 = (round(v * side) for v, side in zip(box, (width, height, width, height), strict=True))
    rect = Rect(x0, y0, x1, y1).meet(whole(picture))
    if rect.width < 2 or rect.height < 2:
        return None
    return Crop(cut(picture, rect.grow(max(2, round(_WIDE * rect.height)), 1)), Kind.CODE)


def _without_pale(crop: Image) -> Image:
    """What is nearer to paper than to the darkest print becomes paper, the palest of it altogether."""
    dark = float(np.percentile(crop, 1))
    return np.asarray(np.clip((crop - dark) / max(1.0, _PALE * (255 - dark)) * 255, 0, 255).astype(np.uint8))


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
    todo: Sequence[Work], cut_out: Sequence[Sequence[_Crops]], cache: ReadingCache | None
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


def _listen(wishes: Sequence[Wish], crops: Sequence[_Crops]) -> list[Heard | None]:
    """What is read on the crops; in another way where the first way gave something else than the first reader, at last
    with the text around it, or the paper, of which no end of the value can be cut off."""
    heard = read_crops([crop.own for crop in crops])
    for i, one in _otherwise(wishes, crops, heard):
        heard[i] = one
    for i, one in _with_the_text_around(wishes, crops, heard):
        heard[i] = one
    for i, one in _with_more_paper(wishes, crops, heard):
        heard[i] = one
    return heard


def _otherwise(
    wishes: Sequence[Wish], crops: Sequence[_Crops], heard: Sequence[Heard | None]
) -> Iterator[tuple[int, Heard]]:
    unlike = _unlike(wishes, heard)
    for i, one in zip(unlike, read_crops([crops[i].own for i in unlike], otherwise=True), strict=True):
        if one is not None and _alike(wishes[i], one.text):
            yield i, one


def _with_the_text_around(
    wishes: Sequence[Wish], crops: Sequence[_Crops], heard: Sequence[Heard | None]
) -> Iterator[tuple[int, Heard]]:
    unlike = [(i, around) for i in _unlike(wishes, heard) if (around := crops[i].around) is not None]
    for (i, _), one in zip(unlike, read_crops([around for _, around in unlike]), strict=True):
        wish = wishes[i]
        figure = figure_in(one.text, wish.around[0]) if one is not None and wish.around else None
        if one is not None and figure is not None and _alike(wish, figure.printed):
            yield i, Heard(figure.printed, one.confidence)


def _with_more_paper(
    wishes: Sequence[Wish], crops: Sequence[_Crops], heard: Sequence[Heard | None]
) -> Iterator[tuple[int, Heard]]:
    unlike = [(i, wide) for i in _unlike(wishes, heard) if (wide := crops[i].wide) is not None]
    for (i, _), one in zip(unlike, read_crops([wide for _, wide in unlike]), strict=True):
        if one is not None and _alike(wishes[i], one.text):
            yield i, one


def _unlike(wishes: Sequence[Wish], heard: Sequence[Heard | None]) -> list[int]:
    return [i for i, one in enumerate(heard) if one is not None and not _alike(wishes[i], one.text)]


def _alike(wish: Wish, heard: str) -> bool:
    """Whether both readers say the same, as far as the kind of thing tells."""
    if wish.kind is Kind.DATE:
        return bool(text.dates(wish.read)) and set(text.dates(wish.read)) >= set(text.dates(heard)) != set()
    if wish.kind is Kind.DIGITS:
        digits = re.search(DIGITS, text.fold(wish.read))
        return bool(digits and same_digits(heard, digits[0]))
    return bool((same_code if wish.kind in (Kind.CODE, Kind.OUTLET) else same_words)(heard, wish.read))


def _reading(wish: Wish, said: str, confidence: float) -> SecondReading:
    return SecondReading(reader=reader_name(wish.red), kind=wish.kind, box=wish.box, text=said, confidence=confidence)


def _recall(cache: ReadingCache | None, page: ReadPage, wishes: Sequence[Wish]) -> tuple[SecondReading, ...] | None:
    kept = cache.get(_key(page.page, wishes)) if cache is not None and wishes else None
    return _KEPT.validate_json(kept) if kept is not None else None


def _key(page: Page, wishes: Iterable[Wish]) -> str:
    places = " ".join(f"{wish.kind}{tuple(wish.box)}{'red' * wish.red}" for wish in wishes)
    return hashlib.sha256(f"{page.sha256} {page.dpi} {ENGINE} {reader_name()} {places}".encode()).hexdigest()


def _add(page: ReadPage, read: tuple[SecondReading, ...]) -> ReadPage:
    if not read:
        return page
    reading = page.reading.model_copy(update={"second": page.reading.second + read})
    return page.model_copy(update={"reading": reading})
