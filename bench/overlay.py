"""Draws what was read on a page: `python -m bench.overlay FILE OUT.png [PAGE]` shows words, cells and seals."""

import sys
import tempfile
from pathlib import Path

import cv2

from domain.page import Box, ReadPage
from extractors.engine import Image
from extractors.files import render, unpack
from extractors.reading import read_page
from extractors.sheets import laid, load_picture

_WORD, _CELL, _SEAL, _DOUBT = (200, 120, 0), (0, 160, 0), (0, 0, 255), (0, 140, 255)


def draw(picture: Image, page: ReadPage) -> Image:
    """The upright picture with boxes: words blue (orange under a seal), cells green, seals red."""
    canvas = picture.copy()
    for grid in page.reading.grids:
        for cell in grid.cells:
            _frame(canvas, cell.box, _CELL, 3)
    for word in page.words:
        _frame(canvas, word.box, _DOUBT if word.under_seal else _WORD, 1)
    for seal in page.reading.seals:
        _frame(canvas, seal.box, _SEAL, 4)
    return canvas


def _frame(canvas: Image, box: Box, colour: tuple[int, int, int], width: int) -> None:
    high, wide = canvas.shape[:2]
    corners = [(round(x * wide), round(y * high)) for x, y in ((box.x0, box.y0), (box.x1, box.y1))]
    cv2.rectangle(canvas, corners[0], corners[1], colour, width)


def main(path: str, out: str, number: int = 1) -> None:
    """Reads the page with this 1-based number of the package and writes its overlay, and its words to the terminal."""
    with tempfile.TemporaryDirectory() as folder:
        package = unpack(Path(path), Path(folder))
        images = [image for file in package.files for image in render(file, Path(folder))]
        page = read_page(images[number - 1], number)
        picture = laid(load_picture(images[number - 1]), page.page)
    cv2.imwrite(out, draw(picture, page))
    print(page.page)
    for grid in page.reading.grids:
        for cell in grid.cells:
            print(f"[{cell.row}-{cell.row_end},{cell.col}-{cell.col_end}]", cell.text, "" if cell.words else cell.inked)
    print([word.text for word in page.words])
    print(page.reading.seals)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
