"""Cases in which nothing waits any more, to be verified, returned or refused; and passed ones to be looked at again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.office import Office, office_of
from review.desk.security import need
from review.desk.veils import veil_list
from review.roles import Action
from review.second_review import due
from storage.decisions import Decisions
from storage.people import Session

router = APIRouter(include_in_schema=False)
MENU = Entry("/ready", "待办结", Action.VIEW_QUEUE, 20)


@router.get("/ready")
def show_ready(
    request: Request,
    office: Annotated[Office, Depends(office_of)],
    session: Annotated[Session, Depends(need(Action.VIEW_QUEUE))],
) -> Response:
    """The cases, oldest first."""
    numbers = Decisions(office.ledger.database).ready()
    known = {case.case: case for case in office.ledger.cases()} if numbers else {}
    ready = [known[number] for number in numbers if number in known]
    drawn = due(office.ledger)
    mask = veil_list(office, session.user, {case.case for case in (*ready, *drawn)})
    return render(request, "ready.html", cases=ready, drawn=drawn, mask=mask)
