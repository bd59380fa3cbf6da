"""The forms by which a person decides; what cannot be decided comes back with its reason at the form."""

from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from domain.decision import Act, Place, Wish
from domain.errors import HeyanError
from review import deciding
from review.correcting import UnknownPlace
from review.desk.asked import AnOffice, CaseNumber, ItemNumber, read_number
from review.desk.files import open_case
from review.desk.looks import render
from review.desk.office import Office
from review.desk.pictures import find_leaf
from review.desk.routes import case as case_page
from review.desk.routes import item as item_page
from review.desk.routes import page as scan_page
from review.desk.security import need
from review.roles import Action
from storage.decisions import Conflict, NotNow
from storage.people import Session
from storage.queue import Changed, Taken

router = APIRouter(include_in_schema=False)
Edition = Annotated[str, Form(max_length=20)]
Text = Annotated[str, Form(max_length=4000)]
EXPECTED = (deciding.Unreadable, NotNow, UnknownPlace, Conflict, Taken, Changed)
REASONED = frozenset({Act.WAIVE, Act.REFUSE, Act.REOPEN})
LOST = "表单不完整，请重新打开页面"
STALE = "表单没有说明您看到的是哪一版，未作决定；请核对本页现在的内容后再决定"


@router.post("/items/{item}/confirm")
def confirm(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.CONFIRM))],
    item: ItemNumber,
    edition: Edition = "",
) -> Response:
    """The finding is right."""
    return _decide_item(request, office, session, item, {"act": Act.CONFIRM}, edition)


@router.post("/items/{item}/waive")
def waive(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.WAIVE))],
    item: ItemNumber,
    edition: Edition = "",
    reason: Text = "",
) -> Response:
    """The finding shall not hold the case back; a reason must be given."""
    return _decide_item(request, office, session, item, {"act": Act.WAIVE, "reason": reason}, edition)


@router.post("/items/{item}/approve")
def approve(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.APPROVE_WAIVER))],
    item: ItemNumber,
    edition: Edition = "",
) -> Response:
    """A second person agrees to a waiver."""
    return _decide_item(request, office, session, item, {"act": Act.APPROVE}, edition)


@router.post("/cases/{case}/correct")
def correct(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.CORRECT))],
    case: CaseNumber,
    place: Text = "",
    text: Text = "",
    reason: Text = "",
    spot: Text = "",
    item: Annotated[str, Form()] = "",
    page: Annotated[str, Form()] = "",
    edition: Edition = "",
) -> Response:
    """What stands on the paper, in place of what was read; the rules run again at once."""
    fields = {"spot": spot, "text": text, "reason": reason}
    desk = _Desk(request, office, session, case, read_number(item), read_number(page))
    try:
        where = Place.model_validate_json(place)
    except ValidationError:
        return _refuse(desk, Act.CORRECT, NotNow("LOST", LOST), fields)
    wish = Wish(case=case, act=Act.CORRECT, place=where, text=text, reason=reason)
    return _decide(desk, wish, edition, fields)


@router.post("/cases/{case}/undo")
def undo(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.UNDO))],
    case: CaseNumber,
    item: Annotated[str, Form()] = "",
    edition: Edition = "",
    reason: Text = "",
) -> Response:
    """Takes back the last decision; somebody else's with a reason."""
    wish = Wish(case=case, act=Act.UNDO, item=read_number(item), reason=reason)
    return _decide(_Desk(request, office, session, case, wish.item), wish, edition, {"reason": reason})


@router.post("/cases/{case}/verify")
def verify(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.VERIFY))],
    case: CaseNumber,
    edition: Edition = "",
) -> Response:
    """The case is in order, and the ledger moves."""
    return _decide(_Desk(request, office, session, case), Wish(case=case, act=Act.VERIFY), edition)


@router.post("/cases/{case}/refuse")
def refuse(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.REFUSE))],
    case: CaseNumber,
    edition: Edition = "",
    reason: Text = "",
) -> Response:
    """The case is not taken; a reason must be given."""
    wish = Wish(case=case, act=Act.REFUSE, reason=reason)
    return _decide(_Desk(request, office, session, case), wish, edition, {"reason": reason})


@router.post("/cases/{case}/agree")
def agree(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.SECOND_REVIEW))],
    case: CaseNumber,
    edition: Edition = "",
) -> Response:
    """The second review of a passed case found nothing."""
    return _decide(_Desk(request, office, session, case), Wish(case=case, act=Act.AGREE), edition)


@router.post("/cases/{case}/reopen")
def reopen(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.SECOND_REVIEW))],
    case: CaseNumber,
    edition: Edition = "",
    reason: Text = "",
) -> Response:
    """The case was passed wrongly; a reason must be given."""
    wish = Wish(case=case, act=Act.REOPEN, reason=reason)
    return _decide(_Desk(request, office, session, case), wish, edition, {"reason": reason})


def read_edition(sent: str) -> int:
    """What was on the screen, as every form tells it; raises NotNow where it does not."""
    edition = read_number(sent)
    if edition is None:
        raise NotNow("NO_EDITION", STALE)
    return edition


def _decide_item(
    request: Request, office: Office, session: Session, item: int, wished: dict[str, Any], edition: str
) -> Response:
    wish = Wish(case=office.queue.item(item).case, item=item, **wished)
    return _decide(_Desk(request, office, session, wish.case, item), wish, edition, wished)


class _Desk(NamedTuple):
    """Who decides, and on which page: an item's, else one of the case's scanned pages, else the case's own."""

    request: Request
    office: Office
    session: Session
    case: str
    item: int | None = None
    page: int | None = None

    @property
    def address(self) -> str:
        if self.item:
            return f"/items/{self.item}"
        return f"/cases/{self.case}"


def _decide(desk: _Desk, wish: Wish, edition: str, fields: dict[str, Any] | None = None) -> Response:
    """Decides and goes back to the page, which tells what came of it; or the page again, with what went wrong."""
    try:
        wish = wish.model_copy(update={"edition": read_edition(edition)})
        decided = deciding.decide(desk.office.ledger, wish, desk.session.user, desk.office.bucket)
    except EXPECTED as error:
        return _refuse(desk, wish.act, error, fields or {})
    told = {"told": desk.request.app.state.told.keep(decided)}
    if desk.page:
        where = f"{desk.address}/v{decided.decision.version}/pages/{desk.page}"
        return RedirectResponse(f"{where}?{urlencode({'field': (fields or {}).get('spot', '')} | told)}", 303)
    return RedirectResponse(f"{desk.address}?{urlencode(told)}", 303)


def _refuse(desk: _Desk, act: Act, error: HeyanError, fields: dict[str, Any]) -> Response:
    """The page as it is now, what was typed still in its form, and why it could not be taken beside it."""
    template, content = _describe(desk, fields)
    spots = [one.spot for one in content.get("exhibits", ())] + [content.get("chosen")]
    shown = {spot.key for spot in spots if spot}
    at_field = fields.get("spot") in shown if act is Act.CORRECT else act in REASONED & content["acts"]
    typed = {"text": "", "reason": "", "spot": ""} | fields
    trouble = {"act": act, "message": error.message, "fields": typed, "at_field": at_field}
    mask = content["file"].mask.but(typed["text"], typed["reason"])  # what was typed comes back as it was
    return render(desk.request, template, 409, **(content | {"trouble": trouble, "mask": mask}))


def _describe(desk: _Desk, fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The template and the content of the page on which the form stood."""
    office, user = desk.office, desk.session.user
    if desk.item:
        return "item.html", item_page.describe(office, office.queue.item(desk.item), desk.session)
    file = open_case(office, desk.case, user)
    if desk.page:
        leaf = find_leaf(office, desk.case, file.version, desk.page)
        return "page.html", scan_page.describe(office, file, leaf, user, str(fields.get("spot", "")))
    return "case.html", case_page.describe(office, file, user)
