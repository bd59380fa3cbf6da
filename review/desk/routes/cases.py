"""All cases with their state, whatever became of them: searched, narrowed, page after page."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from domain.decision import Ending
from domain.dossier import Kind
from domain.finding import State
from domain.people import User
from reference.counties import COUNTIES
from review.desk.asked import AnOffice, read_number
from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.security import need
from review.desk.veils import veil_list
from review.roles import Action, may
from storage.case_search import CaseFilter, search_cases
from storage.database import clean
from storage.people import Session
from storage.records import RECEIVED

router = APIRouter(include_in_schema=False)
MENU = Entry("/cases", "案件一览", Action.LIST_CASES, 15)
STATES = (RECEIVED, *State, *Ending)
ASKED = ("text", "state", "kind", "county", "since", "until")
SIZE = 50
NO_DAY = "日期写作 2026-11-24"
_LONGEST = 200  # characters that are asked for


@router.get("/cases")
def show_cases(
    request: Request, office: AnOffice, session: Annotated[Session, Depends(need(Action.LIST_CASES))]
) -> Response:
    """The cases, the last received first, narrowed as the address says; of officers their own."""
    given = {key: clean(request.query_params.get(key, "").strip())[:_LONGEST] for key in (*ASKED, "below", "above")}
    asked = {key: given[key] for key in ASKED if given[key]}
    sides = {side: read_number(given[side]) for side in ("below", "above")}
    found = search_cases(office.ledger.database, read_filter(asked, session.user), size=SIZE, **sides)
    content: dict[str, Any] = {
        "found": found,
        "asked": {key: given[key] for key in ASKED},
        "narrowed": bool(asked),
        "wrong": [key for key in ("since", "until") if key in asked and read_day(asked[key]) is None],
        "no_day": NO_DAY,
        "address": lambda **side: "/cases?" + urlencode(asked | side),
        "states": STATES,
        "kinds": list(Kind),
        "counties": sorted(COUNTIES),
        "mask": veil_list(office, session.user, {one.case.case for one in found.items}),
    }
    return render(request, "cases.html", **content)


def read_filter(asked: Mapping[str, str], user: User) -> CaseFilter:
    """What an address asks; what makes no sense is left out."""
    given: dict[str, Any] = {"text": asked.get("text", "")}
    known = {"state": set(STATES), "kind": set(Kind), "county": set(COUNTIES)}
    given |= {key: asked[key] for key, values in known.items() if asked.get(key) in values}
    given |= {key: read_day(asked.get(key, "")) for key in ("since", "until")}
    return CaseFilter(**given, by=None if may(user, Action.VIEW_CASE) else user.name)


def read_day(text: str) -> date | None:
    """A day as forms write it, None where it is none that could be meant."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
