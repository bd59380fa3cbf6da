"""Parts of the reading that can be left out, to measure what each of them brings."""

from collections.abc import Iterator, Sequence, Set
from enum import StrEnum
from typing import Any

from domain.document import Document, map_fields
from domain.field import Field, Status
from domain.page import Grid, PageReading, ReadPage, SecondReading, Word


class Part(StrEnum):
    """What may be left out.

    `second_reader` what another engine read, `seal_ink` the reading with the seals taken out (words under them are then
    as the colour picture gave them, and nobody read them again: the second reader has no other picture), `other_papers`
    the vouching between papers, `certainty` every doubt (whatever was read counts as certain), `seal_text` what seals
    say.
    """

    SECOND_READER = "second_reader"
    SEAL_INK = "seal_ink"
    OTHER_PAPERS = "other_papers"
    CERTAINTY = "certainty"
    SEAL_TEXT = "seal_text"


WHOLE: frozenset[Part] = frozenset()


def leave_out(pages: Sequence[ReadPage], without: Set[Part]) -> list[ReadPage]:
    """The pages as they would have been read without these parts; nothing is read again."""
    return [_leave_out(page, without) for page in pages] if without else list(pages)


def _leave_out(page: ReadPage, without: Set[Part]) -> ReadPage:
    reading, change = page.reading, dict[str, Any]()
    if Part.SEAL_INK in without:
        change["words"] = _in_colour(reading.words)
        change["grids"] = tuple(map(_grid_in_colour, reading.grids))
        change["second"] = tuple(_in_the_open(reading))
    if Part.SECOND_READER in without:
        change["second"] = ()
    if Part.SEAL_TEXT in without:
        change["seals"] = tuple(s.model_copy(update={"text": "", "confidence": 0.0}) for s in reading.seals)
    return page.model_copy(update={"reading": reading.model_copy(update=change)}) if change else page


def _in_colour(words: Sequence[Word]) -> tuple[Word, ...]:
    """Without the words of which the untouched picture gave nothing."""
    return tuple(_as_in_colour(word) for word in words if word.colour_text != "")


def _as_in_colour(word: Word) -> Word:
    """The word as the untouched picture gave it; where its letters stand and how sure each was, nobody knows."""
    if word.colour_text is None or word.colour_text == word.text:
        return word
    changed = {"text": word.colour_text, "offsets": None, "confidences": None}
    return word.model_copy(update=changed)


def _grid_in_colour(grid: Grid) -> Grid:
    cells = (cell.model_copy(update={"words": _in_colour(cell.words)}) for cell in grid.cells)
    return grid.model_copy(update={"cells": tuple(cells)})


def _in_the_open(reading: PageReading) -> Iterator[SecondReading]:
    """Second readings of places that no seal covers."""
    covered = [word.box for word in reading.words if word.under_seal]
    for grid in reading.grids:
        covered += [word.box for cell in grid.cells for word in cell.words if word.under_seal]
    for second in reading.second:
        if not any(second.box.overlap(box) > 0 for box in covered):
            yield second


def without_doubt(documents: Sequence[Document]) -> list[Document]:
    """The documents with every value that was read called certain."""
    return [map_fields(document, _sure) for document in documents]


def _sure(field: Field[Any]) -> Field[Any]:
    read = field.status is Status.UNSURE and field.value is not None
    return field.model_copy(update={"status": Status.CERTAIN}) if read else field
