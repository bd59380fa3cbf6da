"""The life of trades for programs: steps taken and to be taken, what is public, notices that run, results announced."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from domain.life import Step
from domain.page import Frozen
from domain.people import User
from reference.calendar import CHINA
from review.desk.asked import AnOffice, CaseNumber, Text
from review.desk.keys import key
from review.desk.problems import RESPONSES
from review.desk.veils import Veiled
from review.living import RIGHTS, Asked, take_step
from review.roles import Action
from storage.announcing import Announced
from storage.life import Life, Lives, OpenNotice
from storage.publishing import Published

router = APIRouter(prefix="/api/v1", tags=["life"], responses=RESPONSES, route_class=Veiled)
Viewer = Annotated[User, Depends(key(Action.VIEW_CASE))]
Reader = Annotated[User, Depends(key(Action.VIEW_LEDGER))]
Day = Annotated[date, Query(description="default: today")]
BY_HAND = "|".join(RIGHTS)
FIRST, LAST = date(2000, 1, 1), date(2100, 1, 1)  # days that a calendar counts from


class Wanted(Frozen):
    """A step to be taken; `on` is the day on which it counts (default: today), `text` the reason or what was said.

    `objection` is the number of the one that is settled; by default the oldest that is open.
    """

    step: Step
    on: date | None = None
    text: Text = ""
    objection: int | None = None


@router.get("/cases/{case}/life", response_model=Life)
def show_life(office: AnOffice, _: Viewer, case: CaseNumber) -> Any:
    """All steps of a case and its deal, and those ahead: what may be taken now, and what is missing for the others."""
    return Lives(office.ledger.database).of(case)


@router.post("/cases/{case}/steps", status_code=201, response_model=Life)
def take(office: AnOffice, user: Viewer, case: CaseNumber, wanted: Wanted) -> Any:
    """Publishes, opens a notice, records an objection, announces …; 409 names the step that is missing."""
    return take_step(office.ledger, Asked(case=case, **wanted.model_dump()), user)


@router.get("/listings", response_model=list[Published])
def list_published(office: AnOffice, _: Reader) -> Any:
    """Supply and demand that is public now, with what of it is left."""
    return Lives(office.ledger.database).published()


@router.get("/notices", response_model=list[OpenNotice])
def list_notices(office: AnOffice, _: Reader, today: Day | None = None, week: bool = False) -> Any:
    """Notices that run, with both readings of 20 days; with `week` those that end in it, are over, or stand still."""
    lives, day = Lives(office.ledger.database), today or datetime.now(CHINA).date()
    day = min(max(day, FIRST), LAST)
    return lives.week(day) if week else lives.open_notices(day)


@router.get("/announcements", response_model=list[Announced])
def list_announced(office: AnOffice, _: Reader) -> Any:
    """Results of deals that were announced, oldest first."""
    return Lives(office.ledger.database).announced()
