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
from storage.people import BadCredentials, BadName, Session, UserExists

router = APIRouter(include_in_schema=False)
TRIP = "heyan_sign_on"
LASTS = 600  # seconds to sign in over there
BY = "system:oidc"
UNKNOWN = "统一认证已确认您的身份，但本系统没有您的用户或该用户已停用，请联系负责人"
DECLINED = "统一认证未完成登录，请重试或用本地密码登录"
log = logging.getLogger("heyan.desk")


@router.get("/oidc/start")
def start(request: Request, office: AnOffice, next: str = "/") -> Response:
    """Off to the service; what is to come back goes into a cookie for this way alone."""
    provider = _provider(office)
    try:
        address, trip = provider.start(_return_url(request, provider), next if is_local(next) else "/")
    except NotVouched as error:
        return show_sign_in(request, next_=next if is_local(next) else "/", message=error.message)
    response = RedirectResponse(address, 303)
    packed = base64.urlsafe_b64encode(trip.model_dump_json().encode()).decode()
    secure = request.url.scheme == "https"
    # Lax, not strict: the way back begins on the other service's page.
    response.set_cookie(TRIP, packed, max_age=LASTS, path="/oidc", httponly=True, secure=secure, samesite="lax")
    return response


@router.get("/oidc/return")
def finish(request: Request, office: AnOffice) -> Response:
    """Back from the service: a session for whom it vouches and whom we know, else the sign-in page with the reason."""
    provider, trip = _provider(office), _unpack(request.cookies.get(TRIP, ""))
    try:
        response = _finish(request, office, provider, trip)
    except (NotVouched, BadCredentials, UserExists, BadName) as error:
        log.warning("not signed in: %s", error.code)
        message = error.message if isinstance(error, NotVouched) else UNKNOWN
        response = show_sign_in(request, next_=trip.next if trip and is_local(trip.next) else "/", message=message)
    response.delete_cookie(TRIP, path="/oidc")
    return response


def _finish(request: Request, office: Office, provider: Provider, trip: Trip | None) -> Response:
    if trip is None:
        raise NotVouched("SIGN_ON_STATE", STALE)
    answer = dict(request.query_params)
    if "error" in answer:
        raise NotVouched("SIGN_ON_DECLINED", DECLINED)
    session = admit(office, provider, provider.finish(trip, answer, _return_url(request, provider)))
    response = RedirectResponse(trip.next if is_local(trip.next) else "/", 303)
    set_cookie(request, response, COOKIE, session.token)
    return response


def admit(office: Office, provider: Provider, vouched: Vouched) -> Session:
    """A session for somebody known; where the settings say so, also for whom a claim gives a role.

    The role of somebody known is never changed by a claim. Raises BadCredentials, UserExists for one who was disabled,
    BadName.
    """
    try:
        return office.people.admit(vouched.name)
    except BadCredentials:
        if provider.settings.oidc_admit != "mapped" or vouched.role is None:
            raise
    office.people.add(vouched.name, vouched.display, vouched.role, None, BY)
    return office.people.admit(vouched.name)


def _provider(office: Office) -> Provider:
    if office.sign_on is None:
        raise HTTPException(404)
    return office.sign_on


def _return_url(request: Request, provider: Provider) -> str:
    return provider.settings.oidc_return_url or f"{request.base_url}oidc/return"


def _unpack(text: str) -> Trip | None:
    try:
        return Trip.model_validate_json(base64.urlsafe_b64decode(text.encode()))
    except (ValidationError, binascii.Error, ValueError):
        return None
