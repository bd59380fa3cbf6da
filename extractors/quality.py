"""How well a page can be read: its resolution, how sharp and how dark its print is, and what of it is cut off."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from domain.page import Quality
from extractors.crops import Rect, cut
from extractors.engine import Image
from extractors.margins import cut_sides
from extractors.sheets import Sheet
from extractors.words import Piecework, is_under_seal

_A4_INCHES = 297 / 25.4
_CRISP = (
    12.0  # borders of ink that fit into a letter's height: 7–14 on office scans at 200 dpi, 2–4 where none can read
)
_READ = 0.8  # confidence of a word, on average over its characters
_ENOUGH = 12  # letters by which a page is judged; fewer say little of it
_MOST, _WIDEST = 36, 6  # pieces looked at, and of each so many heights: all the print of a page is of one kind
_PRINT, _STRAY = 1.6, 0.5  # of the usual height of a line: beyond these it is no print that someone must read
_STROKE, _COVERED = 0.5, 0.8  # of a line's height, of a piece's own area
_PALE, _HIGH = 0.55, 2.2  # of the darkness and of the height of most print
_TILE_MM = 5.0
_FAINT = 10  # darker than the paper by as much is ink, or what shines through


class Print(NamedTuple):
    """A piece of print: its rectangle, and the letters that stand or should stand in it."""

    rect: Rect
    letters: int


class Look(NamedTuple):
    """How one piece looks: how many borders of ink fit into its letters' height, and how dark it is (0–1)."""

    fineness: float
    contrast: float
    letters: int


def measure(sheet: Sheet, read: Sequence[Piecework], dpi: float | None) -> Quality:
    """The quality of an upright page and what was read on it.

    `dpi` is what the file says, else what an A4 sheet of these pixels would have. A file may say 300 for a picture
    that was made larger: sharpness, which is measured against the letters and not against the file's word, falls then.
    """
    clear = [work for work in read if not is_under_seal(work.piece.rect, sheet.seals)]
    pieces = _without_marks(sheet.grey, _without_strokes(clear))
    prints = _printed(pieces) or _printed(_without_marks(sheet.grey, _without_strokes(read))) or _tiles(sheet)
    looks = list(_looks(sheet.grey, prints))
    fineness = _quantile([(look.fineness, look.letters) for look in looks], 0.25, _CRISP)
    return Quality(
        dpi=round(dpi or max(sheet.grey.shape) / _A4_INCHES, 1),
        sharpness=round(min(1.0, fineness / _CRISP), 3),
        contrast=round(_quantile([(look.contrast, look.letters) for look in looks], 0.5, 1.0), 3),
        legible=round(_legible(pieces), 3),
        cut=cut_sides(sheet, [work.piece.rect for work in pieces]),
    )


def _quantile(weighed: Sequence[tuple[float, int]], share: float, default: float) -> float:
    """The value below which that share of the letters lies."""
    if not weighed:
        return default
    ordered = sorted(weighed)
    heaped = np.cumsum([letters for _, letters in ordered])
    return ordered[int(np.searchsorted(heaped, share * heaped[-1]))][0]


# ---- what is print ---------------------------------------------------------------------------------------------


def _without_marks(grey: Image, pieces: Sequence[Piecework]) -> list[Piecework]:
    """The pieces that are about as dark and as high as the print: watermarks are pale and set large."""
    inks = [_ink(cut(grey, work.piece.rect)) for work in pieces]
    usual = _quantile([(ink, 1) for ink in inks], 0.9, 0.0)
    dark = [work for ink, work in zip(inks, pieces, strict=True) if ink >= _PALE * usual]
    high = _quantile([(min(work.piece.rect.size), 1) for work in dark], 0.5, 0.0)
    return [work for work in dark if min(work.piece.rect.size) <= _HIGH * high]


def _without_strokes(pieces: Sequence[Piecework]) -> list[Piecework]:
    """The pieces without those inside another one that was read with confidence: strokes of its large letters, which
    were taken for the lines and the print of a table."""
    lines = [work.piece.rect for work in pieces if work.word and work.word.confidence >= _READ]
    return [work for work in pieces if not any(_is_within(work.piece.rect, line) for line in lines)]


def _is_within(rect: Rect, line: Rect) -> bool:
    return rect.height < _STROKE * line.height and rect.meet(line).area > _COVERED * rect.area


def _letters(work: Piecework) -> int:
    """The letters of a piece; of one that was not read as many squares as fit into it."""
    rect = work.piece.rect
    return len(work.word.text) if work.word else max(1, round(max(rect.size) / max(1, min(rect.size))))


def _printed(pieces: Sequence[Piecework]) -> list[Print]:
    """Pieces with words in them; none where too little was read to tell the print from stains.

    A lone sign (`/`, `—`, `1`) has borders in one direction only and is left out.
    """
    words = (work for work in pieces if work.word and sum(map(str.isalnum, work.word.text)) > 1)
    found = [Print(work.piece.rect, _letters(work)) for work in words]
    enough = sum(print_.letters for print_ in found) >= _ENOUGH
    return [_head(print_) for print_ in _some(found)] if enough else []


def _some(prints: Sequence[Print]) -> Sequence[Print]:
    """So many of them, from all parts of the page."""
    return prints[:: len(prints) // _MOST + 1]


def _head(print_: Print) -> Print:
    x0, y0, x1, y1 = print_.rect
    return print_._replace(rect=Rect(x0, y0, min(x1, x0 + _WIDEST * (y1 - y0)), y1))


def _tiles(sheet: Sheet) -> Sequence[Print]:
    """Squares of a page on which (almost) nothing was read, those with ink in them, however faint."""
    side = max(1, round(_TILE_MM * sheet.ruler))  # of a picture of some dots too
    height, width = sheet.grey.shape
    places = ((x, y) for y in range(side, height - 2 * side, side) for x in range(side, width - 2 * side, side))
    squares = (Rect(x, y, x + side, y + side) for x, y in places)
    return _some([Print(square, 1) for square in squares if _is_inked(cut(sheet.grey, square))])


def _is_inked(part: Image) -> bool:
    return bool(part.size) and float(part.mean()) - float(part.min()) > _FAINT


# ---- how it looks ----------------------------------------------------------------------------------------------


def _looks(grey: Image, prints: Sequence[Print]) -> Iterator[Look]:
    for rect, letters in prints:
        part = cut(grey, rect)
        if min(part.shape) > 2:
            ink = _ink(part)
            steep = _steepness(part.astype(np.float32))
            yield Look(min(rect.size) * steep / max(ink, 1.0), ink / 255, letters)


def _ink(part: Image) -> float:
    """How much darker than the paper the ink is."""
    return float(_at(part, 0.9)) - float(_at(part, 0.02)) if part.size else 0.0


def _steepness(part: NDArray[np.float32]) -> float:
    """Grey levels per pixel at the borders of ink, in the direction in which they are least steep.

    A page that was moved while it was scanned is smeared in one direction and crisp in the other.
    """
    across, down = (cv2.Sobel(part, -1, dx, 1 - dx, ksize=3) / 8 for dx in (1, 0))
    ways = (across, down, (across + down) / np.sqrt(2), (across - down) / np.sqrt(2))
    return min(float(_at(np.abs(way), 0.95)) for way in ways)


def _at(values: NDArray[np.generic], share: float) -> np.generic:
    """The value below which that share lies."""
    place = int(share * (values.size - 1))
    found: np.generic = np.partition(values, place, axis=None)[place]
    return found


# ---- what was read ---------------------------------------------------------------------------------------------


def _legible(pieces: Sequence[Piecework]) -> float:
    """The share of letters in words that were read with confidence; 1 where nothing looks like print.

    Lone signs are left out: cell after cell of a crisp table may hold a stroke that is read as `/`, `1` or not at all.
    """
    heights = [min(work.piece.rect.size) for work in pieces if work.word]
    usual = float(np.median(heights)) if heights else 0.0
    told = [(work, _letters(work)) for work in pieces if _is_read(work) or _is_print(work.piece.rect, usual)]
    letters = sum(count for _, count in told if count > 1)
    read = sum(count for work, count in told if count > 1 and _is_read(work))
    return read / letters if letters else 1.0


def _is_read(work: Piecework) -> bool:
    return work.word is not None and work.word.confidence >= _READ


def _is_print(rect: Rect, usual: float) -> bool:
    """Whether a piece that was not read for sure is of the height of the lines around it: no stain, no QR code, and no
    slip along the feet of a line's letters."""
    return usual == 0 or _STRAY * usual <= min(rect.size) <= _PRINT * usual
