"""Pieces of a sheet become words with their places, and words become cells of grids and a reading order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np

from domain.page import Cell, Grid, Word
from extractors.crops import Rect, cut, whole
from extractors.engine import Engine, Image, Reading
from extractors.hidden_ink import HiddenPrint
from extractors.pieces import Piece
from extractors.seals import SealInk
from extractors.sheets import Sheet
from extractors.signs import lone_sign
from extractors.tables import Lattice

_SURE_ENOUGH = 0.5  # outside of tables, what is read with less is a stain, an ornament or a seal's arc
_SIGN_CONFIDENCE = 0.99
_SIGN_MM = 8.0
_SIGN_MARGIN_MM, _TIGHT_MM = 0.8, 1.2
_DASHES = frozenset("_-－–―一ー")  # as which a lone dash is read where noise hides its shape
_UNDER_SEAL = 0.01


class Piecework(NamedTuple):
    """A piece with the word read from it, None where nothing was."""

    piece: Piece
    word: Word | None


def read_pieces(pieces: Sequence[Piece], sheet: Sheet, engine: Engine) -> list[Piecework]:
    """Recognises every piece without the seals, and once more in colour where seal ink lies over it."""
    height, width = sheet.grey.shape
    readings = _readings(pieces, sheet, engine)
    seen = _seen_in_colour(pieces, readings, sheet, engine)
    read = []
    for i, (piece, reading) in enumerate(zip(pieces, readings, strict=True)):
        kept = reading.text and (piece.cell or reading.confidence >= _SURE_ENOUGH)
        read.append(Piecework(piece, _word(piece.rect, reading, seen.get(i), width, height) if kept else None))
    return read


def read_rest(pieces: Sequence[Piece], known: Sequence[Piecework], sheet: Sheet, engine: Engine) -> list[Piecework]:
    """Recognises those pieces that were not read before, in or outside of a cell as they are now."""
    before = {(work.piece.rect, work.piece.cell is None): work.word for work in known}
    fresh = [piece for piece in pieces if (piece.rect, piece.cell is None) not in before]
    before |= {(work.piece.rect, work.piece.cell is None): work.word for work in read_pieces(fresh, sheet, engine)}
    return [Piecework(piece, before[piece.rect, piece.cell is None]) for piece in pieces]


def _word(rect: Rect, reading: Reading, colour_text: str | None, width: int, height: int) -> Word:
    return Word(
        text=reading.text,
        box=rect.box(width, height),
        confidence=round(reading.confidence, 4),
        under_seal=colour_text is not None,
        colour_text=colour_text,
        offsets=reading.offsets if len(reading.offsets) == len(reading.text) else None,
        confidences=reading.confidences if len(reading.confidences) == len(reading.text) else None,
    )


def _readings(pieces: Sequence[Piece], sheet: Sheet, engine: Engine) -> list[Reading]:
    """Lone signs of cells by their shape, all else by the engine."""
    readings: dict[int, Reading] = {}
    for i, piece in enumerate(pieces):
        sign = _sign(piece, sheet) if piece.cell else None
        if sign:
            readings[i] = Reading(sign, _SIGN_CONFIDENCE, (0.0,))
    rest = [i for i in range(len(pieces)) if i not in readings]
    bgr = cv2.cvtColor(sheet.grey, cv2.COLOR_GRAY2BGR)
    for i, reading in zip(rest, engine.recognise([cut(bgr, pieces[i].rect) for i in rest]), strict=True):
        dash = pieces[i].cell is not None and reading.text in _DASHES
        readings[i] = reading._replace(text="—") if dash else reading
    return [readings[i] for i in range(len(pieces))]


def _sign(piece: Piece, sheet: Sheet) -> str | None:
    """The sign of a short piece, with paper around it where a dash or a stroke fills the piece's own rectangle."""
    rect, ruler = piece.rect, sheet.ruler
    if rect.width > _SIGN_MM * ruler:
        return None
    across, down = (round(_SIGN_MARGIN_MM * ruler) if side < _TIGHT_MM * ruler else 0 for side in rect.size)
    return lone_sign(cut(sheet.grey, rect.grow(across, down)), ruler)


def _seen_in_colour(
    pieces: Sequence[Piece], readings: Sequence[Reading], sheet: Sheet, engine: Engine
) -> dict[int, str]:
    sealed = [i for i, piece in enumerate(pieces) if readings[i].text and is_under_seal(piece.rect, sheet.seals)]
    crops = [cut(sheet.colour, pieces[i].rect) for i in sealed]
    return {i: reading.text for i, reading in zip(sealed, engine.recognise(crops), strict=True)}


def is_under_seal(rect: Rect, seals: SealInk) -> bool:
    """Seal ink covers at least 1 % of the rectangle."""
    part = cut(seals.mask, rect)
    return part.size > 0 and float(np.count_nonzero(part)) > _UNDER_SEAL * part.size


def build_grids(tables: Sequence[Lattice], read: Sequence[Piecework], sheet: Sheet) -> tuple[Grid, ...]:
    """The tables with their words in the cells; a cell is inked when it has a piece, read or not, or print that went
    with a seal's ink."""
    own: dict[tuple[int, int], list[Piecework]] = {}
    for work in read:
        if work.piece.cell:
            own.setdefault(work.piece.cell, []).append(work)
    hidden = HiddenPrint(sheet.colour, sheet.seals.mask, sheet.ruler)
    return tuple(_grid(number, table, own, hidden, whole(sheet.grey)) for number, table in enumerate(tables))


def _grid(
    number: int,
    table: Lattice,
    own: Mapping[tuple[int, int], Sequence[Piecework]],
    hidden: HiddenPrint,
    page: Rect,
) -> Grid:
    cells = []
    for index, (row, row_end, col, col_end) in enumerate(table.spans):
        works = own.get((number, index), [])
        words = tuple(work.word for work in works if work.word)
        rect = table.cell((row, row_end, col, col_end))
        words = words or _hidden_sign(rect, hidden, page)
        inked = bool(works or words) or hidden.stands_in(rect)
        box = rect.box(page.width, page.height)
        cells.append(Cell(row=row, row_end=row_end, col=col, col_end=col_end, box=box, words=words, inked=inked))
    box = table.rect.box(page.width, page.height)
    return Grid(box=box, rows=len(table.ys) - 1, cols=len(table.xs) - 1, cells=tuple(cells), ruled=table.ruled)


def _hidden_sign(cell: Rect, hidden: HiddenPrint, page: Rect) -> tuple[Word, ...]:
    """The blank sign of a cell in which a seal's ink left no word, as the picture shows it in red light."""
    sign = hidden.sign_in(cell)
    if sign is None:
        return ()
    box = cell.box(page.width, page.height)
    return (Word(text=sign, box=box, confidence=_SIGN_CONFIDENCE, under_seal=True, colour_text=sign),)


def in_order(read: Iterable[Piecework], grids: Sequence[Grid]) -> tuple[Word, ...]:
    """Lines from top to bottom; a table stands as one block where it begins, cell by cell."""
    blocks = [(line[0].box.cy, line) for line in _lines([w.word for w in read if w.word and not w.piece.cell])]
    blocks += [(grid.box.y0, [word for cell in grid.cells for word in cell.words]) for grid in grids]
    return tuple(word for _, block in sorted(blocks, key=lambda block: block[0]) for word in block)


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.box.cy):
        last = lines[-1][0].box if lines else None
        if last and abs(word.box.cy - last.cy) < 0.5 * min(word.box.height, last.height):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.box.x0) for line in lines]


def pieces_of_layer(words: Sequence[Word], tables: Sequence[Lattice], grey: Image) -> list[Piecework]:
    """The words of a text layer, each put into its cell; a word over a border is cut between its characters."""
    height, width = grey.shape
    read = []
    for word in words:
        for part in _cut_word(word, tables, width, height):
            rect = Rect(
                int(part.box.x0 * width),
                int(part.box.y0 * height),
                round(part.box.x1 * width),
                round(part.box.y1 * height),
            )
            read.append(Piecework(Piece(rect, _cell_at(part, tables, width, height)), part))
    return read


def _cell_at(word: Word, tables: Sequence[Lattice], width: int, height: int) -> tuple[int, int] | None:
    x, y = word.box.cx * width, word.box.cy * height
    for number, table in enumerate(tables):
        for index, span in enumerate(table.spans):
            cell = table.cell(span)
            if cell.x0 <= x < cell.x1 and cell.y0 <= y < cell.y1:
                return number, index
    return None


def _cut_word(word: Word, tables: Sequence[Lattice], width: int, height: int) -> list[Word]:
    """The word, cut where a character's middle falls into another cell than its predecessor's."""
    if not word.offsets or len(word.offsets) != len(word.text):
        return [word]
    edges = [*word.offsets, 1.0]
    chars = [_slice(word, edges, i, i + 1) for i in range(len(word.text))]
    cells = [_cell_at(char, tables, width, height) for char in chars]
    starts = [i for i in range(len(chars)) if i == 0 or cells[i] != cells[i - 1]]
    return [_slice(word, edges, a, b) for a, b in zip(starts, [*starts[1:], len(chars)], strict=True)]


def _slice(word: Word, edges: Sequence[float], start: int, end: int) -> Word:
    """Characters `start` to `end` of a word as a word of their own."""
    left, right = edges[start], max(edges[end], edges[start] + 1e-6)
    box = word.box._replace(x0=word.box.x0 + left * word.box.width, x1=word.box.x0 + right * word.box.width)
    offsets = tuple((edge - left) / (right - left) for edge in edges[start:end])
    return word.model_copy(update={"text": word.text[start:end], "box": box, "offsets": offsets})
