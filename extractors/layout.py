"""Words put into lines, and stretches of text found on them with their place."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from typing import NamedTuple

from domain.page import Box, Cell, SecondReading, Word
from extractors.text import fold

_SAME_PLACE = 0.9  # of both boxes


def _same_place(box: Box, other: Box) -> bool:
    return min(box.overlap(other), other.overlap(box)) > _SAME_PLACE


class Glyph(NamedTuple):
    """One folded character, as read, with the word it comes from and its place within that (0–1)."""

    folded: str
    read: str
    word: Word
    start: float
    end: float
    confidence: float

    @property
    def middle(self) -> float:
        """Its middle on the page, as a fraction of the width."""
        return self.word.box.x0 + self.word.box.width * (self.start + self.end) / 2


class Span:
    """A stretch of text on one page: what was read, where, how surely, and whether seal ink lies on it.

    `confidence` is that of its least certain character: one doubtful digit makes a figure doubtful.
    """

    def __init__(self, glyphs: Sequence[Glyph]) -> None:
        self.glyphs = tuple(glyphs)
        self.text = "".join(glyph.folded for glyph in glyphs)
        self.raw = "".join(glyph.read for glyph in glyphs)
        self.words = tuple(dict.fromkeys(glyph.word for glyph in glyphs))
        self.confidence = min(glyph.confidence for glyph in self.glyphs)
        self.under_seal = any(word.under_seal for word in self.words)

    @property
    def box(self) -> Box:
        """The place of its characters; the whole words between the first and the last."""
        parts = [_reach(word, [g for g in self.glyphs if g.word is word]) for word in self.words]
        return reduce(Box.join, parts)

    @property
    def colour_text(self) -> str | None:
        """What the untouched colour image gave for its words, None where no seal lies on them."""
        if all(word.colour_text is None for word in self.words):
            return None
        return "".join(word.text if word.colour_text is None else word.colour_text for word in self.words)

    @property
    def parted(self) -> bool:
        """Whether blank paper lies between two of its digits: a point may be lost there."""
        return any(a.folded.isdigit() and b.folded.isdigit() and _apart(a, b) for a, b in pairwise(self.glyphs))

    def second(self, box: Box, kinds: Collection[str] = (), red: bool = False) -> SecondReading | None:
        """What another engine read last at this very place of its words, if it can be for one of these kinds; `red`
        tells on which picture (extractors/second_reader.py)."""
        read = [one for word in self.words for one in reversed(word.second) if one.in_red_light is red]
        there = [one for one in read if _same_place(one.box, box)]
        return next((one for one in there if one.kind in kinds), there[0] if there else None)

    def cut(self, start: int, end: int | None) -> "Span | None":
        """The characters from `start` to `end` of the folded text; None where there are none."""
        glyphs = self.glyphs[start:end]
        return Span(glyphs) if glyphs else None

    def find(self, pattern: str, group: int = 0) -> "Span | None":
        """The first place where a pattern stands in the folded text."""
        match = re.search(pattern, self.text)
        return self.cut(*match.span(group)) if match and match[group] else None


def _apart(glyph: Glyph, following: Glyph) -> bool:
    """Whether a blank was read between two characters, or each is of another word of one line."""
    if glyph.word is following.word:
        return following.start > glyph.end
    return abs(glyph.word.box.cy - following.word.box.cy) < 0.5 * glyph.word.box.height


def _reach(word: Word, glyphs: Sequence[Glyph]) -> Box:
    x0 = word.box.x0 + word.box.width * min(glyph.start for glyph in glyphs)
    x1 = word.box.x0 + word.box.width * max(glyph.end for glyph in glyphs)
    return Box(x0, word.box.y0, max(x0, x1), word.box.y1)


def _width(char: str) -> float:
    return 1.0 if ord(char) > 0x2E7F else 0.55


def _glyphs(word: Word) -> Iterator[Glyph]:
    """The folded characters of a word; places by the engine's offsets, else by typical widths."""
    widths = [_width(char) for char in word.text]
    total = sum(widths) or 1.0
    known = word.offsets if word.offsets and len(word.offsets) == len(widths) else None
    sure = word.confidences if word.confidences and len(word.confidences) == len(widths) else None
    at = 0.0
    for index, (char, width) in enumerate(zip(word.text, widths, strict=True)):
        start, at = at / total, at + width
        end = at / total
        if known:
            start, end = known[index], known[index + 1] if index + 1 < len(known) else 1.0
        for folded in fold(char):
            yield Glyph(folded, char, word, start, end, sure[index] if sure else word.confidence)


class Line(Span):
    """Words that stand beside each other, as one stretch."""

    def __init__(self, words: Iterable[Word]) -> None:
        beside = sorted(words, key=lambda word: word.box.x0)
        super().__init__([glyph for word in beside for glyph in _glyphs(word)])

    def starts_word(self, at: int) -> bool:
        """Whether a character is the first of its word."""
        return at == 0 or self.glyphs[at].word is not self.glyphs[at - 1].word

    def after(self, x: float) -> int:
        """The index of the first character whose middle lies right of x."""
        return next((i for i, glyph in enumerate(self.glyphs) if glyph.middle > x), len(self.glyphs))


def span_of(words: Sequence[Word]) -> Span | None:
    """All of some words, as they stand; None where they say nothing."""
    glyphs = [glyph for word in words for glyph in _glyphs(word)]
    return Span(glyphs) if glyphs else None


_STRAY = frozenset("—-_一|")


def print_in(cell: Cell) -> tuple[Word, ...]:
    """The words of a cell; a lone stroke beside real text is the rest of a ruling line or of a seal.

    A stroke right before the text at half its height may be a minus sign, and stays.
    """
    real = [word for word in cell.words if fold(word.text) not in _STRAY]
    if not real:
        return cell.words
    return tuple(word for word in cell.words if word in real or any(_may_be_minus(word, other) for other in real))


def _may_be_minus(stroke: Word, text: Word) -> bool:
    before = stroke.box.cx < text.box.x0 + 0.1 * text.box.width
    return before and abs(stroke.box.cy - text.box.cy) < 0.3 * text.box.height


def text_in(cell: Cell) -> str:
    """The folded text of a cell."""
    return fold("".join(word.text for word in print_in(cell)))


def join(spans: Sequence[Span]) -> Span:
    """Stretches that belong together (a value over several lines, the lines of a paragraph)."""
    return Span([glyph for span in spans for glyph in span.glyphs])


def lines(words: Sequence[Word]) -> tuple[Line, ...]:
    """Words grouped into lines from top to bottom; a word belongs to a line whose middle it covers."""
    groups: list[list[Word]] = []
    for word in sorted((word for word in words if fold(word.text)), key=lambda word: word.box.cy):
        group = next((g for g in reversed(groups[-4:]) if _beside(g, word)), None)
        if group is None:
            groups.append([word])
        else:
            group.append(word)
    return tuple(sorted((Line(group) for group in groups), key=lambda line: line.box.cy))


def _beside(group: Sequence[Word], word: Word) -> bool:
    nearest = min(group, key=lambda other: abs(other.box.cx - word.box.cx))
    reach = 0.5 * min(nearest.box.height, word.box.height)
    return abs(nearest.box.cy - word.box.cy) <= reach and not _stacked(group, word)


def _stacked(group: Sequence[Word], word: Word) -> bool:
    """A word under or over another of the group cannot stand beside it."""
    return any(
        min(o.box.x1, word.box.x1) - max(o.box.x0, word.box.x0) > 0.5 * min(o.box.width, word.box.width) for o in group
    )


# ---- labels and their values -----------------------------------------------------------------------------------


class Anchor(NamedTuple):
    """A printed label: its key, its line, and where its text starts and ends on that line."""

    key: str
    line: int
    start: int
    end: int
    x: float


_NEAR = 0.1  # labels further up or down the page belong to other blocks
Labels = Mapping[str, str]  # key → pattern over folded text


def find_labels(rows: Sequence[Line], labels: Labels) -> list[Anchor]:
    """Every place where a label begins a word, or follows one and ends with a colon."""
    pattern = re.compile("|".join(f"(?P<{key}>{variants})(?=(?P<{key}_colon>:?))" for key, variants in labels.items()))
    anchors = []
    for number, row in enumerate(rows):
        for match in pattern.finditer(row.text):
            key = next(k for k in labels if match[k] is not None)
            colon = match[f"{key}_colon"]
            if row.starts_word(match.start()) or colon:
                x = (
                    row.glyphs[match.start()].word.box.x0
                    if row.starts_word(match.start())
                    else row.glyphs[match.start()].middle
                )
                anchors.append(Anchor(key, number, match.start(), match.end() + len(colon), x))
    return anchors


def labelled(rows: Sequence[Line], labels: Labels, multiline: frozenset[str] = frozenset()) -> dict[str, list[Span]]:
    """The values that stand behind labels, in the order they are printed.

    A value reaches to the next label of its line; a key in `multiline` goes on below, in the same column, until a
    line that begins with a label, or a gap.
    """
    found: dict[str, list[Span]] = {}
    anchors = find_labels(rows, labels)
    for anchor in anchors:
        span = _value(rows, anchors, anchor, anchor.key in multiline)
        if span is not None:
            found.setdefault(anchor.key, []).append(span)
    return found


def _value(rows: Sequence[Line], anchors: Sequence[Anchor], anchor: Anchor, multiline: bool) -> Span | None:
    row = rows[anchor.line]
    end = min((a.start for a in anchors if a.line == anchor.line and a.start >= anchor.end), default=len(row.glyphs))
    first = row.cut(anchor.end, end) or _set_lower(rows, anchors, anchor)
    if first is None or not multiline:
        return first
    right = _right_bound(rows, anchors, first.box.cy, first.box.x1 - 0.005)
    return join([first, *continued(rows, anchors, anchor, first, right)])


def _set_lower(rows: Sequence[Line], anchors: Sequence[Anchor], anchor: Anchor) -> Span | None:
    """A value in another type size beside its label may have fallen into the next line."""
    label = rows[anchor.line].cut(anchor.start, anchor.end)
    if label is None or anchor.line + 1 == len(rows):
        return None
    below = rows[anchor.line + 1]
    right = _right_bound(rows, anchors, label.box.cy, label.box.x1 + 0.05)
    part = below.cut(below.after(label.box.x1), below.after(right))
    near = part is not None and part.box.y0 < label.box.y1 and part.box.x0 - label.box.x1 < 0.1
    return part if near and not _begins(anchors, anchor.line + 1, label.box.x1) else None


def _right_bound(rows: Sequence[Line], anchors: Sequence[Anchor], y: float, x: float) -> float:
    """Where the next column of labels begins near this height: no value of this column reaches over it."""
    near = (a for a in anchors if a.x >= x and abs(rows[a.line].box.cy - y) < _NEAR)
    return min((a.x for a in near), default=1.0)


def continued(rows: Sequence[Line], anchors: Sequence[Anchor], anchor: Anchor, first: Span, right: float) -> list[Span]:
    """The lines below that go on with a value, set under the value itself or, hanging, under its label."""
    parts: list[Span] = []
    last = first
    for number in range(anchor.line + 1, len(rows)):
        part = _part(rows[number], number, anchors, (anchor.x, first.box.x0), right)
        if part is None or part.box.cy <= last.box.cy:
            continue
        gap = part.box.y0 - last.box.y1
        if gap > 0.9 * first.box.height or _begins(anchors, number, first.box.x0) or not _aligned(part, anchor, first):
            break
        parts.append(part)
        last = part
    return parts


def _part(row: Line, number: int, anchors: Sequence[Anchor], lefts: tuple[float, float], right: float) -> Span | None:
    """What stands on a line between the left edge of a label's column and the next column or label."""
    start = row.after(lefts[0] - 0.012)
    label = min((a.start for a in anchors if a.line == number and a.start >= start), default=len(row.glyphs))
    return row.cut(start, min(label, row.after(right)))


def _begins(anchors: Sequence[Anchor], line: int, x: float) -> bool:
    return any(a.line == line and a.x < x + 0.01 for a in anchors)


def _aligned(part: Span, anchor: Anchor, first: Span) -> bool:
    return min(abs(part.box.x0 - first.box.x0), abs(part.box.x0 - anchor.x)) < 0.02
