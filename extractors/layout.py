"""Words put into lines, and stretches of text found on them with their place."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from domain.page import Box, Word
from extractors.text import fold


@dataclass(frozen=True)
class Span:
    """A stretch of text on one page: what was read, where, how surely, and whether seal ink lies on it.

    `colour_differs` tells that the untouched colour image was read otherwise than the seal-suppressed one.
    """

    text: str
    box: Box
    confidence: float
    under_seal: bool = False
    colour_text: str | None = None

    @property
    def colour_differs(self) -> bool:
        return self.colour_text is not None and fold(self.text) not in fold(self.colour_text)


class Char(NamedTuple):
    """One folded character: the word it comes from and its place within it (0–1)."""

    word: Word
    start: float
    end: float


def _width(char: str) -> float:
    return 1.0 if ord(char) > 0x2E7F else 0.55


def _chars(word: Word) -> Iterator[tuple[str, Char]]:
    """The folded characters of a word; places by the engine's offsets, else by typical widths."""
    widths = [_width(c) for c in word.text]
    total = sum(widths) or 1.0
    starts = word.offsets if word.offsets and len(word.offsets) == len(widths) else None
    at = 0.0
    for index, (char, width) in enumerate(zip(word.text, widths, strict=True)):
        start = starts[index] if starts else at / total
        at += width
        end = (starts[index + 1] if index + 1 < len(widths) else 1.0) if starts else at / total
        for folded in fold(char):
            yield folded, Char(word, start, end)


class Line:
    """Words that stand beside each other, as one folded text that remembers where each character stands."""

    def __init__(self, words: Iterable[Word]) -> None:
        self.words = tuple(sorted(words, key=lambda word: word.box.x0))
        pairs = [pair for word in self.words for pair in _chars(word)]
        self.text = "".join(char for char, _ in pairs)
        self.chars = [char for _, char in pairs]
        self.box = reduce(Box.join, (word.box for word in self.words))

    def span(self, start: int, end: int) -> Span | None:
        """The characters from `start` to `end` of the folded text; None where there are none."""
        chars = self.chars[start:end]
        return _span(self.text[start:end], chars) if chars else None

    def starts_word(self, at: int) -> bool:
        """Whether a character is the first of its word."""
        return at == 0 or self.chars[at].word is not self.chars[at - 1].word

    def after(self, x: float) -> int:
        """The index of the first character whose middle lies right of x."""
        return next((i for i, char in enumerate(self.chars) if _middle(char) > x), len(self.chars))


def _middle(char: Char) -> float:
    return char.word.box.x0 + char.word.box.width * (char.start + char.end) / 2


def _span(text: str, chars: Sequence[Char]) -> Span:
    words = list(dict.fromkeys(char.word for char in chars))
    first, last = chars[0], chars[-1]
    whole = reduce(Box.join, (word.box for word in words))
    x0 = first.word.box.x0 + first.word.box.width * first.start if len(words) else whole.x0
    x1 = last.word.box.x0 + last.word.box.width * last.end
    box = Box(min(x0, x1), whole.y0, max(x0, x1), whole.y1)
    return Span(text, box, min(word.confidence for word in words), any(w.under_seal for w in words), _colour(words))


def _colour(words: Sequence[Word]) -> str | None:
    if all(word.colour_text is None for word in words):
        return None
    return "".join(word.text if word.colour_text is None else word.colour_text for word in words)


def span_of(words: Sequence[Word]) -> Span | None:
    """All of some words, as they stand."""
    if not words:
        return None
    box = reduce(Box.join, (word.box for word in words))
    text = "".join(word.text for word in words)
    return Span(text, box, min(w.confidence for w in words), any(w.under_seal for w in words), _colour(words))


def join(spans: Sequence[Span]) -> Span:
    """Stretches that belong together (a value over several lines)."""
    colours = [span.colour_text for span in spans]
    colour = "".join(c if c is not None else s.text for c, s in zip(colours, spans, strict=True))
    return Span(
        "".join(span.text for span in spans),
        reduce(Box.join, (span.box for span in spans)),
        min(span.confidence for span in spans),
        any(span.under_seal for span in spans),
        colour if any(c is not None for c in colours) else None,
    )


def lines(words: Sequence[Word]) -> tuple[Line, ...]:
    """Words grouped into lines from top to bottom; a word belongs to a line whose middle it covers."""
    groups: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.box.cy):
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


Labels = dict[str, str]  # key → pattern over folded text


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
                    row.chars[match.start()].word.box.x0
                    if row.starts_word(match.start())
                    else _middle(row.chars[match.start()])
                )
                anchors.append(Anchor(key, number, match.start(), match.end() + len(colon), x))
    return anchors


def labelled(rows: Sequence[Line], labels: Labels, multiline: frozenset[str] = frozenset()) -> dict[str, list[Span]]:
    """The values that stand behind labels, in the order they are printed.

    A value reaches to the next label of its line; a key in `multiline` goes on below, in the same column, until a
    line that begins with a label, or a gap.
    """
    anchors = find_labels(rows, labels)
    found: dict[str, list[Span]] = {}
    for anchor in anchors:
        span = _value(rows, anchors, anchor, anchor.key in multiline)
        if span is not None:
            found.setdefault(anchor.key, []).append(span)
    return found


def _value(rows: Sequence[Line], anchors: Sequence[Anchor], anchor: Anchor, multiline: bool) -> Span | None:
    row = rows[anchor.line]
    end = min((a.start for a in anchors if a.line == anchor.line and a.start >= anchor.end), default=len(row.chars))
    first = row.span(anchor.end, end)
    if first is None or not multiline:
        return first
    right = _right_bound(anchors, first)
    return join([first, *_continued(rows, anchors, anchor, first, right)])


def _right_bound(anchors: Sequence[Anchor], value: Span) -> float:
    """Where the next column of labels begins: no value of this column reaches over it."""
    return min((a.x for a in anchors if a.x >= value.box.x1 - 0.005), default=1.0)


def _continued(
    rows: Sequence[Line], anchors: Sequence[Anchor], anchor: Anchor, first: Span, right: float
) -> list[Span]:
    parts: list[Span] = []
    last = first
    for number in range(anchor.line + 1, len(rows)):
        row = rows[number]
        if row.box.y1 <= last.box.y1:
            continue
        begins = any(a.line == number and a.x < first.box.x0 + 0.01 for a in anchors)
        start = row.after(first.box.x0 - 0.02)
        other = min((a.start for a in anchors if a.line == number and a.start >= start), default=len(row.chars))
        part = row.span(start, min(other, row.after(right)))
        if begins or part is None or part.box.y0 - last.box.y1 > 0.9 * first.box.height:
            break
        if row.after(first.box.x0 - 0.02) > 0 and _reaches_left(row, start, first):
            break
        parts.append(part)
        last = part
    return parts


def _reaches_left(row: Line, start: int, first: Span) -> bool:
    """Whether the line's text runs on from left of the value's column: then it is no continuation."""
    return start < len(row.chars) and not row.starts_word(start) and row.chars[start].word.box.x0 < first.box.x0 - 0.03
