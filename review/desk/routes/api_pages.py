"""Pages for programs: how they lie, and their pictures."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from domain.page import Page
from domain.people import User
from review.desk.asked import AnOffice, CaseNumber, Number, Version, View
from review.desk.files import hidden_on
from review.desk.keys import key
from review.desk.pictures import COLOUR, find_leaf
from review.desk.problems import RESPONSES
from review.desk.routes.page import pictures_of
from review.desk.veils import Veiled
from review.roles import Action
from storage.versions import read_claim, read_page_records

router = APIRouter(prefix="/api/v1/cases/{case}/pages", tags=["pages"], responses=RESPONSES, route_class=Veiled)
Viewer = Annotated[User, Depends(key(Action.VIEW_PAGE))]


@router.get("", response_model=list[Page])
def list_pages(office: AnOffice, _: Viewer, case: CaseNumber, version: Version = None) -> Any:
    """The pages of a version, default the newest."""
    return list(read_page_records(office.ledger.database, case, version).values())


@router.get("/{number}/image", response_class=Response, responses={200: {"content": {"image/jpeg": {}}}})
def send_picture(
    request: Request,
    office: AnOffice,
    user: Viewer,
    case: CaseNumber,
    number: Number,
    version: Version = None,
    view: View = COLOUR,
) -> Response:
    """The page as JPEG, in colour or without seals; accounts on it are covered until this user asked for them."""
    newest = version or read_claim(office.ledger.database, case).version
    leaf = find_leaf(office, case, newest, number)
    body = pictures_of(request).page(leaf, view, hidden_on(office, leaf, user))
    return Response(body, media_type="image/jpeg")
