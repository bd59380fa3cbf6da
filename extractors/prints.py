"""What was read on a page as it tells columns: a line that the detector gave whole and in parts counts by its parts."""

from collections.abc import Sequence

from domain.page import Word
from extractors.alignment import Print
from extractors.text import fold
from extractors.words import Piecework

_INSIDE = 0.8  # of a part's area: it lies on its line


def prints_of(works: Sequence[Piecework]) -> list[Print]:
    """What was read; of a line that was detected as a whole and in parts what stands before the first part."""
    read = [(Print(work.piece.rect, fold(work.word.text)), work.word) for work in works if work.word]
    found = []
    for whole, word in read:
        parts = [other.rect.x0 for other, _ in read if _is_part(other, whole)]
        found.append(_lead(whole, word, min(parts)) if len(parts) > 1 else whole)
    return found


def _is_part(other: Print, whole: Print) -> bool:
    met = other.rect.meet(whole.rect)
    return other.rect.width < whole.rect.width / 2 and not met.empty and met.area > _INSIDE * other.rect.area


def _lead(whole: Print, word: Word, end: int) -> Print:
    starts = word.offsets or [0.0] * len(word.text)
    lead = [c for c, at in zip(word.text, starts, strict=True) if whole.rect.x0 + at * whole.rect.width < end]
    return Print(whole.rect._replace(x1=max(whole.rect.x0, end)), fold("".join(lead)))
