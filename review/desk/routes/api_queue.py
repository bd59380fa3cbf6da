"""The queue for programs: what waits, taken, given back, assigned."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from domain.dossier import Kind
from domain.finding import Severity
from domain.page import Frozen
from domain.people import User
from review.desk.asked import AnOffice, Edition, ItemNumber, PageNumber, Short, Size
from review.desk.keys import key
from review.desk.problems import RESPONSES
from review.desk.veils import Veiled
from review.roles import Action
from storage.items import WAITING
from storage.queue import Filter, QueuePage
from storage.records import Item

router = APIRouter(prefix="/api/v1", tags=["queue"], responses=RESPONSES, route_class=Veiled)
Viewer = Annotated[User, Depends(key(Action.VIEW_QUEUE))]
Taker = Annotated[User, Depends(key(Action.TAKE))]


class Seen(Frozen):
    """The edition of the item that the caller knows."""

    edition: Edition


class Assigned(Frozen):
    """Whose an item shall be: a user's name, None for anybody's."""

    to: Short | None = None


@router.get("/queue", response_model=QueuePage)
def search_queue(
    office: AnOffice,
    user: Viewer,
    text: Short = "",
    kind: Kind | None = None,
    rule: Annotated[str | None, Query(pattern=r"^[A-Z]{3}-[0-9]{3}$")] = None,
    company: Short | None = None,
    county: Short | None = None,
    state: Annotated[str | None, Query(pattern=f"^({'|'.join(WAITING)})$")] = None,
    holder: Annotated[Short | None, Query(description="a user's name; empty: nobody's")] = None,
    severity: Severity | None = None,
    doubt: bool | None = None,
    page: PageNumber = 1,
    size: Size = 50,
) -> Any:
    """What waits for a person: gravest and oldest cases first, within a case doubts first."""
    asked = Filter(
        text=text, kind=kind, rule=rule, company=company, county=county, state=state, holder=holder,
        severity=severity, doubt=doubt,
    )  # fmt: skip
    return office.queue.search(asked, page, size)


@router.get("/items/{item}", response_model=Item)
def show_item(office: AnOffice, user: Viewer, item: ItemNumber) -> Any:
    """One item, waiting or not."""
    return office.queue.item(item)


@router.post("/items/{item}/take", response_model=Item)
def take(office: AnOffice, user: Taker, item: ItemNumber, seen: Seen) -> Any:
    """Keeps others from an item for the time of a lease; taken once more by the same user, the lease begins anew."""
    return office.queue.take(item, user, seen.edition)


@router.post("/items/{item}/release", response_model=Item)
def release(office: AnOffice, user: Taker, item: ItemNumber) -> Any:
    """Gives back what one holds."""
    return office.queue.release(item, user)


@router.post("/items/{item}/assign", response_model=Item)
def assign(
    office: AnOffice, user: Annotated[User, Depends(key(Action.ASSIGN))], item: ItemNumber, assigned: Assigned
) -> Any:
    """Says whose an item is."""
    to = office.people.find(assigned.to) if assigned.to else None
    return office.queue.assign(item, to, user)
