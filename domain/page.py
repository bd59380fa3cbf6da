"""A page and what stands on it: words, seals and ruled tables, each with its place."""

from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

_TELLING, _ALL_READ = 40, 0.98  # characters, and the share of them read with confidence


class Frozen(BaseModel):
    """Base of all records: never changed after it was made, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Box(NamedTuple):
    """A place on the upright page as fractions of its width and height, x to the right, y downwards."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def cx(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def cy(self) -> float:
        return (self.y0 + self.y1) / 2

    def overlap(self, other: "Box") -> float:
        """Share of this box's area that the other covers, 0–1."""
        wide = min(self.x1, other.x1) - max(self.x0, other.x0)
        high = min(self.y1, other.y1) - max(self.y0, other.y0)
        area = self.width * self.height
        return max(wide, 0.0) * max(high, 0.0) / area if area > 0 else 0.0

    def join(self, other: "Box") -> "Box":
        """The smallest box around both."""
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))


class SecondReading(Frozen):
    """What another engine made of one place; `kind` is what was looked for there (digits, code, date, money, words).

    `text` is empty where that engine found nothing. A reader whose name ends in `_red` saw the page in red light, in
    which red ink is paper; any other saw it with the seals taken out.
    """

    reader: str
    kind: str
    box: Box
    text: str
    confidence: float = 0.0

    @property
    def in_red_light(self) -> bool:
        return self.reader.partition("-")[0].endswith("_red")


class Word(Frozen):
    """A run of text that an engine found, with its place and how sure the engine is (0–1).

    `text` is the seal-suppressed reading; `colour_text` is what the untouched colour image gave where red ink
    overlaps the word (None elsewhere). A difference between the two is doubt. When the engine tells them, `offsets`
    are the fractional x positions of each character's left edge within the box (0–1), and `confidences` each
    character's own; `confidence` is their mean. `second` is what another engine read in it, put there only while
    documents are read (extractors/rereading.py).
    """

    text: str
    box: Box
    confidence: float
    under_seal: bool = False
    colour_text: str | None = None
    offsets: tuple[float, ...] | None = None
    confidences: tuple[float, ...] | None = None
    second: tuple[SecondReading, ...] = ()


class Cell(Frozen):
    """One cell of a ruled table: rows and columns it spans (0-based, end exclusive), its place and its words."""

    row: int
    row_end: int
    col: int
    col_end: int
    box: Box
    words: tuple[Word, ...] = ()
    inked: bool = False  # something is printed in it, read or not

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


class Grid(Frozen):
    """A table of a page; its cells in reading order.

    Where it is not `ruled` its columns were told by how print is aligned, not by lines between them.
    """

    box: Box
    rows: int
    cols: int
    cells: tuple[Cell, ...]
    ruled: bool = True

    def at(self, row: int, col: int) -> Cell | None:
        """The cell that covers this row and column."""
        return next((c for c in self.cells if c.row <= row < c.row_end and c.col <= col < c.col_end), None)


class SealRole(StrEnum):
    """Whose seal it is."""

    COMPANY = "company"
    AUTHORITY = "authority"
    BANK = "bank"
    UNKNOWN = "unknown"


class SealUse(StrEnum):
    """What a seal is for, by its level line (domain 6.1): `official` is the 公章, `special` any other 专用章."""

    OFFICIAL = "official"
    CONTRACT = "contract"
    FINANCE = "finance"
    SPECIAL = "special"
    UNKNOWN = "unknown"


class Seal(Frozen):
    """A seal on a page; `colour` is `red`, `grey` or `black`, `shape` is `round`, `oval`, `square` or `partial`.

    A page's reading tells what can be seen: `text` as far as it is legible with how sure the engine is of it
    (`confidence`), `views` what the ring may say besides, one for each way in which it was looked at
    (extractors/alternatives.py), `imprint` the ring's picture (extractors/seal_imprints.py), `diameter_mm` where the
    resolution is known. Whose it is (`role`, `owner`: the name as the papers print it) and what it is for (`use`) is
    told once the documents are understood; `alike_on` is the page with the print of the same stamp from which it was
    known where it cannot be read.
    """

    box: Box
    colour: str
    shape: str
    text: str = ""
    confidence: float = 0.0
    views: tuple[str, ...] = ()
    imprint: str = ""
    diameter_mm: float | None = None
    role: SealRole = SealRole.UNKNOWN
    use: SealUse = SealUse.UNKNOWN
    owner: str | None = None
    alike_on: int | None = None


class Source(StrEnum):
    """Where a page's words come from."""

    OCR = "ocr"
    TEXT_LAYER = "text_layer"


class Flattening(Frozen):
    """How a photographed page was made flat: its corners in the picture as stored, clockwise from the top left, as
    fractions (beyond 0–1 where the picture cuts the sheet), and, once it was turned upright, how far its lines lay too
    low, as shares of its height at equal steps from left to right: first along its top, then along its bottom, evenly
    changing in between."""

    corners: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]
    bends: tuple[float, ...] = ()


class Quality(Frozen):
    """How well a page can be read: `dpi` as the file says or as an A4 sheet of these pixels would have, `sharpness`
    and `contrast` of its print (0–1), `legible` the share of its words read with confidence, `cut` the sides
    (`left`, `top`, `right`, `bottom`) at which print runs off the picture."""

    dpi: float
    sharpness: float
    contrast: float
    legible: float = 1.0
    cut: tuple[str, ...] = ()


class Page(Frozen):
    """One page of a package, upright. `number` is 1-based over the whole package.

    `sha256` names the upright picture (cache key); `width`, `height` are its pixels; `dpi` is None where the file
    does not say; `turned` are the degrees (0/90/180/270, counter-clockwise) by which it was turned to be upright and
    `skew` the further degrees of deskewing; `colour` tells whether any ink on it is coloured, `colour_space` what
    the file holds (`RGB`, `L`, `1`); `blank` that nothing is printed on it. `flat` tells how a photograph was made
    flat first, `quality` how well it can be read.
    """

    number: int
    file: str
    index: int
    sha256: str
    width: int
    height: int
    dpi: float | None
    turned: int = 0
    skew: float = 0.0
    colour: bool = True
    colour_space: str = "RGB"
    blank: bool = False
    flat: Flattening | None = None
    quality: Quality | None = None


class PageReading(Frozen):
    """Everything that was read on a page; words in reading order, outside and inside of tables alike.

    `picture` is a hash of how the page looks (extractors/likeness.py), empty for a blank page and in old readings;
    `second` is what another engine read where critical fields stand (extractors/second_reader.py).
    """

    sha256: str
    engine: str
    source: Source = Source.OCR
    words: tuple[Word, ...] = ()
    grids: tuple[Grid, ...] = ()
    seals: tuple[Seal, ...] = ()
    picture: str = ""
    second: tuple[SecondReading, ...] = ()


class ReadPage(Frozen):
    """A page together with its reading: what document readers work on."""

    page: Page
    reading: PageReading

    @property
    def number(self) -> int:
        return self.page.number

    @property
    def words(self) -> tuple[Word, ...]:
        return self.reading.words

    @property
    def well_read(self) -> bool:
        """Whether its words were read with confidence, nearly all of them: then it is legible, whatever its edges look
        like. A few large lines under a seal measure badly and read well; of a page without words nothing is known."""
        enough = sum(len(word.text) for word in self.words) >= _TELLING
        return enough and self.page.quality is not None and self.page.quality.legible >= _ALL_READ
