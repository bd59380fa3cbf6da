"""A page picture becomes an upright page with its words, tables and seals."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol

import cv2
import numpy as np
from PIL import Image as Pictures

from domain.page import Cell, Grid, Page, PageReading, ReadPage, Source, Word
from extractors.crops import Rect, cut
from extractors.engine import ENGINE, Engine, Image, Quads, load_engine
from extractors.files import PageImage
from extractors.pieces import Piece, cut_pieces, text_ink
from extractors.rulings import find_rulings
from extractors.seals import SealInk, balance, find_red, pixels_per_mm, seal_records, suppress
from extractors.signs import lone_sign
from extractors.tables import Lattice, find_tables
from extractors.upright import quarter_of, skew_of, straighten, turn

__all__ = ["ENGINE", "ReadingCache", "read_page", "read_pages"]


class Sheet(NamedTuple):
    """An upright page in pixels: colours as they are, grey without seals, and how it was turned."""

    colour: Image
    grey: Image
    ink: SealInk
    ruler: float
    turned: int
    skew: float


class ReadingCache(Protocol):
    """Keeps readings by key, so that no page is ever read twice by the same engine."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, json: str) -> None: ...


def read_pages(
    images: Sequence[PageImage],
    workers: int = 1,
    cache: ReadingCache | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[ReadPage]:
    """The pages read, in their order."""
    for number, image in enumerate(images, 1):
        yield read_page(image, number)
        if progress:
            progress(number, len(images))


def read_page(image: PageImage, number: int, threads: int | None = None) -> ReadPage:
    """Reads one page: turned upright, seals set apart, words recognised and put into the cells of ruled tables."""
    picture = load_picture(image)
    engine = load_engine(threads or os.cpu_count() or 1)
    sheet, quads = _set_upright(picture, image.dpi, engine)
    rulings = find_rulings(sheet.grey, sheet.ruler)
    tables = find_tables(rulings, sheet.ruler)
    ink = text_ink(rulings)
    pieces = cut_pieces(quads, tables, ink, sheet.ruler)
    words = _recognise(pieces, sheet, engine)
    height, width = sheet.grey.shape
    sha = hashlib.sha256(image.path.read_bytes()).hexdigest()
    grids = tuple(_grid(n, table, pieces, words, ink, sheet) for n, table in enumerate(tables))
    reading = PageReading(
        sha256=sha,
        engine=ENGINE,
        source=Source.OCR,
        words=_in_order(pieces, words, grids),
        grids=grids,
        seals=seal_records(sheet.ink, width, height),
    )
    page = Page(
        number=number, file=image.file, index=image.index, sha256=sha, width=width, height=height, dpi=image.dpi,
        turned=sheet.turned, skew=sheet.skew, colour=bool(sheet.ink.seals), colour_space=image.colour_space,
        blank=not reading.words and not reading.seals,
    )  # fmt: skip
    return ReadPage(page=page, reading=reading)


def load_picture(image: PageImage) -> Image:
    """The page picture as BGR; it was decoded and found sound when it was rendered."""
    with Pictures.open(image.path) as file:
        return np.ascontiguousarray(np.asarray(file.convert("RGB"), np.uint8)[:, :, ::-1])


def _set_upright(picture: Image, dpi: float | None, engine: Engine) -> tuple[Sheet, Quads]:
    balanced = balance(picture)
    ruler = pixels_per_mm(picture, dpi)
    ink = find_red(balanced, ruler)
    grey = suppress(balanced, ink)
    skew = skew_of(grey)
    colour, grey = straighten(picture, skew), straighten(grey, skew)
    quads = engine.detect(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    turned = quarter_of(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), quads, engine)
    if turned:
        colour, grey = turn(colour, turned), turn(grey, turned)
        quads = engine.detect(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    if turned or skew:
        ink = find_red(balance(colour), ruler)
    return Sheet(colour, grey, ink, ruler, turned, skew), quads


def _recognise(pieces: Sequence[Piece], sheet: Sheet, engine: Engine) -> list[Word | None]:
    bgr = cv2.cvtColor(sheet.grey, cv2.COLOR_GRAY2BGR)
    readings = engine.recognise([cut(bgr, piece.rect) for piece in pieces])
    for i, piece in enumerate(pieces):
        sign = lone_sign(cut(sheet.grey, piece.rect), sheet.ruler) if piece.cell else None
        if sign:
            readings[i] = Reading(sign, 1.0, ())
    sealed = [i for i, piece in enumerate(pieces) if readings[i].text and _under_seal(piece.rect, sheet.ink)]
    colours = engine.recognise([cut(sheet.colour, pieces[i].rect) for i in sealed])
    seen = {i: reading.text for i, reading in zip(sealed, colours, strict=True)}
    height, width = sheet.grey.shape
    return [
        Word(
            text=reading.text,
            box=piece.rect.box(width, height),
            confidence=round(reading.confidence, 4),
            under_seal=i in seen,
            colour_text=seen.get(i),
            offsets=reading.offsets if len(reading.offsets) == len(reading.text) else None,
        )
        if reading.text
        else None
        for i, (piece, reading) in enumerate(zip(pieces, readings, strict=True))
    ]


def _under_seal(rect: Rect, ink: SealInk) -> bool:
    return float(cut(ink.mask, rect).mean()) > 255 * 0.01


def _grid(
    number: int, table: Lattice, pieces: Sequence[Piece], words: Sequence[Word | None], ink: Image, sheet: Sheet
) -> Grid:
    height, width = sheet.grey.shape
    cells = []
    for index, span in enumerate(table.spans):
        own = [i for i, piece in enumerate(pieces) if piece.cell == (number, index)]
        read = tuple(word for i in own if (word := words[i]) is not None)
        row, row_end, col, col_end = span
        cells.append(
            Cell(
                row=row,
                row_end=row_end,
                col=col,
                col_end=col_end,
                box=table.cell(span).box(width, height),
                words=read,
                inked=bool(own),
            )
        )
    return Grid(box=table.rect.box(width, height), rows=len(table.ys) - 1, cols=len(table.xs) - 1, cells=tuple(cells))


def _in_order(pieces: Sequence[Piece], words: Sequence[Word | None], grids: Sequence[Grid]) -> tuple[Word, ...]:
    """Lines from top to bottom; a table stands as one block where it begins, cell by cell."""
    free = [word for piece, word in zip(pieces, words, strict=True) if piece.cell is None and word]
    blocks = [(line[0].box.cy, line) for line in _lines(free)]
    blocks += [(grid.box.y0, [word for cell in grid.cells for word in cell.words]) for grid in grids]
    return tuple(word for _, block in sorted(blocks, key=lambda b: b[0]) for word in block)


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.box.cy):
        last = lines[-1][0].box if lines else None
        if last and abs(word.box.cy - last.cy) < 0.5 * min(word.box.height, last.height):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.box.x0) for line in lines]
