"""An amount written digit by digit into the boxes of a bank's form, under 亿千百十万千百十元角分."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from domain.page import ReadPage, Word
from extractors.layout import Span, lines, span_of
from extractors.text import fold
from extractors.values import Place

_PLACE = re.compile(r"[亿千干百十万元角分]")
_LEAST = 6  # headings of places that must have been read
_BELOW = 0.035  # of the page's height: where the digits stand
_OFF = 0.3  # of a box's width: how far from its middle a digit may stand


def read_boxes(pages: Sequence[ReadPage]) -> Place:
    """The digits of the boxes from the first to 分, and their page; (None, 1) where they are not all there."""
    return next((place for page in pages for place in _boxed(page)), (None, 1))


def in_boxes(text: str) -> tuple[Decimal, None] | None:
    """What such digits make: the last two are 角 and 分."""
    return (Decimal(text) / 100, None) if re.fullmatch(r"\d{3,13}", text) else None


def _boxed(page: ReadPage) -> Iterator[Place]:
    for row in lines(page.words):
        places = {fold(word.text): word for word in row.words if _PLACE.fullmatch(fold(word.text))}
        heads = [word for word in row.words if _PLACE.fullmatch(fold(word.text))]
        if len(heads) >= _LEAST and {"元", "角", "分"} <= set(places):
            digits = [word for word in page.words if _is_digit_below(word, heads)]
            span = _in_order(digits, places)
            if span:
                yield span, page.number


def _is_digit_below(word: Word, heads: Sequence[Word]) -> bool:
    low = max(head.box.cy for head in heads)
    within = heads[0].box.x0 - 0.02 < word.box.cx < heads[-1].box.x1 + 0.02
    return within and 0 < word.box.cy - low < _BELOW and bool(re.fullmatch(r"[¥￥]?\d", fold(word.text)))


def _in_order(digits: Sequence[Word], places: dict[str, Word]) -> Span | None:
    """The digits from left to right where each stands under a place of its own, and none is left out."""
    fen, yuan = places["分"].box.cx, places["元"].box.cx
    pitch = (fen - yuan) / 2
    if pitch <= 0 or len(digits) < 3:
        return None
    ordered = sorted(digits, key=lambda word: word.box.cx)
    at = [(fen - word.box.cx) / pitch for word in ordered]
    if [round(place) for place in at] != list(range(len(at) - 1, -1, -1)):
        return None
    return span_of(ordered) if all(abs(place - round(place)) < _OFF for place in at) else None
