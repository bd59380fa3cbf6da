"""Print that was taken off with a seal's ink: in red light, in which that ink is paper, it is still there."""

from functools import cached_property

import cv2
import numpy as np

from extractors.crops import Rect, cut
from extractors.engine import Image
from extractors.pieces import blobs
from extractors.rulings import darkness, print_depth
from extractors.signs import lone_sign

_BORDER_MM = 0.8  # beside a cell's borders, whose ink is none of the cell's
_COVERED = 0.02  # of a cell's inside: less ink of a seal hides no print
_DARKER = 2.2  # than the seal's ink, in red light: its own strokes, where they cross, differ less


def in_red_light(colour: Image) -> Image:
    """A BGR picture in grey as it looks in red light: red ink is pale, whatever is printed under it stays."""
    return np.asarray(colour.max(axis=2))


class HiddenPrint:
    """A page's print as it is seen in red light, asked for by cells in which no word was found; `mask` is the ink of
    its seals. The page is looked at in red light only if any such cell lies under a seal."""

    def __init__(self, colour: Image, mask: Image, ruler: float) -> None:
        self._colour, self._mask, self._ruler = colour, mask, ruler

    def stands_in(self, cell: Rect) -> bool:
        """Whether there is print in a cell that a seal lies over."""
        inside = self._inside(cell)
        return self._is_covered(inside) and bool(
            blobs(Rect(0, 0, inside.width, inside.height), self._print(inside), self._ruler)
        )

    def sign_in(self, cell: Rect) -> str | None:
        """The blank sign that is all of the print in a cell that a seal lies over."""
        inside = self._inside(cell)
        return lone_sign(cv2.bitwise_not(self._print(inside)), self._ruler) if self._is_covered(inside) else None

    def _inside(self, cell: Rect) -> Rect:
        border = round(_BORDER_MM * self._ruler)
        return cell.grow(-border, -border)

    def _is_covered(self, inside: Rect) -> bool:
        """A slit between two lines has no inside, and hides nothing."""
        part = cut(self._mask, inside)
        return part.size > 0 and float(np.count_nonzero(part)) > _COVERED * part.size

    def _print(self, inside: Rect) -> Image:
        """What there is as dark as print and much darker than the seal's own ink."""
        own, under = cut(self._depth, inside), cut(self._mask, inside)
        ink = float(np.median(own[under > 0])) if under.any() else 0.0
        return ((own > max(self._least, _DARKER * ink)) * np.uint8(255)).astype(np.uint8)

    @cached_property
    def _depth(self) -> Image:
        return darkness(in_red_light(self._colour))

    @cached_property
    def _least(self) -> float:
        return print_depth(self._depth)
