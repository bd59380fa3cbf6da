"""What a reviewer sees of a value: its place on the upright page with some surroundings, as it is and without seals."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import cv2

from domain.errors import IntakeError
from domain.page import Box, Page
from extractors.crops import Rect, cut, whole
from extractors.engine import Image
from extractors.opening import open_package
from extractors.sheets import Sheet, as_read, load_picture

_LEAST_WIDE, _AROUND, _ABOVE = 0.30, 1.5, 1.4  # of the page's width; of a line's height beside the place and above it
_LINE_MM = (2.5, 8.0)
_MOST_PIXELS = 1400
_QUALITY = 82

Place = tuple[int, Box]  # page number and box


class View(NamedTuple):
    """A value's surroundings as JPEG, in colour and in grey without seals; `frame` is the value's place on both,
    `width` and `height` are pixels of the page."""

    colour: bytes
    grey: bytes
    frame: Box
    width: int
    height: int


def view_places(package: Path, pages: Mapping[int, Page], places: Iterable[Place]) -> dict[Place, View]:
    """Views of places in a package, its pages laid as their records say; nothing where it cannot be opened any more.

    Places on pages without a record are left out. Nothing is read; each page is rendered once.
    """
    with TemporaryDirectory(prefix="heyan-") as work:
        try:
            images = open_package(package, Path(work)).images
        except IntakeError:
            return {}
        views: dict[Place, View] = {}
        wanted = sorted({place for place in places if place[0] in pages and place[0] <= len(images)})
        for number in sorted({number for number, _ in wanted}):
            sheet = as_read(load_picture(images[number - 1]), pages[number])
            views |= {(at, box): cut_view(sheet, box) for at, box in wanted if at == number}
        return views


def cut_view(sheet: Sheet, box: Box) -> View:
    """One place with its surroundings."""
    high, wide = sheet.grey.shape[:2]
    own = Rect(round(box.x0 * wide), round(box.y0 * high), round(box.x1 * wide), round(box.y1 * high))
    line = min(max(own.height, _LINE_MM[0] * sheet.ruler), _LINE_MM[1] * sheet.ruler)
    beside = max(round(_AROUND * line), round(_LEAST_WIDE * wide - own.width) // 2)
    room = own.grow(beside, round(_ABOVE * line)).meet(whole(sheet.grey))
    return View(_jpeg(cut(sheet.colour, room)), _jpeg(cut(sheet.grey, room)), _within(own, room), *room.size)


def _within(own: Rect, room: Rect) -> Box:
    moved = Rect(own.x0 - room.x0, own.y0 - room.y0, own.x1 - room.x0, own.y1 - room.y0)
    return moved.box(max(room.width, 1), max(room.height, 1))


def _jpeg(image: Image) -> bytes:
    """A picture that is not wider than a page needs; empty where the place lies off the page."""
    if not image.size:
        return b""
    scale = min(1.0, _MOST_PIXELS / image.shape[1])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
    return bytes(cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))[1])
