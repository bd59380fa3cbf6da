"""A package's files to page images; a file that cannot be read is refused, the others go on."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from domain.dossier import RefusedFile
from domain.errors import IntakeError
from domain.page import Frozen
from extractors.files import Limits, PageImage, SourceFile, render, unpack


class Opened(Frozen):
    """A package on local disk: its page images in page order and the files that gave none."""

    name: str
    images: tuple[PageImage, ...]
    refused: tuple[RefusedFile, ...]


def open_package(path: Path, work: Path, limits: Limits | None = None) -> Opened:
    """Unpacks and renders below the folder `work`; raises IntakeError where not one page can be read."""
    limits = limits or Limits()
    package = unpack(path, work, limits)
    images: list[PageImage] = []
    refused = list(package.refused)
    for file in package.files:
        try:
            images += render(file, work, limits)
        except IntakeError as error:
            refused.append(_refuse(file, error))
    if not images:
        raise _nothing(refused)
    return Opened(name=package.name, images=tuple(images), refused=tuple(refused))


def fingerprint(path: Path) -> str:
    """SHA-256 over names and contents of a file, or of everything below a folder."""
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.relative_to(path.parent).as_posix().encode())
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _refuse(file: SourceFile, error: IntakeError) -> RefusedFile:
    return RefusedFile(name=file.name, code=error.code, message=error.message)


def _nothing(refused: Iterable[RefusedFile]) -> IntakeError:
    first = next(iter(refused), None)
    if first is None:
        return IntakeError("EMPTY", "包内没有可读取的文件")
    return IntakeError(first.code, f"{first.name}：{first.message}")
