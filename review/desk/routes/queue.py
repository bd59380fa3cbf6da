"""What waits for a person: found, counted, taken and given back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.office import Office, office_of
from review.desk.security import need
from review.roles import Action
from storage.people import Session
from storage.queue import Filter

router = APIRouter(include_in_schema=False)
MENU = Entry("/queue", "待办", Action.VIEW_QUEUE, 10)


@router.get("/queue")
def show_queue(
    request: Request,
    office: Annotated[Office, Depends(office_of)],
    session: Annotated[Session, Depends(need(Action.VIEW_QUEUE))],
) -> Response:
    """The queue."""
    return render(request, "queue.html", found=office.queue.search(Filter()))


@router.post("/items/{item}/release")
def release(
    item: int,
    office: Annotated[Office, Depends(office_of)],
    session: Annotated[Session, Depends(need(Action.TAKE))],
) -> Response:
    """Gives an item back."""
    office.queue.release(item, session.user)
    return RedirectResponse("/queue", 303)
