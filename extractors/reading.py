"""A page picture becomes an upright page with its words, tables and seals."""

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from domain.page import Page, PageReading, ReadPage, Source, Word
from extractors.engine import ENGINE, Engine, load_engine
from extractors.files import PageImage
from extractors.likeness import picture_hash
from extractors.pieces import cut_pieces, text_ink
from extractors.quality import measure
from extractors.readers import read_in_order
from extractors.rulings import find_rulings
from extractors.seal_rows import SealText
from extractors.seal_text import read_seal_texts
from extractors.seals import seal_records
from extractors.sheets import Sheet, as_it_lies, load_picture, set_upright
from extractors.tables import Lattice, find_tables
from extractors.unruled import complete
from extractors.words import Piecework, build_grids, in_order, pieces_of_layer, read_pieces, read_rest

__all__ = ["ENGINE", "ReadingCache", "load_picture", "read_page", "read_pages"]


class ReadingCache(Protocol):
    """Keeps readings by key, so that no page is ever read twice by the same engine."""

    def get(self, key: str) -> str | None: ...

    def put(self, key: str, json: str) -> None: ...


def read_page(image: PageImage, number: int, threads: int | None = None) -> ReadPage:
    """Reads one page: turned upright, seals set apart, words recognised and put into the cells of ruled tables.

    `number` is the page's 1-based number in the package, `threads` how many the engine may use (default: all cores).
    A true text layer is taken as it is; then only tables and seals come from the picture.
    """
    picture = load_picture(image)
    if image.words is not None:
        sheet = as_it_lies(picture, image.dpi)
        tables, read = _put_layer(image.words, sheet)
        return _record(image, number, sheet, read, tables)
    engine = load_engine(threads or os.cpu_count() or 1)
    with engine.lock:
        sheet = set_upright(picture, image.dpi, engine)
        tables, read = _read_sheet(sheet, engine)
        texts = read_seal_texts(sheet.colour, sheet.seals, engine)
        return _record(image, number, sheet, read, tables, texts)


def _read_sheet(sheet: Sheet, engine: Engine) -> tuple[list[Lattice], list[Piecework]]:
    """The sheet's tables and words: those without all their lines are told by the words, and their cells read again."""
    rulings = find_rulings(sheet.grey, sheet.ruler)
    ruled = find_tables(rulings, sheet.ruler, sheet.seals.mask)
    ink = text_ink(rulings)
    first = read_pieces(cut_pieces(sheet.quads, ruled, ink, sheet.ruler), sheet, engine)
    tables = complete(ruled, first, rulings, sheet.ruler)
    if all(table.ruled for table in tables):
        return tables, first
    return tables, read_rest(cut_pieces(sheet.quads, tables, ink, sheet.ruler), first, sheet, engine)


def _put_layer(words: Sequence[Word], sheet: Sheet) -> tuple[list[Lattice], list[Piecework]]:
    """The tables of a sheet and the words of its text layer in their cells."""
    rulings = find_rulings(sheet.grey, sheet.ruler)
    ruled = find_tables(rulings, sheet.ruler, sheet.seals.mask)
    tables = complete(ruled, pieces_of_layer(words, ruled, sheet.grey), rulings, sheet.ruler)
    return tables, pieces_of_layer(words, tables, sheet.grey)


def _record(
    image: PageImage,
    number: int,
    sheet: Sheet,
    read: Sequence[Piecework],
    tables: Sequence[Lattice],
    seal_texts: Sequence[SealText] = (),
) -> ReadPage:
    height, width = sheet.grey.shape
    sha256 = hash_page(image)
    grids = build_grids(tables, read, sheet)
    reading = PageReading(
        sha256=sha256,
        engine=ENGINE,
        source=Source.OCR if image.words is None else Source.TEXT_LAYER,
        words=in_order(read, grids),
        grids=grids,
        seals=seal_records(sheet.seals, width, height, seal_texts, sheet.ruler if image.dpi else None),
        picture=picture_hash(sheet.grey),
    )
    page = Page(
        number=number,
        file=image.file,
        index=image.index,
        sha256=sha256,
        width=width,
        height=height,
        dpi=image.dpi,
        turned=sheet.turned,
        skew=sheet.skew,
        flat=sheet.flat,
        colour=sheet.coloured,
        colour_space=image.colour_space,
        blank=not (reading.words or reading.seals or grids),
        quality=measure(sheet, read, image.dpi),
    )
    return ReadPage(page=page, reading=reading)


def hash_page(image: PageImage) -> str:
    """SHA-256 of the page picture's file: with `turned` and `skew` it names the upright picture."""
    return hashlib.sha256(image.path.read_bytes()).hexdigest()


def read_pages(
    images: Sequence[PageImage],
    workers: int = 1,
    cache: ReadingCache | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Iterator[ReadPage]:
    """The pages read, in their order; one process per worker, each with its own models, `1` reads in this process.

    `progress` is told how many of how many pages are done. A page whose reader dies raises IntakeError PAGE_UNREADABLE
    in its turn, one that takes too long TIMEOUT.
    """
    keys = [page_key(image) for image in images] if cache else []
    kept = {i: _recall(cache, key, i + 1, images[i]) for i, key in enumerate(keys)} if cache else {}
    todo = [(image, i + 1) for i, image in enumerate(images) if kept.get(i) is None]
    fresh = read_in_order(todo, workers) if workers > 1 else (read_page(image, number) for image, number in todo)
    for i in range(len(images)):
        page = kept.get(i)
        if page is None:
            page = next(fresh)
            if cache:
                cache.put(keys[i], page.model_dump_json())
        if progress:
            progress(i + 1, len(images))
        yield page


def page_key(image: PageImage) -> str:
    """Under which a page's reading is kept: picture, resolution, text layer and engine."""
    layer = [word.model_dump_json() for word in image.words] if image.words is not None else None
    whole = f"{hash_page(image)} {image.dpi} {layer} {ENGINE}"
    return hashlib.sha256(whole.encode()).hexdigest()


def _recall(cache: ReadingCache, key: str, number: int, image: PageImage) -> ReadPage | None:
    """What was read before, under its number and file of today."""
    json = cache.get(key)
    if json is None:
        return None
    kept = ReadPage.model_validate_json(json)
    page = kept.page.model_copy(update={"number": number, "file": image.file, "index": image.index})
    return kept.model_copy(update={"page": page})
