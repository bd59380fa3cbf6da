"""Registers: the versions that are loaded, a form to load one more, and what changed between two of them."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import HeyanError, IntakeError
from reports.register_changes import write_xlsx
from review.desk.asked import AnOffice, read_number
from review.desk.downloads import name_download
from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.office import Office
from review.desk.registering import take_register
from review.desk.security import need
from review.registering import (
    NAMES,
    Comparison,
    Loading,
    NotComparable,
    choose_versions,
    compare_registers,
    tell_rows,
)
from review.roles import Action
from storage.people import Session
from storage.registers import RegisterKind, Registers, UnknownRegister

router = APIRouter(include_in_schema=False)
MENU = Entry("/registers", "清单", Action.VIEW_REGISTERS, 45)
Reader = Annotated[Session, Depends(need(Action.VIEW_REGISTERS))]
SHOWN = 500  # changes and troubles on a page; the file has all
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/registers")
def show_registers(request: Request, office: AnOffice, session: Reader, loaded: str = "", again: str = "") -> Response:
    """All versions, newest first; `loaded` is one that was just loaded, or was there `again`."""
    return _show(request, office, loaded=read_number(loaded), again=bool(again))


@router.post("/registers")
async def load(
    request: Request, office: AnOffice, session: Annotated[Session, Depends(need(Action.LOAD_REGISTER))]
) -> Response:
    """Loads a file whole and goes back to the list, or shows it again with all that is wrong with the file."""
    try:
        found = await take_register(request, office, session.user)
    except IntakeError as error:
        return _show(request, office, error=error)
    if found.loaded is None:
        return _show(request, office, refused=found)
    again = "&again=1" if found.loaded.duplicate else ""
    return RedirectResponse(f"/registers?loaded={found.loaded.version}{again}", 303)


@router.get("/registers/changes")
def show_changes(request: Request, office: AnOffice, session: Reader, old: str = "", new: str = "") -> Response:
    """What changed between two versions, by default the last two of the newest register's kind."""
    try:
        found = _compare(office, old, new)
    except (NotComparable, UnknownRegister) as error:
        return _show(request, office, error=error)
    content = {"found": found, "rows": list(tell_rows(found))[:SHOWN], "shown": SHOWN, "names": NAMES}
    return render(request, "register_changes.html", 200, **content)


@router.get("/registers/changes.xlsx")
def download_changes(office: AnOffice, session: Reader, old: str = "", new: str = "") -> Response:
    """All changes as a workbook; raises NotComparable, UnknownRegister."""
    found = _compare(office, old, new)
    with TemporaryDirectory(prefix="heyan-") as work:
        path = Path(work, "changes.xlsx")
        write_xlsx(path, tell_rows(found), "清单变化")
        name = f"{NAMES[RegisterKind(found.new.kind)]}变化{found.old.version}-{found.new.version}.xlsx"
        return Response(path.read_bytes(), media_type=XLSX, headers=name_download(name))


def _compare(office: Office, old: str, new: str) -> Comparison:
    database = office.ledger.database
    return compare_registers(database, *choose_versions(database, read_number(old), read_number(new)))


def _show(
    request: Request,
    office: Office,
    *,
    loaded: int | None = None,
    again: bool = False,
    error: HeyanError | None = None,
    refused: Loading | None = None,
) -> Response:
    versions = Registers(office.ledger.database).versions()[::-1]
    content: dict[str, Any] = {"versions": versions, "names": NAMES, "kinds": list(RegisterKind), "shown": SHOWN}
    content |= {"loaded": next((one for one in versions if one.version == loaded), None), "again": again}
    content |= {"message": error.message if error else "", "refused": refused}
    content["comparable"] = {one.kind for one in versions if not one.current}
    return render(request, "registers.html", 422 if error or refused else 200, **content)
