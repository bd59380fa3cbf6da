"""Print that was read twice, once within a longer run over several cells, counted once."""

import re
from collections.abc import Sequence

from domain.page import Box, Cell, Grid, ReadPage, Word
from extractors.layout import lines
from extractors.text import fold

_WITHIN = 0.75  # of a word's own area: then it lies in the longer one
_WIDTHS = 0.55  # of a Chinese character: any other


def read_once(pages: Sequence[ReadPage]) -> list[ReadPage]:
    """The pages without what a longer word says again of the words that lie in it.

    A longer word keeps what only it says (户名 of 户名某公司 where 某公司 was read by itself); scraps within a longer
    word that was read with more confidence, and of which it says nothing, are dropped.
    """
    return [_once(page) for page in pages]


def _once(page: ReadPage) -> ReadPage:
    scraps = {word: inner for word in page.words if (inner := _scraps(word, page.words))}
    told = ((word, _without_inner(word, page.words)) for word in page.words if word not in scraps)
    changed = {word: rest for word, rest in told if rest != (word,)}
    changed |= dict.fromkeys((one for inner in scraps.values() for one in inner), ())
    if not changed:
        return page
    words = tuple(part for word in page.words for part in changed.get(word, (word,)))
    grids = [_with_words(grid, changed) for grid in page.reading.grids]
    left = tuple(grid for grid in grids if any(cell.words for cell in grid.cells) or grid in page.reading.grids)
    return page.model_copy(update={"reading": page.reading.model_copy(update={"words": words, "grids": left})})


def _inner(word: Word, words: Sequence[Word]) -> list[Word]:
    """The words that lie in another one, from left to right."""
    near = (other for other in words if other is not word and other.box.width < 0.9 * word.box.width)
    return sorted((other for other in near if other.box.overlap(word.box) > _WITHIN), key=lambda one: one.box.x0)


def _without_inner(word: Word, words: Sequence[Word]) -> tuple[Word, ...]:
    """The word, or what is left of it once all that was read by itself within is taken out."""
    said = "".join(fold(char) or " " for char in word.text)
    inner = [one for one in _inner(word, words) if len(fold(one.text)) > 1]
    kept: list[tuple[int, int]] = []
    start = 0
    for one in inner:
        match = re.compile(r" *".join(map(re.escape, fold(one.text)))).search(said, start)
        if match:
            kept.append((start, match.start()))
            start = match.end()
    rest = [*kept, (start, len(word.text))] if kept else []
    return tuple(_part(word, a, b) for a, b in rest if fold(word.text[a:b])) if kept else (word,)


def _part(word: Word, start: int, end: int) -> Word:
    """Some characters of a word as a word of their own, where they stand by typical widths."""
    widths = [1.0 if ord(char) > 0x2E7F else _WIDTHS for char in word.text]
    x0, x1 = (word.box.x0 + word.box.width * sum(widths[:n]) / sum(widths) for n in (start, end))
    sure = word.confidences[start:end] if word.confidences and len(word.confidences) == len(word.text) else None
    box = Box(x0, word.box.y0, x1, word.box.y1)
    return word.model_copy(
        update={"text": word.text[start:end], "box": box, "colour_text": None, "offsets": None, "confidences": sure}
    )


def _scraps(word: Word, words: Sequence[Word]) -> list[Word]:
    """What lies in a word that most of it says nothing of, read less surely: strokes of the word's own print."""
    inner, said = _inner(word, words), fold(word.text)
    strange = [one for one in inner if len(fold(one.text)) == 1 or fold(one.text) not in said]
    unsure = [one for one in inner if one.confidence < word.confidence]
    return inner if len(strange) > 3 and len(strange) >= 0.6 * len(inner) and len(unsure) >= 0.3 * len(inner) else []


def _with_words(grid: Grid, changed: dict[Word, tuple[Word, ...]]) -> Grid:
    """The grid with changed words, each part in the cell where it stands."""
    if not any(word in changed for cell in grid.cells for word in cell.words):
        return grid
    parts = [part for cell in grid.cells for word in cell.words for part in changed.get(word, ()) if word in changed]
    cells = [_cell(cell, changed, parts) for cell in grid.cells]
    return grid.model_copy(update={"cells": tuple(cells)})


def _cell(cell: Cell, changed: dict[Word, tuple[Word, ...]], parts: Sequence[Word]) -> Cell:
    own = [part for part in parts if _holds(cell.box, part.box)]
    words = [word for word in cell.words if word not in changed]
    ordered = [word for line in lines([*words, *own]) for word in line.words]
    return cell.model_copy(update={"words": tuple(ordered)})


def _holds(box: Box, part: Box) -> bool:
    return box.x0 <= part.cx < box.x1 and box.y0 <= part.cy < box.y1
