"""The log of everything that happened, for auditors: narrowed, page by page, event by event, and checked."""

import json
import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from markupsafe import escape

from domain.people import User
from review.desk.asked import LARGEST, AnOffice, Number
from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.office import Office
from review.desk.security import need
from review.desk.veils import veil, veil_list
from review.desk.words import dictionary
from review.masking import Mask
from review.roles import Action
from storage.audit import Audit, Mark
from storage.database import clean
from storage.logbook import Logbook, Narrowing
from storage.people import Session
from storage.records import Event

router = APIRouter(include_in_schema=False)
MENU = Entry("/audit", "日志", Action.READ_AUDIT, 60)
Auditor = Annotated[Session, Depends(need(Action.READ_AUDIT))]
SIZE = 50
NO_DAY = "日期写作 2026-11-24"
NO_MARK = "应为 编号:哈希，即以前核对时抄存的一行"
_TOLD = ("name", "role", "label", "package", "rule", "message", "document", "url")  # never what a person wrote
_MARK = re.compile(r"\s*([0-9]{1,10}):([0-9A-Fa-f]{64})\s*")


@router.get("/audit")
def show_log(request: Request, office: AnOffice, session: Auditor) -> Response:
    """The log, the newest first, narrowed as the address says."""
    asked = {key: clean(request.query_params.get(key, "").strip())[:128] for key in ("case", "actor", "what", "day")}
    return _show(request, office, asked)


@router.post("/audit/verify")
def verify(request: Request, office: AnOffice, session: Auditor, expected: Annotated[str, Form()] = "") -> Response:
    """Checks the whole log, and against a mark that was kept; tells what it found."""
    found = _MARK.fullmatch(expected)
    if expected.strip() and found is None:
        return _show(request, office, {}, trouble=NO_MARK, expected=expected)
    mark = Mark(number=min(int(found[1]), LARGEST), hash=found[2].lower()) if found else None
    audited = Audit(office.ledger.database).verify(mark)
    return _show(request, office, {}, audited=audited, expected=expected)


@router.get("/audit/{number}")
def show_event(request: Request, office: AnOffice, session: Auditor, number: Number) -> Response:
    """One event with all that it tells; raises UnknownEvent."""
    event = Logbook(office.ledger.database).find(number)
    told = veil(office, session.user, event.detail, event.case)
    detail = json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True)
    end, mask = Audit(office.ledger.database).end().number, _mask(office, session.user, [event])
    content: dict[str, Any] = {
        "event": event,
        "detail": escape(detail),
        "end": end,
        "people": _people(office),
        "mask": mask,
    }
    return render(request, "event.html", **content)


def describe(event: Event) -> str:
    """A few words on an event for the list: codes and names."""
    return "，".join(str(event.detail[key]) for key in _TOLD if event.detail.get(key))


def _mask(office: Office, user: User, events: Iterable[Event]) -> Mask:
    return veil_list(office, user, {event.case for event in events if event.case})


def _people(office: Office) -> dict[str, str]:
    return {user.name: user.display for user in office.people.list()}


def _show(request: Request, office: Office, asked: dict[str, str], *, trouble: str = "", **more: Any) -> Response:
    day, wrong = _read_day(asked.get("day", ""))
    narrowing = Narrowing(**{key: asked.get(key, "") for key in ("case", "actor", "what")}, day=day)
    sides = {side: _read_number(request.query_params.get(side, "")) for side in ("before", "after")}
    kept = {key: value for key, value in asked.items() if value}
    found = Logbook(office.ledger.database).search(narrowing, SIZE, **sides)
    content = {
        "found": found,
        "mask": _mask(office, request.state.session.user, found.events),
        "asked": {key: asked.get(key, "") for key in ("case", "actor", "what", "day")},
        "address": lambda **side: "/audit?" + urlencode(kept | side),
        "describe": describe,
        "people": _people(office),
        "kinds": dictionary()["names"]["event"],
        "wrong": wrong,
        "trouble": trouble,
    }
    defaults = {"audited": None, "expected": ""}
    return render(request, "audit.html", 422 if trouble or wrong else 200, **content | defaults | more)


def _read_day(text: str) -> tuple[date | None, str]:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None, NO_DAY
    return (None, NO_DAY) if day is not None and not 2000 <= day.year <= 2200 else (day, "")


def _read_number(text: str) -> int | None:
    return min(int(text), LARGEST) if text.isascii() and text.isdecimal() and len(text) < 12 else None
