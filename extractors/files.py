"""A package on disk becomes its files in order, and each file its page pictures."""

import hashlib
import re
import shutil
from pathlib import Path, PurePosixPath

from domain.dossier import RefusedFile
from domain.errors import IntakeError
from domain.page import Frozen, Word
from extractors.archives import expand
from extractors.child import render_in_child
from extractors.kinds import FileKind, tell_kind
from extractors.limits import Limits

__all__ = ["Limits", "Package", "PageImage", "SourceFile", "render", "unpack"]

_IGNORED_NAMES = {".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX", "_READY", "truth.json"}
_CHUNK = 2**20
_CHANGED = "文件在读取过程中发生变化，请在传输完成后重新提交。"


class SourceFile(Frozen):
    """One file of a package: `name` is its relative path with `/`, `path` where it lies now."""

    name: str
    path: Path
    sha256: str


class PageImage(Frozen):
    """A page picture on local disk that waits to be read.

    `index` counts from 0 within the file; `dpi` is the picture's own resolution or None where the file does not
    (credibly) say; `colour_space` is what the file holds (`RGB`, `L`, `1`, ...); `words` is a true text layer.
    """

    file: str
    index: int
    path: Path
    dpi: float | None
    colour_space: str
    words: tuple[Word, ...] | None = None


class Package(Frozen):
    """The files of a package in natural order, and those that had to be refused with the reason."""

    name: str
    files: tuple[SourceFile, ...]
    refused: tuple[RefusedFile, ...] = ()


def unpack(path: Path, work: Path, limits: Limits | None = None) -> Package:
    """All files of the package at `path` (a file, a zip or a folder), zips expanded into `work`.

    Raises IntakeError when the package as a whole cannot be processed: nothing usable in it, or itself a bad file.
    """
    limits = limits or Limits()
    found = _Findings(work, limits)
    if path.is_dir():
        _enter_folder(path, "", 0, found)
    else:
        _take(path, path.name, "", 0, found)
    if not found.files:
        raise _nothing(found)
    return Package(
        name=path.name,
        files=tuple(sorted(found.files, key=lambda file: natural_key(file.name))),
        refused=tuple(sorted(found.refused, key=lambda file: natural_key(file.name))),
    )


def render(file: SourceFile, work: Path, limits: Limits | None = None) -> tuple[PageImage, ...]:
    """The page pictures of a file, made by a child process with limits; raises IntakeError if the file is bad."""
    kind = tell_kind(file.path)
    target = work / f"pages-{file.sha256[:16]}"
    target.mkdir(parents=True, exist_ok=True)
    pages = render_in_child(file.path, kind, target, limits or Limits())
    if digest(file.path) != file.sha256:
        raise IntakeError("FILE_CHANGED", _CHANGED)
    return tuple(PageImage(file=file.name, index=index, **page) for index, page in enumerate(pages))


def natural_key(name: str) -> tuple[tuple[int, int | str], ...]:
    """Sorts `第2页` before `第10页`: runs of digits count as numbers."""
    parts = re.split(r"([0-9]+)", name)
    return tuple((0, int(part)) if part.isdecimal() else (1, part.casefold()) for part in parts if part)


class _Findings:
    """What has been found so far; filled while walking through folders and zips."""

    def __init__(self, work: Path, limits: Limits) -> None:
        self.work = work
        self.limits = limits
        self.files: list[SourceFile] = []
        self.refused: list[RefusedFile] = []
        self.unpacked = 0

    def refuse(self, name: str, error: IntakeError) -> None:
        self.refused.append(RefusedFile(name=name, code=error.code, message=error.message))

    def room(self) -> None:
        if len(self.files) + len(self.refused) >= self.limits.max_files:
            raise IntakeError("TOO_MANY_FILES", f"文件数超过上限 {self.limits.max_files} 个。")


def _enter_folder(folder: Path, prefix: str, depth: int, found: _Findings) -> None:
    for entry in sorted(folder.iterdir(), key=lambda entry: natural_key(entry.name)):
        name = f"{prefix}{entry.name}"
        if _ignored(entry.name):
            continue
        if entry.is_symlink():
            found.refuse(name, IntakeError("UNSAFE_NAME", "符号链接不予读取。"))
        elif entry.is_dir():
            _enter_folder(entry, f"{name}/", depth, found)
        else:
            _take_or_refuse(entry, name, depth, found)


def _take_or_refuse(path: Path, name: str, depth: int, found: _Findings) -> None:
    found.room()
    try:
        _take(path, name, f"{name}/", depth, found)
    except IntakeError as error:
        found.refuse(name, error)


def _take(path: Path, name: str, inside: str, depth: int, found: _Findings) -> None:
    """Takes one file; what a zip holds is named with `inside` before it."""
    if not path.is_file():  # a pipe would be waited for for ever
        raise IntakeError("UNSUPPORTED_TYPE", "不是普通文件（管道、设备等），不予读取。")
    if path.stat().st_size > found.limits.max_bytes:
        raise IntakeError("FILE_TOO_BIG", f"文件超过 {found.limits.max_bytes // 2**20} MB。")
    if tell_kind(path) is not FileKind.ZIP:
        found.files.append(SourceFile(name=name, path=path, sha256=digest(path)))
        return
    if depth >= found.limits.max_nesting:
        raise IntakeError("NESTED_TOO_DEEP", f"压缩包嵌套超过 {found.limits.max_nesting} 层。")
    folder = found.work / f"zip-{digest(path)[:16]}-{len(found.files)}"
    shutil.rmtree(folder, ignore_errors=True)
    found.unpacked += expand(path, folder, found.limits, found.limits.max_unpacked_bytes - found.unpacked)
    _enter_folder(folder, inside, depth + 1, found)


def _ignored(name: str) -> bool:
    return name in _IGNORED_NAMES or name.startswith("._") or name.endswith(".truth.json")


def _nothing(found: _Findings) -> IntakeError:
    if len(found.refused) == 1:
        only = found.refused[0]
        return IntakeError(only.code, f"{PurePosixPath(only.name).name}：{only.message}")
    if found.refused:
        reasons = "；".join(f"{file.name}：{file.message}" for file in found.refused[:5])
        return IntakeError("NOTHING_USABLE", f"没有可读取的文件。{reasons}")
    return IntakeError("EMPTY_PACKAGE", "材料包中没有任何文件。")


def digest(path: Path) -> str:
    """SHA-256 of a file; raises IntakeError FILE_CHANGED when the file changes while it is read."""
    before = path.stat()
    total, sha = 0, hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            total += len(chunk)
            sha.update(chunk)
    after = path.stat()
    if total != before.st_size or (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise IntakeError("FILE_CHANGED", _CHANGED)
    return sha.hexdigest()
