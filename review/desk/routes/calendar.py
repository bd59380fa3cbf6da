"""The public notices that run: what ends this week by both readings of 20 days, and what stands still."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from reference.calendar import CHINA
from review.desk.asked import AnOffice
from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.security import need
from review.desk.veils import veil_list
from review.roles import Action
from storage.life import Lives
from storage.people import Session

router = APIRouter(include_in_schema=False)
MENU = Entry("/calendar", "公示日历", Action.VIEW_CASE, 25)


@router.get("/calendar")
def show_calendar(
    request: Request, office: AnOffice, session: Annotated[Session, Depends(need(Action.VIEW_CASE))]
) -> Response:
    """First what ends this week, is over or stands still, then the others that run."""
    today = _today(office.clock())
    lives = Lives(office.ledger.database)
    every, week = lives.open_notices(today), lives.week(today)
    monday = today - timedelta(today.weekday())
    content: dict[str, Any] = {
        "today": today,
        "monday": monday,
        "sunday": monday + timedelta(6),
        "week": week,
        "later": [it for it in every if it not in week],
        "mask": veil_list(office, session.user, {it.case for it in every}),
    }
    return render(request, "calendar.html", **content)


def _today(now: datetime) -> date:
    return now.astimezone(CHINA).date()
