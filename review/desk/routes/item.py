"""A finding with every place it rests on side by side, and what may be decided of it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from review.desk.acts import offer_acts
from review.desk.asked import AnOffice, ItemNumber
from review.desk.files import CaseFile, open_case
from review.desk.looks import render
from review.desk.office import Office
from review.desk.rulings import exhibit, gather, hear, rule_names
from review.desk.security import need
from review.roles import Action
from storage.people import Session
from storage.queue import Filter
from storage.records import Item

router = APIRouter(include_in_schema=False)
Viewer = Annotated[Session, Depends(need(Action.VIEW_CASE))]


@router.get("/items/{item}")
def show_item(request: Request, office: AnOffice, session: Viewer, item: ItemNumber) -> Response:
    """One item of the queue."""
    content = describe(office, office.queue.item(item), session)
    told = request.app.state.told.find(request, content["item"].case)
    return render(request, "item.html", **(content | {"told": told}))


def describe(office: Office, item: Item, session: Session) -> dict[str, Any]:
    """What the page of an item shows."""
    file = open_case(office, item.case, session.user)
    shown = exhibit(file, item.finding)
    own = {
        "item": item,
        "file": file,
        "case": file.record.case,
        "exhibits": shown,
        "gathered": gather(shown),
        "hear": lambda one: hear(file, one),
        "names": rule_names(item.finding.rule),
        "before": _beside(file, item, -1),
        "after": _beside(file, item, 1) or _elsewhere(office, item),
    }
    return own | offer_acts(office, file, session.user, item)


def _beside(file: CaseFile, item: Item, step: int) -> int | None:
    """The item before or after this one among those of its case that wait."""
    waiting = [one.id for one in file.record.items]
    if item.id not in waiting:
        return waiting[0] if waiting and step > 0 else None
    place = waiting.index(item.id) + step
    return waiting[place] if 0 <= place < len(waiting) else None


def _elsewhere(office: Office, item: Item) -> int | None:
    """The first item of the queue that belongs to another case."""
    found = office.queue.search(Filter(), 1, 50).items
    return next((one.id for one in found if one.case != item.case), None)
