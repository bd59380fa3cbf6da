"""Pictures of pages and of places on them, made from the originals once and kept on disk."""

import hashlib
import os
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import NamedTuple

from domain.errors import HeyanError
from domain.page import Box, Page
from extractors.views import clip, cover, view_page
from review.desk.office import Office
from storage.intake import lay_out
from storage.records import Claimed
from storage.versions import read_claim, read_page_record

COLOUR, GREY = "colour", "grey"
VIEWS = (COLOUR, GREY)
FOLDER = "pictures"
_AT_ONCE = 2  # renderings in all: each takes a core
_MOST = 4 * 2**30  # bytes that are kept


class NoPicture(HeyanError):
    """There is no such page, or its original cannot be opened any more."""


class Leaf(NamedTuple):
    """A page of a version of a case."""

    case: str
    version: int
    page: Page


class Pictures:
    """The pictures of all pages of an office; may be shared by threads. One page of a package is rendered at a time."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._folder = office.data / FOLDER
        self._turns: defaultdict[str, Lock] = defaultdict(Lock)
        self._guard = Lock()
        self._room = BoundedSemaphore(_AT_ONCE)

    def page(self, leaf: Leaf, view: str, hidden: Sequence[Box]) -> bytes:
        """A page as JPEG, in colour or without seals, the `hidden` places covered; raises NoPicture, StorageAway."""
        picture = self._file(leaf.page, view)
        if picture.exists():
            os.utime(picture)
        else:
            self._make(leaf)
        body = picture.read_bytes()
        return cover(body, hidden) if hidden else body

    def place(self, leaf: Leaf, box: Box, view: str, hidden: Sequence[Box]) -> bytes:
        """A place with its surroundings; raises NoPicture, StorageAway."""
        return clip(self.page(leaf, view, hidden), box)

    def _file(self, page: Page, view: str) -> Path:
        # By how the page lies as well: a later reading may turn it.
        laid = page.model_dump_json(include={"sha256", "width", "height", "turned", "skew", "flat", "dpi"})
        name = hashlib.sha256(laid.encode()).hexdigest()
        return self._folder / name[:2] / f"{name}-{view}.jpg"

    def _make(self, leaf: Leaf) -> None:
        with self._guard:
            turn = self._turns[leaf.case]
        with turn, self._room:
            if not self._file(leaf.page, GREY).exists():
                self._render(leaf)

    def _render(self, leaf: Leaf) -> None:
        claimed = read_claim(self._office.ledger.database, leaf.case, leaf.version)
        with tempfile.TemporaryDirectory(prefix="heyan-") as work:
            package = lay_out(self._office.bucket, _only(claimed, leaf.page.file), Path(work))
            view = view_page(package, leaf.page)
        if view is None:
            raise NoPicture("NO_PICTURE", f"第 {leaf.page.number} 页的原件已无法打开")
        make_room(self._folder, _MOST)
        for name, body in ((COLOUR, view.colour), (GREY, view.grey)):
            _write(self._file(leaf.page, name), body)


def find_leaf(office: Office, case: str, version: int, number: int) -> Leaf:
    """A page by its number; raises NoPicture, UnknownCase, StorageAway."""
    found = read_page_record(office.ledger.database, case, version, number)
    if found is None:
        raise NoPicture("NO_PAGE", f"案卷 {case} 没有第 {number} 页")
    return Leaf(case, version, found)


def make_room(folder: Path, most: int) -> None:
    """Removes the pictures that nobody looked at for the longest time until no more than `most` bytes are left."""
    known = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in folder.glob("*/*.jpg"))
    size = sum(size for _, size, _ in known)
    for _, own, path in known:
        if size <= most:
            return
        path.unlink(missing_ok=True)
        size -= own


def _only(claimed: Claimed, file: str) -> Claimed:
    """The package with just the file that holds a page, or the archive that holds the file."""
    holders = [one for one in claimed.files if one.name == file or file.startswith(one.name + "/")]
    return claimed.model_copy(update={"files": tuple(holders)}) if holders else claimed


def _write(path: Path, body: bytes) -> None:
    """Others see the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(body)
    Path(file.name).replace(path)
