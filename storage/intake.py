"""The way of a package from the intake to the ledger: dropped, waiting, claimed, laid out for reading.

A claim may stop at any point and be repeated. Until its transaction is committed, the intake holds everything; from
then on the ledger does, and also knows which intake objects are left to remove.
"""

import hashlib
import json
import mimetypes
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath

from domain.errors import IntakeError
from domain.page import Frozen
from storage.bucket import INTAKE, Bucket, NotFound, Stored, check_name
from storage.claims import CHINA
from storage.ledger import Ledger
from storage.originals import fetch, keep
from storage.papers import DROPPING, READY, is_noise, order_naturally, propose, spell
from storage.records import Claimed, Drop, FileRecord

QUIET = timedelta(seconds=30)


class FileChanged(IntakeError):
    """Somebody is still writing to the package; nothing was recorded, and it can be claimed once it is quiet."""

    retryable = True


class WaitingPackage(Frozen):
    """A package in the intake; `name` as it stands there, `objects` with all that belongs to it, marks included."""

    name: str
    objects: tuple[Stored, ...]

    @property
    def is_folder(self) -> bool:
        return self.objects[0].name != INTAKE + self.name

    @property
    def papers(self) -> tuple[Stored, ...]:
        """Its files in natural order of their names."""
        papers = [one for one in self.objects if not is_noise(one.name)]
        return tuple(sorted(papers, key=lambda one: order_naturally(one.name)))

    @property
    def modified(self) -> datetime:
        return max(one.modified for one in self.objects)


def drop(bucket: Bucket, path: Path, name: str | None = None) -> WaitingPackage:
    """Puts a file or a folder with all below it into the intake and returns it, complete.

    A name that is taken by another waiting package gets `-2`, `-3` …. Raises IntakeError `EMPTY_PACKAGE`, `BAD_NAME`,
    `NO_SUCH_FILE`.
    """
    if not path.exists():
        raise IntakeError("NO_SUCH_FILE", f"找不到文件或文件夹：{path}")
    wanted = check_name(spell(name or path.resolve().name))
    papers = sorted(_walk(path)) if path.is_dir() else [path][: not is_noise(wanted)]
    if not papers:
        raise IntakeError("EMPTY_PACKAGE", "没有可提交的文件。")
    if not path.is_dir():
        return look(bucket, _put_free(bucket, INTAKE, wanted, path))
    return look(bucket, _drop_folder(bucket, path, papers, wanted))


def waiting(bucket: Bucket, quiet: timedelta = QUIET, now: datetime | None = None) -> tuple[WaitingPackage, ...]:
    """The complete packages of the intake, oldest first.

    A folder is complete when `_READY` lies in it or nothing in it changed for `quiet`; a file is complete as it is.
    """
    packages: defaultdict[tuple[str, bool], list[Stored]] = defaultdict(list)
    for one in bucket.list(INTAKE):
        first, slash, _ = one.name.removeprefix(INTAKE).partition("/")
        packages[first, bool(slash)].append(one)
    found = [WaitingPackage(name=name, objects=tuple(objects)) for (name, _), objects in packages.items()]
    latest = (now or datetime.now(UTC)) - quiet
    return tuple(sorted((one for one in found if _is_complete(one, latest)), key=lambda one: one.modified))


def look(bucket: Bucket, name: str) -> WaitingPackage:
    """A package of the intake as it is now, complete or not; raises NotFound."""
    whole = INTAKE + name
    objects = [one for one in bucket.list(whole) if one.name == whole or one.name.startswith(whole + "/")]
    if not objects:
        raise NotFound("NOT_FOUND", f"收件处没有 {spell(name)}")
    if objects[0].name == whole:
        objects = objects[:1]
    return WaitingPackage(name=name, objects=tuple(objects))


def claim(
    bucket: Bucket,
    ledger: Ledger,
    package: WaitingPackage,
    work: Path,
    submitted_on: date | None = None,
    *,
    held: bool = False,
) -> Claimed:
    """Stores the originals of a waiting package, records it, and takes it out of the intake.

    `work` is a local folder for passing copies; `submitted_on` is today where not given; `held` is the claim of a
    watcher. Raises FileChanged,
    IntakeError `EMPTY_PACKAGE`, StorageAway; the package then still waits.
    """
    left = ledger.leftovers(package.objects)
    if left:
        _remove(bucket, ledger, [one.object for one in left])
        package = _without(package, [one.object for one in left])
        if not package.papers:
            return ledger.claimed(left[0].case, duplicate=left[0].duplicate)
    _check_unchanged(bucket, package)
    work.mkdir(parents=True, exist_ok=True)
    files = tuple(_keep_papers(bucket, package, work))
    _check_unchanged(bucket, package)
    claimed = ledger.claim(_describe(package, files, submitted_on or datetime.now(CHINA).date(), held))
    _remove(bucket, ledger, package.objects)
    return claimed


def tidy(bucket: Bucket, ledger: Ledger) -> int:
    """Removes what crashed claims left in the intake although it is recorded; returns how many objects."""
    left = [one.object for one in ledger.leftovers(tuple(bucket.list(INTAKE)))]
    _remove(bucket, ledger, left)
    return len(left)


def lay_out(bucket: Bucket, claimed: Claimed, folder: Path) -> Path:
    """The package as it was dropped, rebuilt below a local folder from its originals; returns the file or folder.

    Raises IntakeError `BAD_NAME` for names that no disk takes, NotFound, Damaged, StorageAway.
    """
    top = folder / check_name(claimed.package)
    kept = [file for file in claimed.files if file.sha256]
    single = len(kept) == 1 and kept[0].name == claimed.package
    for file in kept:
        target = top if single else top.joinpath(*check_name(file.name).split("/"))
        _make_folder(target.parent)
        fetch(bucket, str(file.sha256), target)
    return top


def hash_content(files: Iterable[FileRecord]) -> str:
    """What makes two packages the same: their files' contents and names.

    Of a single file only the name's ending counts: mail programs and browsers rename what they save.
    """
    known = sorted((file.name, file.sha256) for file in files)
    if len(known) == 1:
        known = [(PurePosixPath(known[0][0]).suffix.lower(), known[0][1])]
    return hashlib.sha256(json.dumps(known, ensure_ascii=False).encode()).hexdigest()


def foretell(path: Path, name: str) -> str:
    """What `hash_content` will say of this file or folder once it was dropped under this name."""
    papers = sorted(_walk(path)) if path.is_dir() else [path]
    names = [paper.relative_to(path).as_posix() if path.is_dir() else name for paper in papers]
    told = zip(names, papers, strict=True)
    return hash_content(FileRecord(position=1, name=spell(one), sha256=_digest(paper)) for one, paper in told)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _drop_folder(bucket: Bucket, folder: Path, papers: list[Path], wanted: str) -> str:
    with tempfile.NamedTemporaryFile() as empty:
        mark = _put_free(bucket, INTAKE, wanted, Path(empty.name), f"/{DROPPING}")
        for paper in papers:
            _put_free(bucket, f"{INTAKE}{mark}/", spell(paper.relative_to(folder).as_posix()), paper)
        bucket.put(f"{INTAKE}{mark}/{READY}", Path(empty.name))
    return mark


def _put_free(bucket: Bucket, place: str, wanted: str, path: Path, below: str = "") -> str:
    for name in propose(wanted):
        whole = place + name
        if not _is_taken(bucket, whole) and bucket.put_new(whole + below, path):
            return name
    raise IntakeError("NAME_TAKEN", f"收件处已有过多同名文件：{wanted}")


def _is_taken(bucket: Bucket, name: str) -> bool:
    return any(one.name == name or one.name.startswith(name + "/") for one in bucket.list(name))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and not is_noise(path.relative_to(folder).as_posix()):
            yield path


def _is_complete(package: WaitingPackage, latest: datetime) -> bool:
    if not package.papers:
        return False
    if not package.is_folder:
        return True
    marks = {one.name.removeprefix(f"{INTAKE}{package.name}/") for one in package.objects}
    if READY in marks:
        return True
    return DROPPING not in marks and package.modified <= latest


def _check_unchanged(bucket: Bucket, package: WaitingPackage) -> None:
    try:
        now = look(bucket, package.name)
    except NotFound:
        raise FileChanged("FILE_CHANGED", "文件在读取时被移走，请重新提交。") from None
    if now.papers != package.papers:
        raise FileChanged("FILE_CHANGED", "文件在读取时发生变化，请待上传完成后重试。")


def _keep_papers(bucket: Bucket, package: WaitingPackage, work: Path) -> Iterator[FileRecord]:
    if not package.papers:
        raise IntakeError("EMPTY_PACKAGE", "没有可处理的文件。")
    with tempfile.TemporaryDirectory(dir=work) as folder:
        for position, paper in enumerate(package.papers, start=1):
            yield _keep_paper(bucket, package, paper, position, Path(folder, "paper"))


def _keep_paper(bucket: Bucket, package: WaitingPackage, paper: Stored, position: int, copy: Path) -> FileRecord:
    try:
        sha256 = bucket.get(paper.name, copy)
    except NotFound:
        raise FileChanged("FILE_CHANGED", "文件在读取时被移走，请重新提交。") from None
    # What is kept is hashed again: the copy on the disk must be what came over the wire.
    if copy.stat().st_size != paper.size or keep(bucket, copy) != sha256:
        raise FileChanged("FILE_CHANGED", "文件在读取时发生变化，请待上传完成后重试。")
    name = spell(paper.name.removeprefix(f"{INTAKE}{package.name}/" if package.is_folder else INTAKE))
    return FileRecord(position=position, name=name, sha256=sha256, size=paper.size, media=mimetypes.guess_type(name)[0])


def _describe(package: WaitingPackage, files: tuple[FileRecord, ...], submitted_on: date, held: bool) -> Drop:
    return Drop(
        package=spell(package.name),
        content_hash=hash_content(files),
        submitted_on=submitted_on,
        files=files,
        objects=package.objects,
        held=held,
    )


def _remove(bucket: Bucket, ledger: Ledger, objects: Iterable[Stored]) -> None:
    # `_READY` goes last: what a crash leaves is seen as complete, and the next claim finishes the removal.
    gone = sorted(objects, key=lambda one: (one.name.endswith("/" + READY), one.name))
    for one in gone:
        if _is_same(bucket, one):
            bucket.remove(one.name)
    ledger.forget(gone)


def _is_same(bucket: Bucket, listed: Stored) -> bool:
    # Not the time: some servers list it in milliseconds and tell it in seconds.
    try:
        now = bucket.stat(listed.name)
    except NotFound:
        return False
    return (now.size, now.etag) == (listed.size, listed.etag)


def _without(package: WaitingPackage, objects: list[Stored]) -> WaitingPackage:
    rest = tuple(one for one in package.objects if one not in objects)
    return package.model_copy(update={"objects": rest})


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise IntakeError("BAD_NAME", "文件名不可用：同名的文件与文件夹并存。") from None
