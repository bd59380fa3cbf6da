"""What goes out for programs: receipts, public notices, results, 供需信息 and statistics, in every format."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from domain.people import User
from domain.statistics import Dimension
from reports.outgoing.writing import Format
from review.desk.asked import AnOffice, CaseNumber
from review.desk.keys import key
from review.desk.problems import RESPONSES
from review.desk.routes.publishing import send
from review.desk.veils import Veiled
from review.outgoing import make_announcement, make_notice, make_publication, make_receipt, make_statistics
from review.roles import Action

router = APIRouter(prefix="/api/v1", tags=["outgoing"], responses=RESPONSES, route_class=Veiled)
Reader = Annotated[User, Depends(key(Action.VIEW_PUBLISHED))]
Viewer = Annotated[User, Depends(key(Action.VIEW_CASE))]
By = Annotated[list[Dimension] | None, Query(description="default: all")]


@router.get("/publication.{ending}", response_class=Response)
def get_publication(office: AnOffice, _: Reader, ending: Format) -> Response:
    """供需信息 as they stand now."""
    return send(make_publication(office.ledger, office.sender), ending)


@router.get("/statistics.{ending}", response_class=Response)
def get_statistics(
    office: AnOffice,
    _: Reader,
    ending: Format,
    by: By = None,
    since: date | None = None,
    until: date | None = None,
) -> Response:
    """Statistics of a period, both days included."""
    return send(make_statistics(office.ledger, office.sender, tuple(by or Dimension), since, until), ending)


@router.get("/cases/{case}/receipt.{ending}", response_class=Response)
def get_receipt(office: AnOffice, _: Viewer, case: CaseNumber, ending: Format) -> Response:
    """受理回执 of a case's newest version."""
    return send(make_receipt(office.ledger, case, office.sender), ending)


@router.get("/cases/{case}/public-notice.{ending}", response_class=Response)
def get_notice(office: AnOffice, _: Reader, case: CaseNumber, ending: Format) -> Response:
    """公示 of a case's agreement; 409 where there is none."""
    return send(make_notice(office.ledger, case, office.sender), ending)


@router.get("/cases/{case}/announcement.{ending}", response_class=Response)
def get_announcement(office: AnOffice, _: Reader, case: CaseNumber, ending: Format) -> Response:
    """交易结果公告 of a case's contract; 409 before it is signed."""
    return send(make_announcement(office.ledger, case, office.sender), ending)
