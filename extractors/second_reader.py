"""The second reader: Tesseract on crops of single values, with a character set fitted to what is looked for.

All crops of a kind go to one process as a list of pictures (3 ms a crop; 30 ms as lines of one picture, 120 ms each
in a process of its own), and no crop can take a neighbour's characters.
"""

import functools
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import cv2
import numpy as np
import pytesseract

from domain.errors import HeyanError
from extractors.engine import Image

_HEIGHT = 44  # of a line's crop, in pixels: 40–48 read best of 32–48
_MARGIN = 14
_SECONDS = 120
_AT_ONCE = 2
_BATCH = 400  # crops kept in memory and handed over at once


class Kind(StrEnum):
    """What stands on a crop."""

    DIGITS = "digits"
    CODE = "code"
    OUTLET = "outlet"
    DATE = "date"
    WORDS = "words"
    LINES = "lines"


class _Way(NamedTuple):
    """How a kind is read: language data, page segmentation (7: one line, 6: a block), characters that may occur."""

    language: str
    segmentation: int
    characters: str = ""


# Amounts in words have no way: the Chinese data know no 叁, 仟, 柒 or 捌; the figures beside them are their evidence.
# Chinese data read codes better than English ones do (188 of 195 against 162): they do not take 0 for O or Q.
_WAYS: Mapping[Kind, _Way] = {
    Kind.DIGITS: _Way("eng", 7, "0123456789.,"),
    Kind.CODE: _Way("chi_sim", 7, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"),
    Kind.OUTLET: _Way("chi_sim", 7, "DAW0123456789"),
    Kind.DATE: _Way("chi_sim", 7, "0123456789年月日.-/:〇一二三四五六七八九十零"),
    Kind.WORDS: _Way("chi_sim", 7),
    Kind.LINES: _Way("chi_sim", 6),
}


# Another way for what the first way reads unlike the first reader: its slips are its own, not the paper's.
_OTHERWISE: Mapping[Kind, _Way] = {
    Kind.DIGITS: _Way("chi_sim", 7, "0123456789.,"),
    Kind.CODE: _Way("eng", 7, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-"),
    Kind.OUTLET: _Way("eng", 7, "DAW0123456789"),
    Kind.DATE: _Way("chi_sim", 6, "0123456789年月日.-/"),
}


class Crop(NamedTuple):
    """A grey picture of one value, dark on light, and what it holds."""

    picture: Image
    kind: Kind


class Heard(NamedTuple):
    """What Tesseract made of a crop, and how sure it is (0–1); empty where it found nothing."""

    text: str
    confidence: float


@functools.cache
def reader_name(red: bool = False) -> str:
    """The reader with its version, as fields and readings name it; another name for what it reads in red light."""
    try:
        return f"tesseract{'_red' * red}-{pytesseract.get_tesseract_version()}"
    except pytesseract.TesseractNotFoundError as error:
        raise HeyanError("SECOND_READER", "找不到 tesseract：请运行 make setup 安装 tesseract-ocr") from error


def read_crops(crops: Sequence[Crop], otherwise: bool = False) -> list[Heard | None]:
    """What Tesseract reads on each crop, in their order; None where it took too long, to be asked again another time.

    `otherwise` reads each kind in its other way; a kind that has none gives None.

    Raises HeyanError SECOND_READER where it cannot run.
    """
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # its threads only get into each other's way on single lines
    ways = _OTHERWISE if otherwise else _WAYS
    batches = [batch for kind in ways for batch in _batches(crops, kind)]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        read = threads.map(lambda batch: _read([crops[i] for i in batch], ways), batches)
        heard = {
            i: one for batch, texts in zip(batches, read, strict=True) for i, one in zip(batch, texts, strict=True)
        }
    return [heard.get(i) for i in range(len(crops))]


def _batches(crops: Sequence[Crop], kind: Kind) -> list[list[int]]:
    own = [i for i, crop in enumerate(crops) if crop.kind is kind]
    return [own[start : start + _BATCH] for start in range(0, len(own), _BATCH)]


def _read(crops: Sequence[Crop], ways: Mapping[Kind, _Way]) -> Sequence[Heard | None]:
    """One process for crops of one kind."""
    way = ways[crops[0].kind]
    with TemporaryDirectory(prefix="heyan-second-") as work:
        pictures = Path(work) / "pictures.txt"
        pictures.write_text(
            "\n".join(_store(crop, way, Path(work), i) for i, crop in enumerate(crops)), encoding="utf-8"
        )
        try:
            found = pytesseract.image_to_data(
                str(pictures),
                lang=way.language,
                config=_config(way),
                output_type=pytesseract.Output.DICT,
                timeout=_SECONDS,
            )
        except (pytesseract.TesseractNotFoundError, pytesseract.TesseractError) as error:
            raise HeyanError("SECOND_READER", f"第二识读引擎 tesseract 无法运行：{error}") from error
        except RuntimeError:  # as which pytesseract tells a timeout
            return [None] * len(crops)
    return _by_crop(found, len(crops))


def _config(way: _Way) -> str:
    only = f" -c tessedit_char_whitelist={way.characters}" if way.characters else ""
    return f"--oem 1 --psm {way.segmentation} -c tessedit_do_invert=0{only}"


def _by_crop(found: Mapping[str, Sequence[str | int | float]], count: int) -> list[Heard]:
    """Tesseract numbers the pictures of a list as pages from 1."""
    texts: dict[int, list[str]] = defaultdict(list)
    sure: dict[int, list[float]] = defaultdict(list)
    for page, text, confidence in zip(found["page_num"], found["text"], found["conf"], strict=True):
        if str(text).strip():
            texts[int(page)].append(str(text).strip())
            sure[int(page)].append(float(confidence) / 100)
    return [Heard("".join(texts[i]), round(min(sure[i], default=0.0), 3)) for i in range(1, count + 1)]


def _store(crop: Crop, way: _Way, work: Path, number: int) -> str:
    """Lines are brought to one height, with paper around them."""
    grey = crop.picture
    scale = _HEIGHT / grey.shape[0] if way.segmentation == 7 else 1.0
    if scale != 1:
        smooth = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=smooth)
    paper = int(np.percentile(grey, 90))
    path, m = work / f"{number}.pgm", _MARGIN
    cv2.imwrite(str(path), cv2.copyMakeBorder(grey, m, m, m, m, cv2.BORDER_CONSTANT, value=paper))
    return str(path)
