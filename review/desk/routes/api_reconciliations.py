"""Past reconciliations for programs: what each told, and its files."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response

from domain.page import Frozen
from domain.people import User
from review.desk.asked import AnOffice, Number
from review.desk.keys import key
from review.desk.problems import RESPONSES
from review.desk.routes.reconciliations import MEDIA, MOST, send_report
from review.desk.veils import Veiled
from review.roles import Action
from storage.reconciling import Reconciliations

router = APIRouter(prefix="/api/v1/reconciliations", tags=["reconciliations"], responses=RESPONSES, route_class=Veiled)
Reader = Annotated[User, Depends(key(Action.VIEW_LEDGER))]
Ending = Annotated[str, Path(pattern=f"^({'|'.join(MEDIA)})$")]


class Ended(Frozen):
    """A run that came to its end; `summary` is what `./heyan reconcile --json` told."""

    id: int
    today: date
    full: bool
    ruleset: str
    started_at: datetime
    finished_at: datetime
    summary: dict[str, Any]


@router.get("", response_model=list[Ended])
def list_runs(office: AnOffice, _: Reader) -> Any:
    """The last hundred runs that came to their end, the newest first."""
    runs = Reconciliations(office.ledger.database).ended(MOST)
    return [Ended(**run.model_dump(include=set(Ended.model_fields))) for run in runs]


@router.get("/{number}/report.{ending}", response_class=Response)
def get_report(office: AnOffice, _: Reader, number: Number, ending: Ending) -> Response:
    """The workbook or the page of a run; 409 where the files lie elsewhere."""
    return send_report(office, number, ending)
