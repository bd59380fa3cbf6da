"""Officers hand packages in and see what becomes of them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from domain.errors import HeyanError, IntakeError
from domain.people import User
from extractors.limits import Limits
from review.desk.asked import AnOffice, Number, read_page
from review.desk.dropping import MOST_FILES, NotReturned, hand_in
from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.office import Office
from review.desk.security import need
from review.desk.sizes import PACKAGE
from review.roles import Action, may
from storage.cases import UnknownCase
from storage.people import Session
from storage.unfinished import NotQuarantined, retry
from storage.uploads import TROUBLE, WAITING, Upload, UploadPage, Uploads

router = APIRouter(include_in_schema=False)
MENU = Entry("/uploads", "递交", Action.OWN_UPLOADS, 30)
Owner = Annotated[Session, Depends(need(Action.OWN_UPLOADS))]
UNDER_WAY = frozenset({WAITING, "received"})
SIZE = 30


@router.get("/uploads")
def show_uploads(request: Request, office: AnOffice, session: Owner, receipt: str = "", case: str = "") -> Response:
    """The page on which packages are handed in, with what one handed in before."""
    return _show(request, office, session.user, receipt=receipt, case=case)


@router.post("/uploads")
async def take_upload(
    request: Request, office: AnOffice, session: Annotated[Session, Depends(need(Action.UPLOAD))]
) -> Response:
    """Puts the files into the intake; goes back to the page with the receipt, or shows it again with what was wrong."""
    try:
        upload = await hand_in(request, office, session.user)
    except (IntakeError, NotReturned, UnknownCase) as error:
        return _show(request, office, session.user, error=error)
    return RedirectResponse(f"/uploads?receipt={upload.receipt}", 303)


@router.post("/uploads/{number}/retry")
def try_again(request: Request, office: AnOffice, session: Owner, number: Number) -> Response:
    """Has a quarantined package of one's own read once more; a supervisor may for everybody."""
    try:
        read_again(office, session.user, number)
    except (NotQuarantined, UnknownCase) as error:
        return _show(request, office, session.user, error=error)
    return RedirectResponse("/uploads", 303)


def find_upload(office: Office, user: User, number: int) -> Upload:
    """One's own upload, or anybody's for those who may see all; raises UnknownUpload."""
    by = None if may(user, Action.ALL_UPLOADS) else user.name
    return Uploads(office.ledger.database).find(number, by)


def read_again(office: Office, user: User, number: int) -> None:
    """Has the quarantined case of an upload read once more; what only had the same content is another's case.

    Raises UnknownUpload, UnknownCase, NotQuarantined.
    """
    upload = find_upload(office, user, number)
    own = may(user, Action.ALL_UPLOADS) or Uploads(office.ledger.database).is_own(upload.case or "", user.name)
    if not own:
        raise UnknownCase("UNKNOWN_CASE", f"回执 {upload.receipt} 没有可重试的案件")
    retry(office.ledger.database, upload.case or "", user.actor)


def describe(found: UploadPage, people: dict[str, str]) -> dict[str, Any]:
    """What a list of uploads shows."""
    return {
        "found": found,
        "under_way": any(one.state in UNDER_WAY for one in found.items),
        "people": people,
        "trouble_state": TROUBLE,
    }


def _show(
    request: Request,
    office: Office,
    user: User,
    *,
    receipt: str = "",
    case: str = "",
    error: HeyanError | None = None,
) -> Response:
    number = read_page(request.query_params.get("page", "1"))
    found = Uploads(office.ledger.database).list(user.name, number, SIZE)
    content = {
        "receipt": next((one for one in found.items if receipt and one.receipt == receipt), None),
        "case": case if case.isascii() and len(case) < 40 else "",
        "message": error.message if error else "",
        "most_files": MOST_FILES,
        "most_bytes": PACKAGE,
        "most_file_bytes": Limits().max_bytes,
    }
    return render(request, "uploads.html", 422 if error else 200, **content, **describe(found, {}))
