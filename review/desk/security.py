"""Who asks, whether they may, and whether they meant it: sessions, permissions, forged forms, response headers."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from review.desk.office import Office, office_of
from review.roles import Action, require
from storage.people import Session

COOKIE = "heyan_session"
FORM_COOKIE = "heyan_form"  # binds the sign-in form, which has no session yet, to the browser that asked for it
FORM_FIELD, FORM_HEADER = "csrf", "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

HTTPS_ALONE = "max-age=31536000"  # told over https only: whoever came that way once comes no other way

KEPT = "public, max-age=31536000, immutable"  # addresses of static files change with their content


class SignInNeeded(Exception):
    """Nobody is signed in, or the session has run out."""


class PasswordDue(Exception):
    """Somebody else set this person's password: it is changed before anything else is done."""


class Forged(Exception):
    """A form that did not come from a page of ours."""


def signed_in(request: Request, office: Annotated[Office, Depends(office_of)]) -> Session | None:
    """The session behind a request, None where nobody is signed in; pages find it in `request.state.session`."""
    token = request.cookies.get(COOKIE)
    session = office.people.session(token) if token else None
    request.state.session = session
    return session


async def refuse_forgery(request: Request, session: Annotated[Session | None, Depends(signed_in)]) -> None:
    """Raises Forged where an unsafe request was not meant by the person whose cookie it carries.

    Without a session there is nothing to misuse. With one the form's token is asked for, whatever else the request
    brings along: a header that nobody has looked at yet proves nothing, and a browser may be made to send it.
    """
    if request.method in SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forged
    if session is not None:
        match_token(await _given_token(request), session.csrf)


def match_token(given: str | None, expected: str | None) -> None:
    """Raises Forged where a form's token is not the one that its page was made with."""
    if not given or not expected or not secrets.compare_digest(given.encode(), expected.encode()):
        raise Forged


async def _given_token(request: Request) -> str | None:
    if FORM_HEADER in request.headers:
        return request.headers[FORM_HEADER]
    given = (await request.form()).get(FORM_FIELD)
    return given if isinstance(given, str) else None


@dataclass(frozen=True)
class Need:
    """What a route asks of whoever calls it; a test walks over all routes and finds it there."""

    action: Action | None
    before_change: bool = False  # also for somebody who has yet to change the password

    def __call__(self, session: Annotated[Session | None, Depends(signed_in)]) -> Session:
        """The session of somebody who may; raises SignInNeeded, PasswordDue, Forbidden."""
        if session is None:
            raise SignInNeeded
        if session.must_change and not self.before_change:
            raise PasswordDue
        if self.action is not None:
            require(session.user, self.action)
        return session


def need(action: Action | None = None, *, before_change: bool = False) -> Callable[..., Session]:
    """A dependency that lets only those in who may do this; without an action, everybody who is signed in."""
    return Need(action, before_change)


def set_cookie(request: Request, response: Response, key: str, value: str, *, strict: bool = False) -> None:
    """A cookie that scripts cannot read and that other sites' forms do not send."""
    secure = request.url.scheme == "https"
    response.set_cookie(key, value, httponly=True, secure=secure, samesite="strict" if strict else "lax", path="/")


class Guarded:
    """The application with strict headers on everything it answers; browsers keep static files only."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for key, value in HEADERS.items():
                    headers.setdefault(key, value)
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", HTTPS_ALONE)
                headers.setdefault("Cache-Control", KEPT if scope["path"].startswith("/static/") else "no-store")
            await send(message)

        await self._app(scope, receive, send_guarded)
