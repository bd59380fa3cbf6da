"""Cases for programs: documents, findings, events, decisions, versions, and the draft of a 补正通知."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from domain.decision import Act, Decision, Ending
from domain.dossier import Kind
from domain.finding import Finding, Outcome, State
from domain.page import Frozen
from domain.people import User
from domain.return_notice import ReturnNotice
from review.deciding import possible
from review.desk.asked import AnOffice, CaseNumber, Listing, PageNumber, Size, Version
from review.desk.keys import key
from review.desk.masking import reveal
from review.desk.problems import RESPONSES
from review.desk.veils import Veiled
from review.notices import draft_notice
from review.roles import Action
from storage.case_lists import CasePage, list_page
from storage.decisions import Decisions
from storage.records import RECEIVED, Case, Event, FileRecord, Item
from storage.versions import VersionRecord, list_versions, read_papers

router = APIRouter(prefix="/api/v1/cases", tags=["cases"], responses=RESPONSES, route_class=Veiled)
Viewer = Annotated[User, Depends(key(Action.VIEW_CASE))]
STATES = "|".join((RECEIVED, *State, *Ending))


class CaseView(Frozen):
    """A case at a glance; `acts` are those that its state allows, `edition` in `case` is to be sent with them."""

    case: Case
    ruleset: str | None
    files: tuple[FileRecord, ...]
    items: tuple[Item, ...]
    versions: tuple[VersionRecord, ...]
    acts: tuple[Act, ...]


@router.get("", response_model=CasePage)
def list_cases(
    office: AnOffice,
    _: Viewer,
    state: Annotated[str | None, Query(pattern=f"^({STATES})$")] = None,
    kind: Kind | None = None,
    page: PageNumber = 1,
    size: Size = 50,
) -> Any:
    """The newest version of every case, the last received first."""
    return list_page(office.ledger.database, page, size, state, kind)


@router.get("/{case}", response_model=CaseView)
def show_case(office: AnOffice, _: Viewer, case: CaseNumber) -> Any:
    """One case, with all items of its newest version, whatever their state."""
    record, database = office.ledger.show(case), office.ledger.database
    told = {"case": record.case, "ruleset": record.ruleset, "files": record.files}
    items, acts = Decisions(database).items(case), sorted(possible(record.case))
    return told | {"items": items, "versions": list_versions(database, case), "acts": acts}


@router.get("/{case}/documents", response_model=list[dict[str, Any]])
def list_documents(office: AnOffice, _: Viewer, case: CaseNumber, version: Version = None) -> Any:
    """The documents of a version with every field: value, print, place, certainty, readers."""
    return read_papers(office.ledger.database, case, version)


@router.get("/{case}/findings", response_model=list[Finding])
def list_findings(office: AnOffice, _: Viewer, case: CaseNumber, outcome: Outcome | None = None) -> Any:
    """What the rules say of the newest version."""
    return [one for one in office.ledger.show(case).findings if outcome in (None, one.outcome)]


@router.get("/{case}/events", response_model=Listing[Event])
def list_events(office: AnOffice, _: Viewer, case: CaseNumber, page: PageNumber = 1, size: Size = 50) -> Any:
    """All that ever happened to the case, oldest first."""
    return _cut(office.ledger.show(case).events, page, size)


@router.get("/{case}/decisions", response_model=Listing[Decision])
def list_decisions(office: AnOffice, _: Viewer, case: CaseNumber, page: PageNumber = 1, size: Size = 50) -> Any:
    """What people decided on all versions of the case, oldest first."""
    office.ledger.claimed(case)
    return _cut(Decisions(office.ledger.database).of_case(case), page, size)


@router.get("/{case}/notice", response_model=ReturnNotice)
def draft(office: AnOffice, _: Annotated[User, Depends(key(Action.RETURN))], case: CaseNumber) -> Any:
    """The draft of a 补正通知, to be edited and sent with the act `return`."""
    return draft_notice(office.ledger.show(case), Decisions(office.ledger.database).items(case))


@router.post("/{case}/reveal", status_code=204)
def show_accounts(
    office: AnOffice, user: Annotated[User, Depends(key(Action.REVEAL_ACCOUNTS))], case: CaseNumber
) -> Response:
    """Shows the case's bank accounts to this user for half an hour; that they asked is written down."""
    reveal(office, case, user)
    return Response(status_code=204)


def _cut(found: tuple[Any, ...], page: int, size: int) -> dict[str, Any]:
    return {"items": found[(page - 1) * size : page * size], "total": len(found), "page": page, "size": size}
