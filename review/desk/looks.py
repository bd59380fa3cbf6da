"""Turns what a page holds into HTML."""

import hashlib
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from domain.quantity import plain
from review.desk.menu import menu_of
from review.desk.words import language_of, name, say
from review.masking import UNKNOWN, Mask
from review.roles import Action, may
from storage.claims import CHINA

HERE = Path(__file__).parent
STATIC = HERE / "static"
_MASK: ContextVar[Mask] = ContextVar("mask", default=UNKNOWN)  # of the page that is being written


def render(request: Request, template: str, code: int = 200, **content: Any) -> HTMLResponse:
    """The page of a template; it knows the reader's language, who is signed in, and the address asked for.

    Every text on it goes past `mask`, that of its case (`file`) where none is given: no account is forgotten.
    """
    language = language_of(request)
    speech = {"t": partial(say, language), "named": partial(name, language), "language": language}
    mask = content.pop("mask", None) or (content["file"].mask if "file" in content else UNKNOWN)
    before = _MASK.set(mask)
    try:
        page = environment().get_template(template).render(_surroundings(request) | speech | content)
    finally:
        _MASK.reset(before)
    return HTMLResponse(page, code)


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
        finalize=_finish,
    )
    made.filters |= {"moment": moment, "day": day, "kg": kilograms, "own": own}
    return made


@cache
def static(file: str) -> str:
    """The address of a static file; it changes with the file, so that browsers may keep it."""
    mark = hashlib.sha256((STATIC / file).read_bytes()).hexdigest()[:12]
    return f"/static/{file}?v={mark}"


def _finish(shown: Any) -> Any:
    """What a page says, without accounts; markup was put together out of such texts."""
    return _MASK.get()(shown) if isinstance(shown, str) and not isinstance(shown, Markup) else shown


def own(typed: str) -> Markup:
    """What somebody typed a moment ago, given back to them as it is."""
    return escape(typed)


def moment(at: datetime | None) -> str:
    """A point in time as the clocks in Guizhou show it."""
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if at else "—"


def day(on: date | None) -> str:
    """A date as forms print it."""
    return on.isoformat() if on else "—"


def kilograms(quantity: Decimal | str | None) -> str:
    """A quantity without needless zeros; a dash where there is none."""
    return "—" if quantity is None or quantity == "" else plain(Decimal(quantity))
