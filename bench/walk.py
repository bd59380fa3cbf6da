"""Pictures of how one value under a seal is read, for docs/reading.md.

`python -m bench.walk PACKAGE KEY DIR` writes, for the first value of that key which the colour picture alone would have
given wrongly, what lies on the glass, where the ink was found, the page without it, and the crop that the second reader
gets; it prints what each reader made of it. Readings recorded beside the package are used as they are.
"""

import argparse
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from domain.document import key_of, values
from domain.dossier import Dossier
from domain.field import Field
from extractors.comparing import COLOUR_READER
from extractors.crops import Rect, cut, whole
from extractors.engine import Image
from extractors.opening import open_package
from extractors.recorded import beside, load
from extractors.rereading import crop_of
from extractors.sheets import Sheet, as_read, load_picture
from extractors.understanding import understand
from extractors.wishes import kind_of

_WIDE, _HIGH = 620, 210  # pixels of the surroundings shown
_RED, _BLUE = (40, 40, 220), (200, 120, 20)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("key")
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    readings = load(beside(asked.package))
    if readings is None:
        raise SystemExit(f"no readings beside {asked.package}: make readings")
    dossier = understand(readings.package, readings.pages, date.today())
    path, field = find(dossier, asked.key)
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures(asked.package, dossier, field).items():
        cv2.imwrite(str(asked.out / f"{name}.jpg"), picture, (cv2.IMWRITE_JPEG_QUALITY, 85))
    print(path, field.model_dump_json(indent=1, exclude={"box", "figure"}))


def find(dossier: Dossier, key: str) -> tuple[str, Field[object]]:
    """The first value of a key under seal ink of which the colour picture gave something else."""
    for document in dossier.documents:
        for path, field in values(document):
            seen = field.readers.get(COLOUR_READER)
            if key_of(path) == key and field.figure and seen and seen != field.raw:
                return f"{document.type} {path}", field
    raise SystemExit(f"no {key} that a seal made unlike")


def pictures(package: Path, dossier: Dossier, field: Field[object]) -> dict[str, Image]:
    """The steps as BGR pictures by name."""
    assert field.page and field.figure
    with TemporaryDirectory() as work:
        image = open_package(package, Path(work)).images[field.page - 1]
        sheet = as_read(load_picture(image), dossier.page(field.page).page)
    height, width = sheet.grey.shape
    own = Rect(*(round(v * side) for v, side in zip(field.figure, (width, height, width, height), strict=True)))
    room = own.grow((_WIDE - own.width) // 2, (_HIGH - own.height) // 2).meet(whole(sheet.grey))
    frame = Rect(own.x0 - room.x0, own.y0 - room.y0, own.x1 - room.x0, own.y1 - room.y0).grow(3, 3)
    kind = kind_of(field)
    assert kind
    crop = crop_of(sheet.grey, field.figure, kind)
    return {
        "1-paper": _framed(cut(sheet.colour, room), frame),
        "2-ink": _framed(_ink(sheet, room), frame),
        "3-without": _framed(cv2.cvtColor(cut(sheet.grey, room), cv2.COLOR_GRAY2BGR), frame),
        "4-crop": cv2.resize(crop, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC),
    }


def _ink(sheet: Sheet, room: Rect) -> Image:
    """The ink that was found, over a pale page."""
    pale = 255 - (255 - cut(sheet.colour, room)) // 3
    pale[cut(sheet.seals.mask, room) > 0] = _RED
    return np.ascontiguousarray(pale)


def _framed(picture: Image, frame: Rect) -> Image:
    return cv2.rectangle(picture.copy(), frame[:2], frame[2:], _BLUE, 2)


if __name__ == "__main__":
    main()
