"""What goes out: 供需信息, public notices, results and statistics with charts, each to be saved in any format."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from markupsafe import Markup

from domain.dossier import Kind
from domain.outgoing import Announcement, Publication, PublicNotice
from domain.statistics import Dimension
from reports.charts import draw_all
from reports.outgoing.figures import HEADINGS, Published, list_charts
from reports.outgoing.layout import Sort, show
from reports.outgoing.writing import MEDIA, Format, Outgoing, write
from review.desk.asked import AnOffice, CaseNumber
from review.desk.downloads import name_download
from review.desk.looks import render
from review.desk.menu import Entry
from review.desk.office import Office
from review.desk.routes.cases import NO_DAY, read_day
from review.desk.security import need
from review.outgoing import (
    make_announcement,
    make_notice,
    make_publication,
    make_receipt,
    make_statistics,
    tell_notice,
    tell_result,
    today,
)
from review.roles import Action, may
from storage.cases import UnknownCase
from storage.people import Session
from storage.published import ToldDeal, list_deals
from storage.uploads import Uploads

router = APIRouter(include_in_schema=False)
MENU = Entry("/published", "发布与统计", Action.VIEW_PUBLISHED, 25)
Reader = Annotated[Session, Depends(need(Action.VIEW_PUBLISHED))]
MOST = 100  # lines of a list on the page; the files have them all
LISTS = ("供需信息", "公示", "交易结果", "统计")
BACKWARDS = "起始日不得晚于截止日"


@router.get("/published")
def show_published(request: Request, office: AnOffice, session: Reader) -> Response:
    """Everything that is out, with the statistics that the address asks for."""
    asked = read_asked(request)
    by, since, until = asked["by"], asked["since"], asked["until"]
    statistics = make_statistics(office.ledger, office.sender, (by,), since, until or today())
    publication = make_publication(office.ledger, office.sender)
    return render(request, "published.html", **describe(office, publication), **show_figures(statistics, by), **asked)


def describe(office: Office, publication: Outgoing) -> dict[str, Any]:
    """The lists of the page."""
    told = publication.value
    assert isinstance(told, Publication)
    deals = list_deals(office.ledger.database)
    return {
        "offers": {kind: told.of(kind) for kind in (Kind.SUPPLY, Kind.DEMAND)},
        "notices": [it for deal in deals if (it := open_notice(office, deal))],
        "results": [done for deal in reversed(deals) if (done := result_of(office, deal))],
        "most": MOST,
        "formats": list(Format),
    }


def show_figures(outgoing: Outgoing, by: Dimension) -> dict[str, Any]:
    """The statistics as the page shows them: a table and its charts."""
    assert isinstance(outgoing.value, Published)
    statistics = outgoing.value.statistics
    table = next((it for it in outgoing.sheet.tables if it.name == HEADINGS[by]), None)
    return {
        "table": table,
        "cells": [_tell_row(row, table.columns) for row in table.rows] if table else [],
        "charts": [Markup(drawn) for drawn in draw_all(list_charts(statistics, by))],
        "dimensions": {it: HEADINGS[it] for it in Dimension},
    }


def _tell_row(row: tuple[Any, ...], columns: Any) -> list[tuple[str, bool]]:
    pairs = zip(row, columns, strict=True)
    return [(show(cell, column.sort), column.sort is not Sort.TEXT) for cell, column in pairs if column.width]


def open_notice(office: Office, deal: ToldDeal) -> PublicNotice | None:
    """The notice of a deal that is open: neither failed nor followed by a contract."""
    if deal.opened_on is None or deal.failed or deal.contracted:
        return None
    return tell_notice(deal, office.sender, deal.opened_on)


def result_of(office: Office, deal: ToldDeal) -> Announcement | None:
    """The result of a deal that has a contract."""
    return tell_result(deal, office.sender, today())


def read_asked(request: Request) -> dict[str, Any]:
    """The period and the dimension that an address asks for; what makes no sense is told and left out."""
    given = {key: request.query_params.get(key, "").strip()[:20] for key in ("since", "until", "by")}
    days = {key: read_day(given[key]) for key in ("since", "until")}
    wrong = [key for key in days if given[key] and days[key] is None]
    message = NO_DAY if wrong else ""
    if days["since"] and days["since"] > (days["until"] or today()):
        wrong, message, days["since"] = ["since"], BACKWARDS, None
    by = Dimension(given["by"]) if given["by"] in set(Dimension) else Dimension.QUARTER
    return days | {"given": given, "wrong": wrong, "message": message, "by": by, "address": _address(days, by)}


def _address(days: Mapping[str, date | None], by: Dimension) -> Any:
    """How links on the page carry on what is asked for."""
    kept = {key: str(day) for key, day in days.items() if day} | {"by": by.value}
    return lambda **other: urlencode({key: value for key, value in (kept | other).items() if value})


# ---- files ---------------------------------------------------------------------------------------------------------


@router.get("/published/publication.{ending}")
def save_publication(office: AnOffice, _: Reader, ending: Format) -> Response:
    """供需信息 as a file."""
    return send(make_publication(office.ledger, office.sender), ending)


@router.get("/published/statistics.{ending}")
def save_statistics(request: Request, office: AnOffice, _: Reader, ending: Format) -> Response:
    """The statistics of the period that the address asks for, by one dimension or by all."""
    asked = read_asked(request)
    by = (asked["by"],) if asked["given"]["by"] else tuple(Dimension)
    return send(make_statistics(office.ledger, office.sender, by, asked["since"], asked["until"]), ending)


@router.get("/cases/{case}/public-notice.{ending}")
def save_notice(office: AnOffice, _: Reader, case: CaseNumber, ending: Format) -> Response:
    """公示 of a case's agreement; raises UnknownCase, NothingToTell."""
    return send(make_notice(office.ledger, case, office.sender), ending)


@router.get("/cases/{case}/announcement.{ending}")
def save_announcement(office: AnOffice, _: Reader, case: CaseNumber, ending: Format) -> Response:
    """交易结果公告 of a case's contract; raises UnknownCase, NothingToTell."""
    return send(make_announcement(office.ledger, case, office.sender), ending)


@router.get("/cases/{case}/receipt.{ending}")
def save_receipt(
    office: AnOffice,
    session: Annotated[Session, Depends(need(Action.LIST_CASES))],
    case: CaseNumber,
    ending: Format,
) -> Response:
    """受理回执, for those who handed the case in or may look at it; raises UnknownCase."""
    own = Uploads(office.ledger.database).is_own(case, session.user.name)
    if not own and not may(session.user, Action.VIEW_CASE):
        raise UnknownCase("UNKNOWN_CASE", f"没有编号为 {case} 的案件")
    return send(make_receipt(office.ledger, case, office.sender), ending)


def send(outgoing: Outgoing, ending: Format) -> Response:
    """A paper as a file to be saved."""
    headers = name_download(f"{outgoing.sheet.file}.{ending}")
    return Response(write(outgoing, ending), media_type=MEDIA[ending], headers=headers)
