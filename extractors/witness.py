"""When the same value elsewhere settles a doubt: not by repetition alone, which one engine's habit explains as well."""

import re
from typing import Any

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
    """Whether each of two engines read the same words on both papers, though they differ between themselves: what is
    printed on one is what is printed on the other, and a habit of one engine does not explain both."""
    both = [one.readers.get(engine) for one in (field, other) for engine in (READER, SECOND_READER)]
    if not all(both) or not isinstance(field.value, str) or field.value != other.value:
        return False
    words = [re.sub(r"\W", "", text or "") for text in both]
    return min(field.confidence, other.confidence) >= _LEAST and words[0] == words[2] and words[1] == words[3]


def doubted(field: Field[Any]) -> bool:
    """Whether a value was read, but not for sure."""
    return field.status is Status.UNSURE and field.value is not None


def settled(field: Field[Any], by: str) -> Field[Any]:
    """The field beyond doubt, `by` what else says the same."""
    return field.model_copy(update={"status": Status.CERTAIN, "why": f"{by}识读一致"})
