"""A case at a glance: its papers, quantities, findings, history and versions."""

from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from domain.books import Balance
from domain.dossier import Kind
from domain.people import User
from reference.calendar import CHINA
from reference.packages import required
from reports.outgoing.writing import Format
from review.desk.acts import offer_acts
from review.desk.asked import AnOffice, CaseNumber
from review.desk.files import CaseFile, open_case
from review.desk.history import compare, tell
from review.desk.looks import render
from review.desk.office import Office
from review.desk.papers import lay_papers
from review.desk.quantities import lay_quantities
from review.desk.rulings import place_link, rule_names
from review.desk.security import need
from review.living import find_open
from review.roles import Action
from review.second_review import is_due
from storage.books import Mentioned
from storage.decisions import Decisions
from storage.life import Lives
from storage.people import Session
from storage.published import NothingToTell, find_deal_of
from storage.records import ItemState
from storage.versions import list_versions, read_papers
from validators.wording import title

router = APIRouter(include_in_schema=False)
Viewer = Annotated[Session, Depends(need(Action.VIEW_CASE))]

DECIDED = frozenset({ItemState.CONFIRMED, ItemState.WAIVED})


@router.get("/cases/{case}")
def show_case(request: Request, office: AnOffice, session: Viewer, case: CaseNumber) -> Response:
    """The newest version of a case."""
    file = open_case(office, case, session.user)
    told = request.app.state.told.find(request, case)
    return render(request, "case.html", **(describe(office, file, session.user) | {"told": told}))


def describe(office: Office, file: CaseFile, user: User) -> dict[str, Any]:
    """What the page of a case shows."""
    waiting, versions = file.record.items, list_versions(office.ledger.database, file.number)
    own = {
        "file": file,
        "case": file.record.case,
        "company": company_of(file),
        "missing": missing(file),
        "quantities": lay_quantities(file.papers, balances(office, file)),
        "waiting": waiting,
        "decided": [item for item in Decisions(office.ledger.database).items(file.number) if item.state in DECIDED],
        "passed": [finding for finding in file.record.findings if not finding.holds],
        "loose": sorted(file.pages.keys() - {number for paper in file.papers for number in paper.pages}),
        "second_review": is_due(office.ledger, file.record.case),
        "versions": versions,
        "changes": changes(office, file) if len(versions) > 1 else [],
        "events": tell(file.record.events, file.mask),
        "place_link": lambda spot: place_link(file, spot),
        "rule_names": rule_names,
        "hindered": "",
        "going_out": find_papers(office, file.number),
        "formats": (Format.DOCX, Format.HTML),
    }
    return own | tell_life(office, file, user) | offer_acts(office, file, user)


def tell_life(office: Office, file: CaseFile, user: User) -> dict[str, Any]:
    """The steps of the trade, those that this person may take now, and its notice where one runs."""
    lives = Lives(office.ledger.database)
    life, today = lives.of(file.number), office.clock().astimezone(CHINA).date()
    running = {it.deal: it for it in lives.open_notices(today)} if life.deal else {}
    return {"life": life, "open_steps": find_open(life, user), "notice": running.get(life.deal or "")}


RECEIPT, NOTICE, ANNOUNCEMENT = "受理回执", "交易公示", "交易公告"


def find_papers(office: Office, case: str) -> list[tuple[str, str]]:
    """What goes out of a case by now: its title, and the last part of its address."""
    found = [(RECEIPT, "receipt")]
    with suppress(NothingToTell):
        deal = find_deal_of(office.ledger.database, case)
        found += [(NOTICE, "public-notice")] if deal.opened_on else []
        found += [(ANNOUNCEMENT, "announcement")] if deal.contracted and deal.sale.signed_on else []
    return found


def company_of(file: CaseFile) -> str:
    """Whose case it is; of a deal the seller and the buyer."""
    if file.record.items:
        return file.record.items[0].company or ""
    names = [spot.value for spot in file.spots.values() if spot.path in ("name", "transferor.name") and spot.value]
    return max(names, key=names.count, default="")


def missing(file: CaseFile) -> list[str]:
    """The documents that a package of this kind must hold and that are not in it."""
    kind = file.record.case.kind
    found = {(paper.type, paper.version) for paper in file.papers}
    wanted = required(Kind(kind)) if kind else ()
    return [title(one.type, one.version) for one in wanted if (one.type, one.version) not in found]


def balances(office: Office, file: CaseFile) -> tuple[Balance, ...]:
    """What the ledger has for the company whose case this is, of a deal for the seller."""
    path = "transferor.uscc" if file.record.case.kind == Kind.TRANSFER else "uscc"
    codes = frozenset(spot.value for spot in file.spots.values() if spot.path == path and spot.value)
    return office.ledger.books(Mentioned(codes=codes)).balances if codes else ()


def changes(office: Office, file: CaseFile) -> list[str]:
    """What this version brought against the one before it."""
    earlier = read_papers(office.ledger.database, file.number, file.version - 1)
    return compare(lay_papers(earlier), file.papers)
