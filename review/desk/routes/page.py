"""A page of a case: its picture with every field's box on it, and the pictures themselves."""

from collections.abc import Iterable
from itertools import groupby
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from domain.page import Box
from domain.people import User
from review.account_places import WHOLE
from review.desk.acts import offer_acts
from review.desk.addresses import back
from review.desk.asked import AnOffice, CaseNumber, Number, VersionNumber, View
from review.desk.files import CaseFile, hidden_on, open_case
from review.desk.looks import render
from review.desk.masking import reveal
from review.desk.office import Office
from review.desk.papers import Paper, Spot
from review.desk.pictures import COLOUR, Leaf, NoPicture, Pictures, find_leaf
from review.desk.security import need
from review.roles import Action
from storage.people import Session

router = APIRouter(include_in_schema=False)
Viewer = Annotated[Session, Depends(need(Action.VIEW_PAGE))]
_ROOM = 0.25  # heights of a box


class Mark(NamedTuple):
    """A field on the page: its box in pixels of the page."""

    spot: Spot
    x: float
    y: float
    width: float
    height: float


# Before the page itself, whose address would take `1.jpg` for a number.
@router.get("/cases/{case}/v{version}/pages/{number}.jpg")
def send_page(
    request: Request,
    office: AnOffice,
    session: Viewer,
    case: CaseNumber,
    version: VersionNumber,
    number: Number,
    view: View = COLOUR,
) -> Response:
    """The picture of a page, the accounts on it covered until this person asked for them."""
    leaf = find_leaf(office, case, version, number)
    body = pictures_of(request).page(leaf, view, hidden_on(office, leaf, session.user))
    return Response(body, media_type="image/jpeg")


@router.get("/cases/{case}/v{version}/pages/{number}")
def show_page(
    request: Request,
    office: AnOffice,
    session: Viewer,
    case: CaseNumber,
    version: VersionNumber,
    number: Number,
    field: str = "",
    box: str = "",
) -> Response:
    """The page with the fields that were read on it; one of them may be chosen."""
    file = open_case(office, case, session.user)
    leaf = find_leaf(office, case, version, number)
    content = describe(office, file, leaf, session.user, field)
    if box and content["chosen"] is None:
        content["extra"] = _scaled(read_box(box), leaf)
    return render(request, "page.html", **(content | {"told": request.app.state.told.find(request, case)}))


def describe(office: Office, file: CaseFile, leaf: Leaf, user: User, field: str = "") -> dict[str, Any]:
    """What a page shows; `field` is the key of the field that is chosen."""
    number = leaf.page.number
    papers = [paper for paper in file.papers if number in paper.pages] if leaf.version == file.version else []
    own = {
        "file": file,
        "leaf": leaf,
        "marks": [mark for paper in papers for mark in _marks(paper, leaf)],
        "chosen": file.spots.get(field),
        "extra": None,
        "group": group,
        "turn": _neighbours(file, number),
        "withheld": hidden_on(office, leaf, user) == (WHOLE,),
    }
    return own | offer_acts(office, file, user)


@router.get("/cases/{case}/v{version}/pages/{number}/cut.jpg")
def send_cut(
    request: Request,
    office: AnOffice,
    session: Viewer,
    case: CaseNumber,
    version: VersionNumber,
    number: Number,
    box: str,
    view: View = COLOUR,
) -> Response:
    """A place with its surroundings."""
    leaf = find_leaf(office, case, version, number)
    body = pictures_of(request).place(leaf, read_box(box), view, hidden_on(office, leaf, session.user))
    return Response(body, media_type="image/jpeg")


@router.post("/cases/{case}/reveal")
def show_accounts(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.REVEAL_ACCOUNTS))],
    case: CaseNumber,
) -> Response:
    """Shows a case's bank accounts to this person for a while, and writes down that they asked."""
    reveal(office, case, session.user)
    return RedirectResponse(back(request, f"/cases/{case}"), 303)


def pictures_of(request: Request) -> Pictures:
    """The pictures of the office behind a request."""
    found: Pictures = request.app.state.pictures
    return found


def read_box(text: str) -> Box:
    """`x0,y0,x1,y1` as an address has it; raises NoPicture where that is no box."""
    try:
        edges = [float(edge) for edge in text.split(",")]
        if len(edges) == 4 and all(-1 <= edge <= 2 for edge in edges) and _is_on_page(Box(*edges)):
            return Box(*edges)
    except ValueError:
        pass
    raise NoPicture("NO_PLACE", "地址中的位置无法识别")


def _is_on_page(box: Box) -> bool:
    return max(box.x0, 0) < min(box.x1, 1) and max(box.y0, 0) < min(box.y1, 1)


def group(marks: Iterable[Mark]) -> list[tuple[str, list[tuple[str, list[Mark]]]]]:
    """The fields of a page by document and, within it, by row of a table."""
    papers = groupby(marks, key=lambda mark: mark.spot.paper)
    return [(paper, _rows(own)) for paper, own in papers]


def _rows(marks: Iterable[Mark]) -> list[tuple[str, list[Mark]]]:
    return [(row, list(own)) for row, own in groupby(marks, key=lambda mark: mark.spot.row)]


def _marks(paper: Paper, leaf: Leaf) -> list[Mark]:
    on_page = [spot for spot in paper.spots if spot.page == leaf.page.number and spot.field.box]
    return [Mark(spot, *_scaled(spot.field.box, leaf)) for spot in on_page if spot.field.box]


def _scaled(box: Box, leaf: Leaf) -> tuple[float, float, float, float]:
    """x, y, width and height in pixels of the page, with room at both ends: readers cut the first sign short."""
    wide, high = leaf.page.width, leaf.page.height
    room = _ROOM * box.height * high
    x, width = box.x0 * wide - room, box.width * wide + 2 * room
    return (round(x), round(box.y0 * high), round(width), round(box.height * high))


def _neighbours(file: CaseFile, number: int) -> dict[str, int | None]:
    return {way: number + step if number + step in file.pages else None for way, step in (("before", -1), ("after", 1))}
