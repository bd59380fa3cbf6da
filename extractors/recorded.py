"""What was read on a package's pages, kept in a file, so that nobody has to read them again."""

import gzip
from pathlib import Path

from domain.dossier import RefusedFile
from domain.page import Frozen, ReadPage

SUFFIX = ".readings.json.gz"


class Readings(Frozen):
    """All pages of one package as an engine read them, and how many seconds that took (rendering included)."""

    package: str
    engine: str
    seconds: float
    pages: tuple[ReadPage, ...]
    refused: tuple[RefusedFile, ...] = ()


def beside(package: Path) -> Path:
    """Where the recorded readings of a package lie: `X.readings.json.gz` beside X."""
    return package.with_name(package.name + SUFFIX)


def save(readings: Readings, path: Path) -> None:
    """Writes them so that equal readings give equal files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = readings.model_dump_json(exclude_defaults=True).encode()
    path.write_bytes(gzip.compress(text, compresslevel=9, mtime=0))


def load(path: Path, engine: str | None = None) -> Readings | None:
    """The readings in this file; None where there is none or another engine made them."""
    if not path.is_file():
        return None
    readings = Readings.model_validate_json(gzip.decompress(path.read_bytes()))
    return readings if engine in (None, readings.engine) else None
