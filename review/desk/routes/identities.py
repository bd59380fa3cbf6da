"""Accounts with another sign-in service: linked by their owner, or by a supervisor who was told the subject."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.people import User
from review.desk.asked import AnOffice, Number, read_number
from review.desk.office import Office
from review.desk.routes.account import show as show_account
from review.desk.routes.oidc import carry, provider_of, return_url
from review.desk.routes.users import OwnAccount, refuse_own
from review.desk.routes.users import show as show_user
from review.desk.security import need
from review.desk.sign_on import NotVouched
from review.roles import Action
from storage.identities import BadIdentity, Identities
from storage.people import Session
from storage.staff import Staff

router = APIRouter(include_in_schema=False)
Owner = Annotated[Session, Depends(need())]
Supervisor = Annotated[Session, Depends(need(Action.MANAGE_USERS))]
Typed = Annotated[str, Form(max_length=1000)]


@router.post("/account/identities")
def set_out(request: Request, office: AnOffice, session: Owner) -> Response:
    """The way to the service, to come back with one's account over there; nothing is linked before."""
    provider = provider_of(office)
    try:
        address, trip = provider.start(return_url(request, provider), "/account", session.user.id)
    except NotVouched as error:
        return show_account(request, office, session, note=error.message)
    # A link, no redirect: forms lead to no other site.
    return carry(request, show_account(request, office, session, way=address), trip)


@router.post("/account/identities/remove")
def unlink_own(office: AnOffice, session: Owner, number: Typed = "") -> Response:
    """Forgets one of one's own accounts elsewhere."""
    _forget(office, session.user, number, session)
    return RedirectResponse("/account?done=unlinked", 303)


@router.post("/users/{number}/identities")
def link(request: Request, office: AnOffice, session: Supervisor, number: Number, subject: Typed = "") -> Response:
    """Links the account of this subject to somebody; raises UnknownUser."""
    user, issuer = Staff(office.ledger.database, office.clock).find(number).user, _issuer(office)
    try:
        refuse_own(user, session)
        _identities(office).link(user, issuer, subject.strip(), session.user.actor)
    except (OwnAccount, BadIdentity) as error:
        return show_user(request, office, number, trouble=error.message)
    return RedirectResponse(f"/users/{number}?done=linked", 303)


@router.post("/users/{number}/identities/remove")
def unlink(office: AnOffice, session: Supervisor, number: Number, identity: Typed = "") -> Response:
    """Forgets an account elsewhere of somebody's; raises UnknownUser."""
    _forget(office, Staff(office.ledger.database, office.clock).find(number).user, identity, session)
    return RedirectResponse(f"/users/{number}?done=unlinked", 303)


def _forget(office: Office, user: User, number: str, session: Session) -> None:
    _identities(office).unlink(user, read_number(number) or 0, session.user.actor)


def _identities(office: Office) -> Identities:
    return Identities(office.ledger.database, office.clock)


def _issuer(office: Office) -> str:
    if office.sign_on is None:
        raise HTTPException(404)
    return office.sign_on.settings.oidc_issuer
