"""What waits for a person: found, counted, taken and given back."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from domain.finding import Severity
from domain.people import User
from review.desk.addresses import back
from review.desk.asked import AnOffice, ItemNumber, read_number, read_page
from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.rulings import rule_names
from review.desk.security import need
from review.desk.veils import veil_list
from review.roles import Action
from storage.database import clean
from storage.people import Session
from storage.queue import Filter, QueuePage

router = APIRouter(include_in_schema=False)
MENU = Entry("/queue", "待办", Action.VIEW_QUEUE, 10)
Taker = Annotated[Session, Depends(need(Action.TAKE))]
FACETS = {
    "severity": "级别",
    "doubt": "性质",
    "kind": "类型",
    "state": "状态",
    "holder": "处理人",
    "county": "县（市、区）",
    "rule": "规则",
}
PLAIN = ("text", "company", "kind", "rule", "county", "state")  # asked for as they stand in the address
NOBODY = "-"  # in an address: an empty value means that nothing was asked
SIZE = 50
_LONGEST = 200  # characters that are asked for


class Choice(NamedTuple):
    """A value of a filter: what it is called, how many items have it, and the address that asks for it or no more."""

    value: str
    number: int
    address: str
    chosen: bool


@router.get("/queue")
def show_queue(
    request: Request, office: AnOffice, session: Annotated[Session, Depends(need(Action.VIEW_QUEUE))]
) -> Response:
    """The queue, narrowed as the address says."""
    given = {key: clean(value)[:_LONGEST] for key, value in request.query_params.items()}
    asked = {key: value for key, value in given.items() if value and key in {*FACETS, "text", "company"}}
    found = office.queue.search(read_filter(asked), read_page(given.get("page", "1")), SIZE)
    content: dict[str, Any] = {
        "found": found,
        "cases": [list(items) for _, items in groupby(found.items, key=lambda item: (item.case, item.version))],
        "facets": {name: list(_choices(name, found, asked, session.user)) for name in FACETS},
        "titles": FACETS,
        "asked": asked,
        "mine": _mine(asked, session.user),
        "address": lambda **more: _address(asked, **more),
        "rule_names": rule_names,
        "people": {user.name: user.display for user in office.people.list()},
        "today": office.clock().date(),
        "now": office.clock(),
        "mask": veil_list(office, session.user, {item.case for item in found.items}),
    }
    return render(request, "queue.html", **content)


@router.post("/items/{item}/take")
def take(
    request: Request,
    item: ItemNumber,
    office: AnOffice,
    session: Taker,
    edition: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Gives an item to this person for a while; raises Taken, Changed, UnknownItem."""
    office.queue.take(item, session.user, read_number(edition) or 0)
    return RedirectResponse(back(request, "/queue"), 303)


@router.post("/items/{item}/release")
def release(request: Request, item: ItemNumber, office: AnOffice, session: Taker) -> Response:
    """Gives an item back; raises UnknownItem."""
    office.queue.release(item, session.user)
    return RedirectResponse(back(request, "/queue"), 303)


@router.post("/items/{item}/extend")
def extend(item: ItemNumber, office: AnOffice, session: Taker) -> Response:
    """Keeps an item that this person is still working on; raises Taken, Changed, UnknownItem."""
    office.queue.extend(item, session.user)
    return Response(status_code=204)


@router.post("/items/{item}/assign")
def assign(
    request: Request,
    item: ItemNumber,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.ASSIGN))],
    to: Annotated[str, Form()] = "",
) -> Response:
    """Says whose an item is; raises UnknownItem, UnknownUser."""
    office.queue.assign(item, office.people.find(to) if to else None, session.user)
    return RedirectResponse(back(request, "/queue"), 303)


def read_filter(asked: Mapping[str, str]) -> Filter:
    """What an address asks of the queue; what makes no sense is left out."""
    given: dict[str, Any] = {key: asked[key] for key in PLAIN if key in asked}
    if "holder" in asked:
        given["holder"] = "" if asked["holder"] == NOBODY else asked["holder"]
    if asked.get("severity") in set(Severity):
        given["severity"] = asked["severity"]
    if asked.get("doubt") in ("yes", "no"):
        given["doubt"] = asked["doubt"] == "yes"
    return Filter(**given)


def _choices(name: str, found: QueuePage, asked: Mapping[str, str], user: User) -> Iterator[Choice]:
    counts = {value or NOBODY: count for value, count in found.counts.get(name, {}).items()}
    if asked.get(name):
        counts.setdefault(asked[name], 0)
    if name == "holder":
        counts.setdefault(user.name, 0)
    for value, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]) if name == "rule" else (0, "")):
        chosen = asked.get(name) == value
        yield Choice(value, count, _address(asked, **{name: "" if chosen else value}), chosen)


def _mine(asked: Mapping[str, str], user: User) -> Choice:
    chosen = asked.get("holder") == user.name
    return Choice(user.name, 0, _address(asked, holder="" if chosen else user.name), chosen)


def _address(asked: Mapping[str, str], **more: object) -> str:
    """The queue's address with some of what was asked changed; from its first page unless `page` is given."""
    kept = {key: str(value) for key, value in {**asked, **more}.items() if value not in ("", None)}
    return "/queue" + (f"?{urlencode(kept)}" if kept else "")
