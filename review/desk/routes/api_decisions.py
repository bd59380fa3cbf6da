"""Decisions for programs: every act of the desk, on the edition that the caller knows."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from domain.decision import Act, Decision, Place, Wish
from domain.document import Version
from domain.finding import Finding
from domain.page import Frozen
from domain.people import User
from domain.return_notice import ReturnNotice
from review.deciding import RIGHTS, decide
from review.desk.asked import AnOffice, CaseNumber, Edition, Short, Text
from review.desk.keys import key
from review.desk.problems import RESPONSES
from review.desk.veils import Veiled
from review.roles import Action, require
from storage.records import Case

router = APIRouter(prefix="/api/v1/cases", tags=["decisions"], responses=RESPONSES, route_class=Veiled)


class Spot(Frozen):
    """A field of a package: the document by type, version and 1-based ordinal among all alike, and its path."""

    document: Short
    version: Version | None = None
    ordinal: int = 1
    path: Short


class Asked(Frozen):
    """What shall be decided.

    `edition` is of the item for `confirm`, `waive` and `approve`, else of the case. `place` and `text` (what stands on
    the paper) are for `correct`, `item` is for acts on items, `notice` for `return`: None sends the draft.
    """

    act: Act
    edition: Edition
    item: int | None = None
    place: Spot | None = None
    text: Text = ""
    reason: Text = ""
    notice: ReturnNotice | None = None


class Outcome(Frozen):
    """What came of it, and what changed among the findings that hold the case back."""

    decision: Decision
    case: Case
    gone: tuple[Finding, ...] = ()
    new: tuple[Finding, ...] = ()
    changed: tuple[Finding, ...] = ()
    same: tuple[Finding, ...] = ()


@router.post("/{case}/decisions", status_code=201, response_model=Outcome)
def take_decision(
    office: AnOffice, user: Annotated[User, Depends(key(Action.VIEW_CASE))], case: CaseNumber, asked: Asked
) -> Any:
    """Decides; the rules run again at once. 409 where somebody was faster or the case is not where this could be."""
    require(user, RIGHTS[asked.act])
    place = Place(**asked.place.model_dump()) if asked.place else None
    wish = Wish(case=case, place=place, **{key: getattr(asked, key) for key in Asked.model_fields if key != "place"})
    return decide(office.ledger, wish, user, office.bucket)
