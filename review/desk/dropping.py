"""Takes what somebody hands in over the network, and puts it into the intake under a receipt."""

import shutil
import unicodedata
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

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
from storage.intake import drop, foretell
from storage.papers import is_noise
from storage.uploads import Upload, Uploads

FIELD = "files"
RESUBMITS = "resubmits"
MOST_FILES = Limits().max_files
_BYTES = 200  # of a name's part, so that a mark still fits
_COMES_BACK = frozenset({"returned", "quarantined"})

NO_FILES = "没有收到任何文件，请选择文件后再提交"
NOT_DROPPED = "材料未能存入收件处，请重新提交"
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
        name = _name(office, user, path.name, case)
        return _drop(office, user, path, name, len(files), size)


def _name(office: Office, user: User, own: str, case: str) -> str:
    """What a package is called in the intake: by the case that it belongs to, and by no case that is not one's own.

    Raises UnknownCase where it is called by another's case that went back.
    """
    named = named_case(own)
    if case:
        return own if named == case else f"{case} {own}"
    if named is None or _may_add(office, user, named):
        return own
    _refuse_others(office, named)
    return f"材料 {own}"  # the case may go back before the package is claimed


def _drop(office: Office, user: User, path: Path, name: str, files: int, size: int) -> Upload:
    uploads, content = Uploads(office.ledger.database), foretell(path, name)
    # The receipt comes first: a watcher may claim the package as soon as it lies there.
    upload = uploads.open(name, files, size, user, content, _list_names(office))
    try:
        taken = drop(office.bucket, path, upload.package).name
    except Exception:
        uploads.give_up(upload.id, NOT_DROPPED)
        raise
    if taken != upload.package:
        uploads.rename(upload.id, taken)
    return uploads.find(upload.id)


def _list_names(office: Office) -> frozenset[str]:
    return frozenset(one.name.removeprefix(INTAKE).partition("/")[0] for one in office.bucket.list(INTAKE))


def _check_returned(office: Office, user: User, case: str) -> None:
    if not _may_add(office, user, case):
        raise _unknown(case)
    if office.ledger.claimed(case).state not in _COMES_BACK:
        raise NotReturned("NOT_RETURNED", f"{NOT_BACK}（{case}）")


def _refuse_others(office: Office, case: str) -> None:
    try:
        state = office.ledger.claimed(case).state
    except UnknownCase:
        return
    if state in _COMES_BACK:
        raise _unknown(case)


def _may_add(office: Office, user: User, case: str) -> bool:
    """Somebody who may not look at cases can only add to what they handed in themselves."""
    return may(user, Action.VIEW_CASE) or Uploads(office.ledger.database).is_own(case, user.name)


def _unknown(case: str) -> UnknownCase:
    return UnknownCase("UNKNOWN_CASE", f"您没有递交过案件 {case}")


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
