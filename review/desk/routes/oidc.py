"""Signing in by another service: off to it, and back with who it vouches for; local sign-in stays."""

import base64
import binascii
import logging

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from review.desk.addresses import is_local
from review.desk.asked import AnOffice
from review.desk.office import Office
from review.desk.security import COOKIE, set_cookie
from review.desk.sign_on import STALE, NotVouched, Provider, Trip, Vouched
from review.desk.signing_in import show_sign_in
from storage.identities import BadIdentity, Identities
from storage.people import BadCredentials, BadName, Session, UserExists

router = APIRouter(include_in_schema=False)
TRIP = "heyan_sign_on"
LASTS = 600  # seconds to sign in over there
BY = "system:oidc"
UNKNOWN = (
    "统一认证已确认您的身份，但本系统没有与之关联的用户，或该用户已停用。"
    "请用本地密码登录后在“我的账户”中关联，或将此标识告知负责人："
)
OTHERS = "关联未完成：请以同一用户保持登录，从“我的账户”重新开始"
DECLINED = "统一认证未完成登录，请重试或用本地密码登录"
log = logging.getLogger("heyan.desk")


@router.get("/oidc/start")
def start(request: Request, office: AnOffice, next: str = "/") -> Response:
    """Off to the service; what is to come back goes into a cookie for this way alone."""
    provider = provider_of(office)
    try:
        address, trip = provider.start(return_url(request, provider), next if is_local(next) else "/")
    except NotVouched as error:
        return show_sign_in(request, next_=next if is_local(next) else "/", message=error.message)
    return carry(request, RedirectResponse(address, 303), trip)


def carry(request: Request, response: Response, trip: Trip) -> Response:
    """The answer with what the browser takes along to the service and back."""
    packed = base64.urlsafe_b64encode(trip.model_dump_json().encode()).decode()
    secure = request.url.scheme == "https"
    # Lax, not strict: the way back begins on the other service's page.
    response.set_cookie(TRIP, packed, max_age=LASTS, path="/oidc", httponly=True, secure=secure, samesite="lax")
    return response


@router.get("/oidc/return")
def finish(request: Request, office: AnOffice) -> Response:
    """Back from the service: a session for whom it vouches and whom we know, else the sign-in page with the reason."""
    provider, trip = provider_of(office), _unpack(request.cookies.get(TRIP, ""))
    try:
        if trip is None:
            raise NotVouched("SIGN_ON_STATE", STALE)
        vouched = _ask(request, provider, trip)
        response = _link(request, office, trip, vouched) if trip.links else _enter(request, office, trip, vouched)
    except NotVouched as error:
        log.warning("not signed in: %s", error.code)
        response = show_sign_in(
            request, next_=trip.next if trip and is_local(trip.next) else "/", message=error.message
        )
    response.delete_cookie(TRIP, path="/oidc")
    return response


def _ask(request: Request, provider: Provider, trip: Trip) -> Vouched:
    answer = dict(request.query_params)
    if "error" in answer:
        raise NotVouched("SIGN_ON_DECLINED", DECLINED)
    return provider.finish(trip, answer, return_url(request, provider))


def _enter(request: Request, office: Office, trip: Trip, vouched: Vouched) -> Response:
    next_ = trip.next if is_local(trip.next) else "/"
    try:
        session = admit(office, provider_of(office), vouched)
    except (BadCredentials, UserExists, BadName, BadIdentity) as error:
        log.warning("not signed in: %s", error.code)
        return show_sign_in(request, next_=next_, message=UNKNOWN, subject=vouched.subject)
    response = RedirectResponse(next_, 303)
    set_cookie(request, response, COOKIE, session.token)
    return response


def _link(request: Request, office: Office, trip: Trip, vouched: Vouched) -> Response:
    """Links the account over there to whoever set out from their own account here, and is still signed in."""
    session: Session | None = request.state.session
    if session is None or session.user.id != trip.links or session.must_change:
        raise NotVouched("SIGN_ON_OTHERS", OTHERS)
    issuer = provider_of(office).settings.oidc_issuer
    try:
        Identities(office.ledger.database, office.clock).link(session.user, issuer, vouched.subject, session.user.actor)
    except BadIdentity as error:
        raise NotVouched(error.code, error.message) from error
    return RedirectResponse("/account?done=linked", 303)


def admit(office: Office, provider: Provider, vouched: Vouched) -> Session:
    """A session for whoever the account over there is linked to; where the settings say so, also for somebody new.

    A name proves nothing: whoever has one of ours over there is not let in by it, and the role of somebody known is
    never changed by a claim. Raises BadCredentials, UserExists, BadName, BadIdentity.
    """
    identities, issuer = Identities(office.ledger.database, office.clock), provider.settings.oidc_issuer
    name = identities.find(issuer, vouched.subject)
    if name is None:
        if provider.settings.oidc_admit != "mapped" or vouched.role is None:
            raise BadCredentials("NOT_LINKED", UNKNOWN)
        user = office.people.add(vouched.name, vouched.display, vouched.role, None, BY)
        identities.link(user, issuer, vouched.subject, BY)
        name = user.name
    return office.people.admit(name)


def provider_of(office: Office) -> Provider:
    """The service of the settings; 404 where there is none."""
    if office.sign_on is None:
        raise HTTPException(404)
    return office.sign_on


def return_url(request: Request, provider: Provider) -> str:
    """Where the service sends browsers back to."""
    return provider.settings.oidc_return_url or f"{request.base_url}oidc/return"


def _unpack(text: str) -> Trip | None:
    try:
        return Trip.model_validate_json(base64.urlsafe_b64decode(text.encode()))
    except (ValidationError, binascii.Error, ValueError):
        return None
