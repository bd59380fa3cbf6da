"""The level line of a seal over which another seal lies: whether there is one, as far as its place can be seen."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from domain.page import ReadPage, Seal
from extractors.seal_imprints import STEPS, places_of_letters, turn_of, unpack, unpack_whole
from extractors.seal_presses import BELOW, BLANK, LINE, grid

_ALIKE = 0.5  # rings that agree less are of nothing in common
_SEEN = 0.3  # of a level line's place: what is centred and wide shows in that much
_AROUND = 1.06  # of another seal's radius: its rim and what bleeds from it


def is_blank_beside(seal: Seal, known: Seal, letters: int, page: ReadPage) -> bool:
    """Whether a print of a known stamp, whose ring has so many letters, has no ink where a level line would stand that
    is not another seal's; False where another seal hides most of that place."""
    mine, its, whole = unpack(known.imprint), unpack(seal.imprint), unpack_whole(seal.imprint)
    places = places_of_letters(mine, letters)
    alike, turn, _ = turn_of(mine, its)
    if alike < _ALIKE or not places:
        return False
    middle = (places[-1][1] + places[0][0] + STEPS) // 2
    at = (np.arange(middle - LINE, middle + LINE + 1) - turn) % STEPS
    # by its place: what is known of a seal makes another object of it
    others = [other for other in page.reading.seals if other.box != seal.box]
    seen = (whole.seen[BELOW][:, at] > 0.5) & ~_hidden(seal, others, page)[:, at]
    return bool(seen.mean() >= _SEEN and whole.ink[BELOW][:, at][seen].mean() <= BLANK)


def _hidden(seal: Seal, others: Sequence[Seal], page: ReadPage) -> NDArray[np.bool_]:
    """Where other seals lie over the rows of a level line, all around a seal's middle."""
    width, height = page.page.width, page.page.height
    across, along = (axis[BELOW] for axis in grid())
    x = (seal.box.cx + across * seal.box.width / 2) * width
    y = (seal.box.cy + along * seal.box.height / 2) * height
    hidden = np.zeros(np.broadcast_shapes(across.shape, along.shape), bool)
    for box in (other.box for other in others):
        radius = _AROUND * max(box.width * width, box.height * height) / 2
        hidden |= np.hypot(x - box.cx * width, y - box.cy * height) < radius
    return hidden
