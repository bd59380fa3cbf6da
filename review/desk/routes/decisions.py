"""The forms by which a person decides; what cannot be decided comes back with its reason at the form."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from domain.decision import Act, Place, Wish
from domain.errors import HeyanError
from review import deciding
from review.correcting import UnknownPlace
from review.desk.files import open_case
from review.desk.looks import render
from review.desk.office import Office, office_of
from review.desk.routes import case as case_page
from review.desk.routes import item as item_page
from review.desk.security import need
from review.roles import Action
from storage.decisions import Conflict, NotNow
from storage.people import Session
from storage.queue import Changed, Taken

router = APIRouter(include_in_schema=False)
AnOffice = Annotated[Office, Depends(office_of)]
Edition = Annotated[int | None, Form()]
Text = Annotated[str, Form(max_length=4000)]
EXPECTED = (deciding.Unreadable, NotNow, UnknownPlace, Conflict, Taken, Changed)
LOST = "表单不完整，请重新打开页面"


@router.post("/items/{item}/confirm")
def confirm(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.CONFIRM))],
    item: int,
    edition: Edition = None,
) -> Response:
    """The finding is right."""
    return _decide_item(request, office, session, item, {"act": Act.CONFIRM, "edition": edition})


@router.post("/items/{item}/waive")
def waive(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.WAIVE))],
    item: int,
    edition: Edition = None,
    reason: Text = "",
) -> Response:
    """The finding shall not hold the case back; a reason must be given."""
    return _decide_item(request, office, session, item, {"act": Act.WAIVE, "edition": edition, "reason": reason})


@router.post("/items/{item}/approve")
def approve(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.APPROVE_WAIVER))],
    item: int,
    edition: Edition = None,
) -> Response:
    """A second person agrees to a waiver."""
    return _decide_item(request, office, session, item, {"act": Act.APPROVE, "edition": edition})


@router.post("/cases/{case}/correct")
def correct(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.CORRECT))],
    case: str,
    place: Text = "",
    text: Text = "",
    reason: Text = "",
    spot: Text = "",
    item: Annotated[str, Form()] = "",
    edition: Edition = None,
) -> Response:
    """What stands on the paper, in place of what was read; the rules run again at once."""
    fields = {"spot": spot, "text": text, "reason": reason}
    try:
        where = Place.model_validate_json(place)
    except ValidationError:
        return _refuse(request, office, session, case, item, Act.CORRECT, NotNow("LOST", LOST), fields)
    wish = Wish(case=case, act=Act.CORRECT, edition=edition, place=where, text=text, reason=reason)
    return _decide(request, office, session, wish, item, fields)


@router.post("/cases/{case}/undo")
def undo(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.UNDO))],
    case: str,
    item: Annotated[str, Form()] = "",
    edition: Edition = None,
) -> Response:
    """Takes back the last decision."""
    wish = Wish(case=case, act=Act.UNDO, edition=edition, item=int(item) if item.isdecimal() else None)
    return _decide(request, office, session, wish, item)


@router.post("/cases/{case}/verify")
def verify(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.VERIFY))],
    case: str,
    edition: Edition = None,
) -> Response:
    """The case is in order, and the ledger moves."""
    return _decide(request, office, session, Wish(case=case, act=Act.VERIFY, edition=edition))


@router.post("/cases/{case}/refuse")
def refuse(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.REFUSE))],
    case: str,
    edition: Edition = None,
    reason: Text = "",
) -> Response:
    """The case is not taken; a reason must be given."""
    wish = Wish(case=case, act=Act.REFUSE, edition=edition, reason=reason)
    return _decide(request, office, session, wish, fields={"reason": reason})


@router.post("/cases/{case}/agree")
def agree(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.SECOND_REVIEW))],
    case: str,
    edition: Edition = None,
) -> Response:
    """The second review of a passed case found nothing."""
    return _decide(request, office, session, Wish(case=case, act=Act.AGREE, edition=edition))


@router.post("/cases/{case}/reopen")
def reopen(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.SECOND_REVIEW))],
    case: str,
    edition: Edition = None,
    reason: Text = "",
) -> Response:
    """The case was passed wrongly; a reason must be given."""
    wish = Wish(case=case, act=Act.REOPEN, edition=edition, reason=reason)
    return _decide(request, office, session, wish, fields={"reason": reason})


def _decide_item(request: Request, office: Office, session: Session, item: int, wished: dict[str, Any]) -> Response:
    case = office.queue.item(item).case
    return _decide(request, office, session, Wish(case=case, item=item, **wished), str(item), wished)


def _decide(
    request: Request,
    office: Office,
    session: Session,
    wish: Wish,
    item: str = "",
    fields: dict[str, Any] | None = None,
) -> Response:
    """Decides and goes back to the page, which tells what came of it; or the page again, with what went wrong."""
    known = fields or {}
    try:
        decided = deciding.decide(office.ledger, wish, session.user, office.bucket)
    except HeyanError as error:
        return _refuse(request, office, session, wish.case, item, wish.act, error, known)
    number = request.app.state.told.keep(decided)
    page = f"/items/{item}" if item.isdecimal() else f"/cases/{wish.case}"
    return RedirectResponse(f"{page}?{urlencode({'told': number})}", 303)


def _refuse(
    request: Request,
    office: Office,
    session: Session,
    case: str,
    item: str,
    act: Act,
    error: HeyanError,
    fields: dict[str, Any],
) -> Response:
    """The page as it is now, what was typed still in its form, and why it could not be taken beside it."""
    if not isinstance(error, EXPECTED):
        raise error
    trouble = {"act": act, "message": error.message, "fields": {"text": "", "reason": "", "spot": ""} | fields}
    if item.isdecimal():
        content = item_page.describe(office, office.queue.item(int(item)), session)
        return render(request, "item.html", 409, **(content | {"trouble": trouble}))
    content = case_page.describe(office, open_case(office, case, session.user), session.user)
    return render(request, "case.html", 409, **(content | {"trouble": trouble}))
