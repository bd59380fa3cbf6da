"""Which of several readings of a place counts where the first one is broken or stands alone against the others."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar

from extractors import text
from extractors.certainty import Colour, Evidence, Second, weigh
from extractors.comparing import COLOUR_READER, DIGITS, READER, RED_READER, readers_of
from extractors.layout import Span

T = TypeVar("T")
_MOST_SLIPS = 3  # of a code's characters; more make another code


class Chosen(NamedTuple, Generic[T]):
    """What other readings gave than the first one, what speaks for it, and why it is in doubt, if it is."""

    value: T
    second: Second
    doubt: str | None


def choose_figure(
    span: Span, place: Span, first: text.Figure | None, pointed: bool = False
) -> Chosen[text.Figure] | None:
    """The figure that counts instead of the first reading of a span; `place` is what was read again, None as `first`
    says that the first reading is no figure. `pointed` that such figures are printed with decimals."""
    around = "".join(word.text for word in span.words)
    said = readers_of(span, place, Decimal(0))
    told = _told(said, lambda name, one: figure_in(one, around if name == COLOUR_READER else one))
    if first is None:
        pointed = pointed or "." in span.text  # who did not see the point saw no more than the first reader
        told = {
            name: one for name, one in told.items() if "." in one.printed or not (pointed or _may_be_sign(one, told))
        }
    elif (longer := _longer_under_ink(told, first)) is not None:
        return Chosen(longer, Second.DIFFERS, _doubt(span, 2))
    chosen = _choose(span, {name: one.value for name, one in told.items()}, first.value if first else None)
    return chosen and Chosen(next(f for f in told.values() if f.value == chosen.value), chosen.second, chosen.doubt)


def _longer_under_ink(told: Mapping[str, text.Figure], first: text.Figure) -> text.Figure | None:
    """What both engines read on pictures with the ink on them, where that has more characters than what they read
    without it: taking the ink off loses print, covering it does, but neither adds the same characters twice."""
    seen, red = told.get(COLOUR_READER), told.get(RED_READER)
    if seen is None or red is None or seen.value != red.value or seen.value == first.value:
        return None
    return seen if len(seen.printed) > len(first.printed) else None


def _may_be_sign(figure: text.Figure, told: Mapping[str, text.Figure]) -> bool:
    """Whether what was read for a broken figure may be a mere stroke: 1 and 7, or a lone digit that one reader saw."""
    return bool(_STROKES.fullmatch(figure.printed)) or (len(figure.printed) == 1 and len(told) < 2)


_STROKES = re.compile("[17]+")


def choose_date(span: Span, place: Span, first: date | None) -> Chosen[date] | None:
    """The one date that counts instead of the first reading."""
    said = readers_of(span, place, first, ("date",))
    return _choose(span, _told(said, lambda _, one: _only(text.dates(one))), first)


def choose_code(span: Span, first: text.Code, parse: Callable[[str], text.Code | None]) -> Chosen[str] | None:
    """The code with a check character that holds, instead of one that fails it but for a few characters."""

    def sound(_: str, said: str) -> str | None:
        code = parse(text.fold(said))
        return code.value if code and code.checked and _slips(code.value, first.value) <= _MOST_SLIPS else None

    return _choose(span, _told(readers_of(span, span, first.value), sound), None)


def _slips(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True)) if len(one) == len(other) else len(one)


def _told(said: Mapping[str, str], parse: Callable[[str, str], T | None]) -> dict[str, T]:
    """What the readings other than the first one give, by reader."""
    return {name: one for name, read in said.items() if name != READER and (one := parse(name, read)) is not None}


def _choose(span: Span, told: Mapping[str, T], first: T | None) -> Chosen[T] | None:
    """What two readings give while none bears out the first one, or one where the first one is broken."""
    if first in told.values() or len(told) < (1 if first is None else 2):
        return None
    (value, votes), *others = Counter(told.values()).most_common()
    if (first is not None and votes < 2) or (others and others[0][1] == votes):
        return None
    by = [name for name, one in told.items() if one == value]
    engines = {name.partition("_")[0] for name in by}
    second = Second.OUTVOTES if len(engines) > 1 else Second.DIFFERS
    colour = Colour.SAME if COLOUR_READER in by else Colour.DIFFERS if span.under_seal else Colour.CLEAR
    doubt = weigh(Evidence(0.5, second, colour)) and _doubt(span, votes)
    return Chosen(value, second, doubt)


def _doubt(span: Span, votes: int) -> str:
    return f"首次识读为“{span.raw}”，另有 {votes} 次识读与此不同"


def figure_in(said: str, around: str) -> text.Figure | None:
    """The one clean figure of a reading, by itself or with its unit; behind a label (`新增排放量：0.05745吨/年`) where
    the words that were read there, `around`, hold no more than one figure either."""
    read = text.measure(said)
    if read is not None:
        only_unit = text.unit_in(read.rest) is not None and not re.search(r"\d", read.rest)
        figure = read.figure if not read.rest or only_unit else None
    else:
        runs = re.findall(DIGITS, text.fold(said))
        alone = len(runs) == 1 and len(re.findall(DIGITS, text.fold(around))) <= 1
        figure = text.figure(runs[0].strip(".,")) if alone else None
    return figure if figure and figure.clean else None


def _only(days: tuple[date, ...]) -> date | None:
    return days[0] if len(days) == 1 else None
