"""What a reviewer sees: a page upright, or a value's place on it with some surroundings, as it is and without seals."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import cv2
import numpy as np

from domain.errors import IntakeError
from domain.page import Box, Page
from extractors.crops import Rect, cut, whole
from extractors.engine import Image
from extractors.files import Limits, render, unpack
from extractors.opening import open_package
from extractors.sheets import A4_MM, Sheet, as_read, load_picture

_LEAST_WIDE, _AROUND, _ABOVE = 0.30, 1.5, 1.4  # of the page's width; of a line's height beside the place and above it
_LINE_MM = (2.5, 8.0)
_MOST_PIXELS, _MOST_PAGE_PIXELS = 1400, 2000
_QUALITY = 82
_COVER = (150, 140, 130)

Place = tuple[int, Box]  # page number and box


class View(NamedTuple):
    """A value's surroundings as JPEG, in colour and in grey without seals; `frame` is the value's place on both,
    `width` and `height` are pixels of the page."""

    colour: bytes
    grey: bytes
    frame: Box
    width: int
    height: int


class PageView(NamedTuple):
    """A whole upright page as JPEG, in colour and in grey without seals, no wider than a screen can use."""

    colour: bytes
    grey: bytes


class Cutting(NamedTuple):
    """What is cut from a page around a place: `room` in pixels of the page's picture, `frame` the place within it."""

    room: Rect
    frame: Box


def view_page(package: Path, page: Page) -> PageView | None:
    """One page of a package, laid as its record says; None where the package has no such page any more.

    Only the file that holds the page needs to be there, and only that page is rendered.
    """
    with TemporaryDirectory(prefix="heyan-") as work:
        try:
            files = unpack(package, Path(work)).files
            file = next((one for one in files if one.name == page.file), None)
            images = render(file, Path(work), Limits(only=page.index)) if file else ()
        except IntakeError:
            return None
        if not images:
            return None
        sheet = as_read(load_picture(images[0]), page)
        return PageView(_jpeg(sheet.colour, _MOST_PAGE_PIXELS), _jpeg(sheet.grey, _MOST_PAGE_PIXELS))


def plan_clip(width: int, height: int, box: Box) -> Cutting:
    """What `clip` cuts from a page of this size, without its picture; all of it where the place lies off it."""
    scale = min(1.0, _MOST_PAGE_PIXELS / width)
    size = Rect(0, 0, round(width * scale), round(height * scale))
    own, room = _room(size, box, max(size.size) / A4_MM)
    return Cutting(size, Box(0, 0, 1, 1)) if room.empty else Cutting(room, _within(own, room))


def clip(picture: bytes, box: Box) -> bytes:
    """A place with its surroundings out of a page's JPEG, as JPEG."""
    page = _picture(picture)
    return _jpeg(cut(page, plan_clip(page.shape[1], page.shape[0], box).room))


def cover(picture: bytes, boxes: Iterable[Box]) -> bytes:
    """The page's JPEG with these places painted over, so that nobody can read them."""
    page = _picture(picture)
    high, wide = page.shape[:2]
    for box in boxes:
        corners = ((round(box.x0 * wide), round(box.y0 * high)), (round(box.x1 * wide), round(box.y1 * high)))
        cv2.rectangle(page, *corners, _COVER, cv2.FILLED)
    return _jpeg(page, wide)


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
    own, room = _room(whole(sheet.grey), box, sheet.ruler)
    return View(_jpeg(cut(sheet.colour, room)), _jpeg(cut(sheet.grey, room)), _within(own, room), *room.size)


def _room(page: Rect, box: Box, ruler: float) -> tuple[Rect, Rect]:
    """A place and what is shown around it."""
    wide, high = page.size
    own = Rect(round(box.x0 * wide), round(box.y0 * high), round(box.x1 * wide), round(box.y1 * high))
    line = min(max(own.height, _LINE_MM[0] * ruler), _LINE_MM[1] * ruler)
    beside = max(round(_AROUND * line), round(_LEAST_WIDE * wide - own.width) // 2)
    return own, own.grow(beside, round(_ABOVE * line)).meet(page)


def _within(own: Rect, room: Rect) -> Box:
    moved = Rect(own.x0 - room.x0, own.y0 - room.y0, own.x1 - room.x0, own.y1 - room.y0)
    return moved.box(max(room.width, 1), max(room.height, 1))


def _picture(jpeg: bytes) -> Image:
    page = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if page is None:
        raise ValueError("no picture")
    return page


def _jpeg(image: Image, widest: int = _MOST_PIXELS) -> bytes:
    """A picture that is not wider than a page needs; empty where the place lies off the page."""
    if not image.size:
        return b""
    scale = min(1.0, widest / image.shape[1])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
    return bytes(cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))[1])
