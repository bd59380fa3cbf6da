"""Where account numbers stand or may stand on a page: read as one, looking like one, or announced by a label."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from domain.page import Box, PageReading
from extractors.layout import Glyph, Line, Span, lines
from review.fields import is_surely_code, walk_fields
from review.masking import LEAST, WITH_ACCOUNTS, is_account, is_credit_code, may_be_account, plain

WHOLE = Box(0.0, 0.0, 1.0, 1.0)
_LABEL = re.compile(r"(?:[账帐]|卡)号(?:码)?|银行[账帐]户(?!名)|[账帐]户(?=:?\d)")
_PROSE = re.compile(r"(?![:：为是=]|\W*$)[一-鿿]")  # 账号变更…: a word of a sentence, nothing stands behind it
_ALIKE = str.maketrans("OoQDlIiSsBZz|", "0000111558221")
_DIGITS = re.compile(r"[0-9OoQDlIiSsBZz|*.-]{2,}")
_RUN = re.compile(r"(?<![0-9A-Za-z])[0-9OoQDlIiSsBZz|][0-9OoQDlIiSsBZz|.*·-]{6,}(?![0-9A-Za-z])")
_PLAIN_KINDS = frozenset({"registration_receipt", "approval", "notice", "cover", "blank"})  # of pages set aside
_APART = 3  # widths of a character between two words: what is wider is the room between columns
_FEW = 20  # characters: a page that has no more of them was not read


class Sheet(NamedTuple):
    """A page of a version: what was read on it, and the documents of all runs that hold it."""

    number: int
    reading: PageReading | None
    papers: Sequence[Mapping[str, Any]]
    blank: bool = False


def find_places(sheet: Sheet, known: Collection[str] = ()) -> tuple[Box, ...]:
    """The places to be covered; the whole page where nobody can tell what is on it. `known` are accounts' numbers."""
    if sheet.blank:
        return ()
    if sheet.reading is None or _is_unread(sheet.reading) or not sheet.papers or _is_strange(sheet):
        return (WHOLE,)
    spans = [*_known_on(sheet.reading, known), *(_runs_on(sheet) if may_carry(sheet) else ())]
    found = [*_read_as_account(sheet), *(span.box for span in spans), *_seconds(sheet, known)]
    if not may_carry(sheet):
        return tuple(_grow(box) for box in found)
    announced = list(_announced(sheet.reading, found))
    if _is_slip(sheet) and not found and not announced:
        return (WHOLE,)
    return tuple(_grow(box) for box in (*found, *announced))


def find_numbers(sheet: Sheet) -> frozenset[str]:
    """Runs of digits on a page that may be accounts, as their words have them."""
    if sheet.reading is None or not may_carry(sheet):
        return frozenset()
    spans = [*_runs_on(sheet), *_behind_labels(sheet.reading)]
    return frozenset(plain(span.text.translate(_ALIKE)) for span in spans)


def may_carry(sheet: Sheet) -> bool:
    """Whether accounts may be on a page: papers of its kind name them, or it is of no kind."""
    kinds = {paper["type"] for paper in sheet.papers}
    return bool(kinds & WITH_ACCOUNTS) or not kinds or "other" in kinds


# ---- what was read ---------------------------------------------------------------------------------------------


def _read_as_account(sheet: Sheet) -> Iterator[Box]:
    for path, field in _fields(sheet):
        if is_account(path) and field["box"]:
            yield Box(*field["box"])


def _fields(sheet: Sheet) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for paper in sheet.papers:
        yield from ((path, field) for path, field in walk_fields(paper) if field["page"] == sheet.number)


def _is_unread(reading: PageReading) -> bool:
    return sum(len(word.text) for word in reading.words) <= _FEW


def _is_strange(sheet: Sheet) -> bool:
    """Whether the latest run set the page aside without telling what it is."""
    last = sheet.papers[-1]
    return last["type"] == "other" and last["fields"].get("label") not in _PLAIN_KINDS


def _is_slip(sheet: Sheet) -> bool:
    return any(paper["type"] == "payment_slip" for paper in sheet.papers)


# ---- what looks like one ---------------------------------------------------------------------------------------


def _runs_on(sheet: Sheet) -> Iterator[Span]:
    """Long runs of digits, parted by blanks or not, that no field tells to be something else."""
    assert sheet.reading is not None
    for span in _runs(_rows(sheet.reading)):
        if may_be_account(plain(span.text.translate(_ALIKE))) and not _is_told(sheet, span.box):
            yield span


def _known_on(reading: PageReading, known: Collection[str]) -> Iterator[Span]:
    """Accounts that are known of the case, wherever they stand on the page."""
    wanted = [number for number in known if len(number) >= LEAST]
    for span in _runs(_rows(reading)):
        digits = plain(span.text.translate(_ALIKE))
        if len(digits) >= LEAST and any(digits in number or number in digits for number in wanted):
            yield span


def _seconds(sheet: Sheet, known: Collection[str]) -> Iterator[Box]:
    """Places where only another reader found such a run."""
    assert sheet.reading is not None
    for one in sheet.reading.second:
        digits = plain(one.text.translate(_ALIKE))
        likely = digits.isdigit() and may_carry(sheet) and may_be_account(digits)
        if (digits in known or likely) and not _is_told(sheet, one.box):
            yield one.box


def _is_told(sheet: Sheet, box: Box) -> bool:
    told = (Box(*field["box"]) for path, field in _fields(sheet) if field["box"] and is_surely_code(path, field))
    return any(box.overlap(other) > 0.6 for other in told)


def _rows(reading: PageReading) -> tuple[Line, ...]:
    return lines(reading.words)


def _runs(rows: Iterable[Line]) -> Iterator[Span]:
    for row in rows:
        for match in _RUN.finditer(row.text):
            for span in _parts(row, *match.span()):
                digits = span.text.translate(_ALIKE)
                if sum(map(str.isdigit, digits)) >= LEAST and sum(map(str.isdigit, span.text)) * 2 >= len(span.text):
                    yield span


def _parts(row: Line, start: int, end: int) -> Iterator[Span]:
    """What stands together: figures of neighbouring columns are no one number."""
    cuts = [at for at in range(start + 1, end) if _is_apart(row.glyphs[at - 1], row.glyphs[at])]
    for first, last in pairwise([start, *cuts, end]):
        if span := row.cut(first, last):
            yield span


def _is_apart(glyph: Glyph, following: Glyph) -> bool:
    if glyph.word is following.word:
        return False
    room = following.middle - glyph.middle
    widths = [one.word.box.width / max(len(one.word.text), 1) for one in (glyph, following)]
    return room > (_APART + 1) * max(widths)


# ---- what a label announces ------------------------------------------------------------------------------------


def _announced(reading: PageReading, known: Sequence[Box]) -> Iterator[Box]:
    """The places beside and below labels of accounts near which none was found."""
    for row in _rows(reading):
        labels = [match for match in _LABEL.finditer(row.text) if not _PROSE.match(row.text, match.end())]
        for match, end in zip(labels, [*(one.start() for one in labels[1:]), None], strict=False):
            places = list(_beside(row, match.start(), match.end(), end))
            if not any(box.overlap(place) > 0.5 for box in known for place in places):
                yield from places


def _beside(row: Line, start: int, end: int, stop: int | None) -> Iterator[Box]:
    """Right of a label as far as the next one or the edge; below it as well where the number may go on there."""
    label, following = row.cut(start, end), row.cut(stop, stop + 1) if stop is not None else None
    assert label is not None
    box = label.box
    right = following.box.x0 if following else 1.0
    yield Box(min(box.x1, right), box.y0 - 0.5 * box.height, right, box.y1 + 0.5 * box.height)
    rest = row.text[end:stop].strip(":：. ")
    if stop is None and re.fullmatch(r"[\d.-]{0,15}|\w", rest):
        low = min(1.0, box.y1 + 2.5 * box.height)
        first = min((glyph.word.box.x0 for glyph in row.glyphs), default=box.x0)
        yield Box(first, box.y1, min(1.0, max(box.x1, first) + 0.35), low)


def _behind_labels(reading: PageReading) -> Iterator[Span]:
    for row in _rows(reading):
        for match in _LABEL.finditer(row.text):
            span = row.cut(match.end(), None)
            found = span.find(_DIGITS.pattern) if span else None
            if found and len(plain(found.text)) >= LEAST and not is_credit_code(plain(found.text)):
                yield found


def _grow(box: Box) -> Box:
    """Some more than was measured: a frame may cut a digit."""
    room = 0.25 * box.height
    return Box(max(0.0, box.x0 - room), max(0.0, box.y0 - room), min(1.0, box.x1 + room), min(1.0, box.y1 + room))
