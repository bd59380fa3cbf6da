"""A case with all that proves it, as one download."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse

from reports.bundle.writing import write_bundle
from review.desk.asked import AnOffice, CaseNumber
from review.desk.downloads import name_download
from review.desk.security import need
from review.roles import Action
from storage.people import Session

router = APIRouter(include_in_schema=False)
PART = 1 << 20  # bytes


@router.post("/cases/{case}/bundle")
def export_bundle(
    office: AnOffice, session: Annotated[Session, Depends(need(Action.EXPORT_BUNDLE))], case: CaseNumber
) -> Response:
    """The case's bundle; the export is an event, so that it is asked for by a form. Raises UnknownCase, Damaged."""
    with TemporaryDirectory(prefix="bundle-", dir=office.data) as work:
        out = Path(work, "bundle.zip")
        write_bundle(office.ledger, office.bucket, case, out, session.user.actor)
        length, file = out.stat().st_size, out.open("rb")  # an open file outlives its folder
    headers = name_download(f"{case}.zip") | {"Content-Length": str(length)}
    return StreamingResponse(_parts(file), media_type="application/zip", headers=headers)


def _parts(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while part := file.read(PART):
            yield part
