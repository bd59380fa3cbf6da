"""When the same value elsewhere settles a doubt: not by repetition alone, which one engine's habit explains as well."""

import re
from typing import Any

from rapidfuzz.distance import LCSseq

from domain.field import Field, Status
from extractors.certainty import Second
from extractors.comparing import READER, SECOND_READER

_LEAST = 0.5  # below, the first reader guessed


def rests_on_two(field: Field[Any]) -> bool:
    """Whether a value is certain, or was read alike by both engines, each on a picture of its own."""
    return field.certain or field.second in (Second.AGREES_TWICE, Second.OUTVOTES)


def bears_out(field: Field[Any], other: Field[Any]) -> bool:
    """Whether another field has the field's value, and one of the two rests on more than one engine's reading.

    Values that nobody reads twice (they decide nothing by themselves) bear each other out as they are.
    """
    if field.value is None or other.value != field.value:
        return False
    unread_twice = field.second is None and other.second is None
    return other.certain or unread_twice or any(Second(one.second).bears_out for one in (field, other) if one.second)


def seen_alike(field: Field[Any], other: Field[Any]) -> bool:
    """Whether two papers bear out the same long words of each other, though the two engines differ on them: either each
    engine read the same on both, or the first one did and the second one all but the same on each. A habit of one
    engine explains neither."""
    both = [one.readers.get(engine) for one in (field, other) for engine in (READER, SECOND_READER)]
    if not all(both) or not isinstance(field.value, str) or field.value != other.value:
        return False
    first, second, again, second_again = (re.sub(r"\W", "", text or "") for text in both)
    if min(field.confidence, other.confidence) < _LEAST or first != again:
        return False
    near = len(first) >= _LONG and min(_share(first, second), _share(first, second_again)) >= _NEAR
    return second == second_again or near


_LONG, _NEAR = 10, 0.8  # characters, and the share of them that the second engine must have read in their order


def _share(words: str, read: str) -> float:
    return LCSseq.similarity(words, read) / len(words)


def doubted(field: Field[Any]) -> bool:
    """Whether a value was read, but not for sure."""
    return field.status is Status.UNSURE and field.value is not None


def settled(field: Field[Any], by: str) -> Field[Any]:
    """The field beyond doubt, `by` what else says the same."""
    return field.model_copy(update={"status": Status.CERTAIN, "why": f"{by}识读一致"})
