"""Everything that was handed in over the desk, for those who look after it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from review.desk.asked import read_page
from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.office import Office, office_of
from review.desk.routes.uploads import SIZE, describe
from review.desk.security import need
from review.roles import Action
from storage.people import Session
from storage.uploads import Uploads

router = APIRouter(include_in_schema=False)
MENU = Entry("/handed-in", "递交记录", Action.ALL_UPLOADS, 31)


@router.get("/handed-in")
def show_all(
    request: Request,
    office: Annotated[Office, Depends(office_of)],
    session: Annotated[Session, Depends(need(Action.ALL_UPLOADS))],
) -> Response:
    """All uploads, newest first."""
    found = Uploads(office.ledger.database).list(None, read_page(request.query_params.get("page", "1")), SIZE)
    people = {user.name: user.display for user in office.people.list()}
    return render(request, "handed_in.html", **describe(found, people))
