"""Names of papers inside a package: what belongs to it, in which order, and how a name is written down."""

import os
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

READY = "_READY"
DROPPING = "_DROPPING"  # put by `drop` first of all, so that two packages of one name never mix
_NOISE = {READY, DROPPING, ".DS_Store", "Thumbs.db", "desktop.ini", "truth.json", ""}
_NAMES_TRIED = 1000
_DIGITS = re.compile(r"(\d+)")


def is_noise(name: str) -> bool:
    """Whether an object of a package is no paper: marks, litter of operating systems, truth files, folder marks."""
    parts = name.split("/")
    last = parts[-1]
    return last in _NOISE or last.startswith("._") or last.endswith(".truth.json") or "__MACOSX" in parts


def order_naturally(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts `2.jpg` before `10.jpg`."""
    parts = _DIGITS.split(name)
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def spell(name: str) -> str:
    """The name as text. Names that old Windows programs wrote as GBK are read as such; control characters go."""
    try:
        name.encode()
        text = name
    except UnicodeEncodeError:
        text = os.fsencode(name).decode("gb18030", "replace")
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def propose(wanted: str) -> Iterator[str]:
    """The name, and what it is called instead where that is taken: `材料-2.zip`, `材料-3.zip` …."""
    yield wanted
    path = PurePosixPath(wanted)
    for number in range(2, _NAMES_TRIED):
        yield str(path.with_name(f"{path.stem}-{number}{path.suffix}"))
