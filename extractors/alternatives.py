"""What a recogniser saw beside what it said: for each place of a line the characters that it held possible.

Written compactly, a line as one text: places between blanks, each of characters with a digit behind them, `恒0旭2_5`.
The digit tells how unlikely a character is there, in nats (−ln of its probability, rounded); `_` that there is none.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from extractors.text import fold

Columns = NDArray[np.float32]  # columns × characters, probabilities; the first character is none
Place = dict[str, int]  # what may stand there, and how unlikely it is; "" is nothing

FLOOR = 7  # nats of what was not seen at all
_NOTHING, _CLEAR, _LEAST = "_", 0.98, 0.0025


def write_places(columns: Columns, characters: Sequence[str]) -> str:
    """The places of a line as one text, from what the recogniser gave for each column."""
    places = (_write_place(columns[start:end], characters) for start, end in _spans(columns))
    return " ".join(place for place in places if place)


def read_places(written: str) -> list[Place]:
    """The places of a line; what is no Chinese character counts as nothing."""
    return [_read_place(place) for place in written.split(" ") if place]


def _spans(columns: Columns) -> Iterator[tuple[int, int]]:
    """Columns that are one character's: between blanks, and from one character said to the next."""
    seen = np.flatnonzero(columns[:, 0] < _CLEAR)
    for run in np.split(seen, np.flatnonzero(np.diff(seen) > 1) + 1):
        if len(run):
            said = list(_said(columns[run[0] : run[-1] + 1].argmax(axis=1)))
            cuts = [(first[1] + second[0] + 1) // 2 for first, second in pairwise(said)]
            yield from pairwise([int(run[0]), *(int(run[0]) + cut for cut in cuts), int(run[-1]) + 1])


def _said(best: NDArray[Any]) -> Iterator[tuple[int, int]]:
    """First and last column of each character that is said."""
    edges = np.flatnonzero(np.diff(best, prepend=-1, append=-1))
    for start, end in pairwise(edges):
        if best[start]:
            yield int(start), int(end) - 1


def _write_place(columns: Columns, characters: Sequence[str]) -> str:
    most = columns.max(axis=0)
    likely = (int(i) for i in np.flatnonzero(most >= _LEAST) if i)
    seen = [i for i in likely if characters[i].strip() and characters[i] != _NOTHING]
    if not seen:
        return ""
    found = [(characters[i], _nats(float(most[i]))) for i in seen]
    nothing = _nats(float(np.exp(np.log(np.maximum(columns[:, 0], 1e-6)).sum())))
    return "".join(f"{char}{nats}" for char, nats in sorted([*found, (_NOTHING, nothing)], key=lambda item: item[1]))


def _nats(share: float) -> int:
    return min(FLOOR, round(-math.log(max(share, 1e-6))))


def _read_place(written: str) -> Place:
    place: Place = {}
    for char, digit in zip(written[::2], written[1::2], strict=True):
        folded = fold(char)
        key = folded if len(folded) == 1 and "一" <= folded <= "鿿" else ""
        place[key] = min(int(digit), place.get(key, FLOOR))
    return place


# ---- how well a text fits ---------------------------------------------------------------------------------------


class Fit(NamedTuple):
    """How much less likely a text is than what was said (nats, 0 where it is that), and of that each character's."""

    lacking: float
    shares: tuple[float, ...]


def fit(places: Sequence[Place], text: str) -> Fit:
    """The best way to find all of a text's characters, in their order, among a line's places.

    A place may be passed over and a character be lost, both at the price of what the recogniser held of that.
    """
    paths = [(float(FLOOR * k), (float(FLOOR),) * k) for k in range(len(text) + 1)]
    for place in places:
        said, nothing = min(place.values()), place.get("", FLOOR)
        paths = _advance(paths, place, text, said, nothing)
    lacking, shares = paths[-1]
    return Fit(lacking, shares)


_Path = tuple[float, tuple[float, ...]]


def _advance(paths: Sequence[_Path], place: Place, text: str, said: int, nothing: int) -> list[_Path]:
    """The paths after one more place; what it costs to pass it over is borne by the character before it."""
    after: list[_Path] = []
    for k, (lacking, shares) in enumerate(paths):
        over = nothing - said
        ways = [(lacking + over, (*shares[:-1], shares[-1] + over) if shares else shares)]
        if k:
            before, earlier = paths[k - 1]
            cost = place.get(text[k - 1], FLOOR) - said
            ways.append((before + cost, (*earlier, float(cost))))
            lost, others = after[-1]
            ways.append((lost + FLOOR, (*others, float(FLOOR))))
        after.append(min(ways))
    return after
