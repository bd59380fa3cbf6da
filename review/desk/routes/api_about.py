"""For programs: whose token it is, the rules, and what the ledger has."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

import validators
from domain.books import Balance
from domain.page import Frozen
from domain.people import User
from review.desk.asked import AnOffice, Listing, PageNumber, Size
from review.desk.keys import key
from review.desk.problems import RESPONSES
from review.desk.veils import Veiled
from review.roles import Action, allowed
from validators.registry import catalogued

router = APIRouter(prefix="/api/v1", tags=["about"], responses=RESPONSES, route_class=Veiled)


class Me(Frozen):
    """Whose token it is, and what their role includes."""

    user: User
    actions: tuple[Action, ...]


class RuleView(Frozen):
    """A rule: its code, severity, names in Chinese and English, and the provision it enforces."""

    rule: str
    severity: str
    name: str
    title: str
    cites: str


class Catalogue(Frozen):
    """All rules of a set of rules."""

    ruleset: str
    rules: tuple[RuleView, ...]


@router.get("/me", response_model=Me)
def tell_me(user: Annotated[User, Depends(key())]) -> Any:
    """Whose token it is."""
    return Me(user=user, actions=tuple(sorted(allowed(user.role))))


@router.get("/rules", response_model=Catalogue)
def list_rules(_: Annotated[User, Depends(key())]) -> Any:
    """The catalogue of rules."""
    shown = (
        RuleView(rule=it.code, severity=it.severity, name=it.name, title=it.title, cites=it.citation)
        for it in catalogued()
    )
    return Catalogue(ruleset=validators.RULESET, rules=tuple(shown))


@router.get("/balances", response_model=Listing[Balance])
def list_balances(
    office: AnOffice, _: Annotated[User, Depends(key(Action.VIEW_LEDGER))], page: PageNumber = 1, size: Size = 50
) -> Any:
    """Every company's account of every metal."""
    found = office.ledger.balances()
    part = found[(page - 1) * size : page * size]
    return {"items": part, "total": len(found), "page": page, "size": size}
