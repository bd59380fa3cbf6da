"""Takes a register's file that somebody sends over the network, and loads it under its own name."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from domain.errors import IntakeError
from domain.people import User
from review.desk.dropping import make_safe
from review.desk.office import Office
from review.registering import Loading, load_register
from storage.registers import RegisterKind

NO_FILE = "没有收到文件，请选择一份 CSV 或 XLSX 文件"
NO_KIND = "请选择清单的种类"


async def take_register(request: Request, office: Office, user: User) -> Loading:
    """The file of a request; raises IntakeError."""
    async with request.form(max_files=1, max_fields=5) as form:
        return await run_in_threadpool(_take, office, user, form)


def _take(office: Office, user: User, form: FormData) -> Loading:
    kind, file = form.get("kind"), form.get("file")
    if kind not in set(RegisterKind):
        raise IntakeError("NO_KIND", NO_KIND)
    if not isinstance(file, UploadFile) or not file.filename:
        raise IntakeError("NO_FILE", NO_FILE)
    with TemporaryDirectory(prefix="heyan-") as work:
        path = Path(work, (make_safe(file.filename) or ("清单",))[-1])
        with path.open("wb") as out:
            shutil.copyfileobj(file.file, out)
        return load_register(office.ledger.database, office.bucket, RegisterKind(str(kind)), path, user.actor)
