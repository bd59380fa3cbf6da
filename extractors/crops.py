"""Rectangles of pixels, cut out of a page picture."""

from typing import NamedTuple

import numpy as np

from domain.page import Box
from extractors.engine import Image


class Rect(NamedTuple):
    """Pixels from x0, y0 up to but without x1, y1."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0

    @property
    def area(self) -> int:
        return max(0, self.width) * max(0, self.height)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.width, self.height

    def meet(self, other: "Rect") -> "Rect":
        """What both cover; empty (width or height ≤ 0) where they do not meet."""
        return Rect(max(self.x0, other.x0), max(self.y0, other.y0), min(self.x1, other.x1), min(self.y1, other.y1))

    def join(self, other: "Rect") -> "Rect":
        return Rect(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))

    def grow(self, across: int, down: int) -> "Rect":
        return Rect(self.x0 - across, self.y0 - down, self.x1 + across, self.y1 + down)

    @property
    def empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    def box(self, width: int, height: int) -> Box:
        """As fractions of a picture of this size."""
        return Box(*(round(v / n, 6) for v, n in zip(self, (width, height, width, height), strict=True)))


def cut(image: Image, rect: tuple[int, int, int, int]) -> Image:
    """The part of the picture; what lies outside of the picture is left out."""
    x0, y0, x1, y1 = rect
    return image[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)]


def whole(image: Image) -> Rect:
    return Rect(0, 0, image.shape[1], image.shape[0])


def inked(mask: Image, rect: Rect) -> Rect | None:
    """The smallest rectangle around the mask's set pixels within `rect`."""
    part = cut(mask, rect)
    ys, xs = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    if not len(ys):
        return None
    left, top = max(0, rect.x0), max(0, rect.y0)
    return Rect(left + int(xs[0]), top + int(ys[0]), left + int(xs[-1]) + 1, top + int(ys[-1]) + 1)
