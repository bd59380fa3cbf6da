"""The forms by which a step of a trade's life is taken; what cannot be taken comes back with its reason."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from domain.accounts import Overdrawn
from domain.errors import HeyanError
from domain.life import IllegalStep, Step
from reports.postings import Unpostable
from review.desk.asked import AnOffice, CaseNumber, read_number
from review.desk.files import open_case
from review.desk.looks import render
from review.desk.office import Office
from review.desk.routes import case as case_page
from review.desk.security import need
from review.living import RIGHTS, Asked, BadStep, take_step
from review.roles import Action
from storage.people import Session

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=4000)]
Short = Annotated[str, Form(max_length=40)]
EXPECTED = (BadStep, IllegalStep, Overdrawn, Unpostable)
NO_STEP = "表单没有说明要办理哪一步，请重新打开页面"
NO_DAY = "日期写作 2026-11-24"


@router.post("/cases/{case}/publish")
def publish(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.PUBLISH))],
    case: CaseNumber,
    on: Short = "",
) -> Response:
    """Makes a listing public, or renews it with what is left."""
    return _take(request, office, session, case, {"step": Step.PUBLISHED, "on": on})


@router.post("/cases/{case}/withdraw")
def withdraw(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.WITHDRAW))],
    case: CaseNumber,
    text: Text = "",
) -> Response:
    """Takes a listing back while it is public."""
    return _take(request, office, session, case, {"step": Step.WITHDRAWN, "text": text})


@router.post("/cases/{case}/notice")
def notice(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.OPEN_NOTICE))],
    case: CaseNumber,
    step: Short = "",
    on: Short = "",
    text: Text = "",
    objection: Short = "",
) -> Response:
    """Opens the notice of an agreement, records an objection or its settlement, or tells that it failed."""
    asked = {"step": step, "on": on, "text": text, "objection": read_number(objection)}
    return _take(request, office, session, case, asked)


@router.post("/cases/{case}/announce")
def announce(
    request: Request,
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.ANNOUNCE))],
    case: CaseNumber,
    on: Short = "",
) -> Response:
    """Announces the result of a deal."""
    return _take(request, office, session, case, {"step": Step.ANNOUNCED, "on": on})


def _take(request: Request, office: Office, session: Session, case: str, given: Mapping[str, object]) -> Response:
    office.ledger.show(case)  # a case that is not there is told before anything else
    try:
        take_step(office.ledger, _read(case, given), session.user)
    except EXPECTED as error:
        return _refuse(request, office, session, case, error)
    return RedirectResponse(f"/cases/{case}#life", 303)


def _read(case: str, given: Mapping[str, object]) -> Asked:
    if given["step"] not in set(RIGHTS):
        raise BadStep("NO_STEP", NO_STEP)
    try:
        on = date.fromisoformat(str(given.get("on") or "")) if given.get("on") else None
        return Asked.model_validate({**given, "case": case, "on": on})
    except (ValueError, ValidationError) as error:
        raise BadStep("NO_DAY", NO_DAY) from error


def _refuse(request: Request, office: Office, session: Session, case: str, error: HeyanError) -> Response:
    """The page as it is now, with the reason at the steps."""
    file = open_case(office, case, session.user)
    shown = case_page.describe(office, file, session.user)
    return render(request, "case.html", 409, **(shown | {"hindered": error.message}))
