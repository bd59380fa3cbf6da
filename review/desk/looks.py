"""Turns what a page holds into HTML."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.quantity import plain
from review.desk.menu import menu_of
from review.desk.words import language_of, name, say
from review.roles import Action, may
from storage.claims import CHINA

HERE = Path(__file__).parent
STATIC = HERE / "static"


def render(request: Request, template: str, code: int = 200, **content: Any) -> HTMLResponse:
    """The page of a template; it knows the reader's language, who is signed in, and the address asked for."""
    language = language_of(request)
    speech = {"t": partial(say, language), "named": partial(name, language), "language": language}
    return HTMLResponse(environment().get_template(template).render(_surroundings(request) | speech | content), code)


def _surroundings(request: Request) -> dict[str, Any]:
    session = getattr(request.state, "session", None)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    known = {"request": request, "session": session, "static": static, "here": here if request.method == "GET" else "/"}
    if session is None:
        return known | {"menu": [], "may": lambda _: False}
    return known | {
        "menu": menu_of(request, session.user),
        "may": lambda action: may(session.user, Action(action)),
    }


@cache
def environment() -> Environment:
    """Templates with escaping everywhere; a name that nobody gave is an error and not an empty place."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"moment": moment, "day": day, "kg": kilograms}
    return made


@cache
def static(file: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it."""
    mark = hashlib.sha256((STATIC / file).read_bytes()).hexdigest()[:12]
    return f"/static/{file}?v={mark}"


def moment(at: datetime | None) -> str:
    """A point in time as the clocks in Guizhou show it."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if at else "—"


def day(on: date | None) -> str:
    """A date as forms print it."""
    return on.isoformat() if on else "—"


def kilograms(quantity: Decimal | str | None) -> str:
    """A quantity without needless zeros; a dash where there is none."""
    return "—" if quantity is None or quantity == "" else plain(Decimal(quantity))
