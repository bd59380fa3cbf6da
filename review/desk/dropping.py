"""Takes what somebody hands in over the network, and puts it into the intake under a receipt."""

import shutil
import unicodedata
from collections.abc import Sequence
from itertools import chain
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from threading import Lock

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from domain.errors import ExitCode, HeyanError, IntakeError
from domain.people import User
from extractors.limits import Limits
from review.desk.office import Office
from review.roles import Action, may
from storage.bucket import INTAKE
from storage.cases import UnknownCase
from storage.claims import CHINA, named_case
from storage.intake import drop
from storage.papers import is_noise
from storage.uploads import Upload, Uploads

FIELD = "files"
RESUBMITS = "resubmits"
MOST_FILES = Limits().max_files
_BYTES = 200  # of a name's part, so that a mark still fits
_COMES_BACK = frozenset({"returned", "quarantined"})
_ONE_AT_A_TIME = Lock()  # a name is chosen and taken before anybody else chooses

NO_FILES = "没有收到任何文件，请选择文件后再提交"
NOT_BACK = "该案件未被退回补正，不能作为补正材料提交"


class NotReturned(HeyanError):
    """Only a case that went back to the company takes new papers."""

    exit_code = ExitCode.USAGE


async def hand_in(request: Request, office: Office, user: User) -> Upload:
    """The files of a request as one package in the intake; raises IntakeError, UnknownCase, NotReturned."""
    async with request.form(max_files=MOST_FILES, max_fields=20) as form:
        return await run_in_threadpool(_take, office, user, form)


def _take(office: Office, user: User, form: FormData) -> Upload:
    files = [one for one in form.getlist(FIELD) if isinstance(one, UploadFile) and one.filename]
    case = str(form.get(RESUBMITS) or "").strip().upper()
    if case:
        _check_returned(office, user, case)
    with TemporaryDirectory(prefix="heyan-") as work:
        path, size = _lay_down(files, Path(work), f"{office.clock().astimezone(CHINA):%Y-%m-%d %H%M%S} 材料")
        named = named_case(path.name)
        if named and not case:
            _check_named(office, user, named)
        name = f"{case} {path.name}" if case and case != named else path.name
        return _drop(office, user, path, name, len(files), size)


def _drop(office: Office, user: User, path: Path, name: str, files: int, size: int) -> Upload:
    uploads = Uploads(office.ledger.database)
    with _ONE_AT_A_TIME:
        # The receipt comes first: a watcher may claim the package as soon as it lies there.
        free = _free_name(office, name)
        upload = uploads.open(free, files, size, user)
        taken = drop(office.bucket, path, free).name
    if taken != free:
        uploads.rename(upload.id, taken)
    return uploads.find(upload.id)


def _free_name(office: Office, wanted: str) -> str:
    known = {one.name.removeprefix(INTAKE).partition("/")[0] for one in office.bucket.list(INTAKE)}
    path = PurePosixPath(wanted)
    names = (wanted, *(str(path.with_name(f"{path.stem}-{number}{path.suffix}")) for number in range(2, 1000)))
    return next((name for name in names if name not in known), wanted)


def _check_returned(office: Office, user: User, case: str) -> None:
    _check_own(office, user, case)
    if office.ledger.claimed(case).state not in _COMES_BACK:
        raise NotReturned("NOT_RETURNED", f"{NOT_BACK}（{case}）")


def _check_named(office: Office, user: User, case: str) -> None:
    """A file's name is enough to add it to a case that went back; where it did not, the package is a new case."""
    try:
        comes_back = office.ledger.claimed(case).state in _COMES_BACK
    except UnknownCase:
        return
    if comes_back:
        _check_own(office, user, case)


def _check_own(office: Office, user: User, case: str) -> None:
    """Somebody who may not look at cases can only add to what they handed in themselves."""
    if not may(user, Action.VIEW_CASE) and not Uploads(office.ledger.database).is_own(case, user.name):
        raise UnknownCase("UNKNOWN_CASE", f"您没有递交过案件 {case}")


def _lay_down(files: Sequence[UploadFile], work: Path, otherwise: str) -> tuple[Path, int]:
    """The files below a folder as a package, a single one as it is, with its size; raises IntakeError."""
    named = [(make_safe(one.filename or ""), one) for one in files]
    kept = [(parts, one) for parts, one in named if parts and not is_noise("/".join(parts))]
    if not kept:
        raise IntakeError("EMPTY_PACKAGE", NO_FILES)
    tops = {parts[0] for parts, _ in kept}
    together = len(tops) == 1 and all(len(parts) > 1 for parts, _ in kept)
    single = len(kept) == 1 and len(kept[0][0]) == 1
    folder = work if together or single else work / make_safe(otherwise)[0]
    size = sum(_copy(one, _find_place(folder, parts)) for parts, one in kept)
    return (work / tops.pop() if together or single else folder), size


def _find_place(folder: Path, parts: Sequence[str]) -> Path:
    """A place for a file that no other has; what is a file cannot be a folder as well."""
    parent = folder.joinpath(*parts[:-1])
    while any(above.is_file() for above in (parent, *parent.parents)):
        parent = parent.parent
    parent.mkdir(parents=True, exist_ok=True)
    wanted = parent / parts[-1]
    others = (parent / f"{wanted.stem}-{number}{wanted.suffix}" for number in range(2, MOST_FILES + 2))
    return next(path for path in chain((wanted,), others) if not path.exists())


def _copy(file: UploadFile, path: Path) -> int:
    file.file.seek(0)
    with path.open("xb") as target:
        shutil.copyfileobj(file.file, target)
    size, most = path.stat().st_size, Limits().max_bytes
    if size > most:
        raise IntakeError("FILE_TOO_BIG", f"文件 {path.name} 超过 {most // 2**20} MB")
    return size


def make_safe(name: str) -> tuple[str, ...]:
    """The parts of a file's relative path as every bucket and disk takes them; none of it leads out of the package."""
    parts = (_make_part_safe(part) for part in name.replace("\\", "/").split("/"))
    return tuple(part for part in parts if part not in ("", ".", ".."))[-8:]


def _make_part_safe(part: str) -> str:
    plain = "".join(char if unicodedata.category(char)[0] != "C" else "_" for char in part).strip()
    stem, dot, ending = plain.rpartition(".")
    if len(plain.encode()) <= _BYTES:
        return plain
    kept = (stem or ending).encode()[: _BYTES - 20].decode(errors="ignore")
    return f"{kept}{dot}{ending}" if stem and len(ending.encode()) < 10 else kept
