"""Signing in and out, the reader's language, and where the first page is."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from review.desk.addresses import is_local
from review.desk.kept import offer, read_kept
from review.desk.office import Office, office_of
from review.desk.security import COOKIE, FORM_COOKIE, match_token, need, set_cookie, signed_in
from review.desk.signing_in import show_sign_in
from review.desk.words import COOKIE as LANGUAGE_COOKIE
from review.desk.words import Language
from review.roles import Action, may
from storage.people import BadCredentials, LockedOut, Session

router = APIRouter(include_in_schema=False)
WRONG = "用户名或密码不正确"
LOCKED = "连续多次输错，该账户暂时锁定，请稍后再试"


@router.get("/")
def open_desk(session: Annotated[Session, Depends(need())]) -> Response:
    """The page on which this person's work lies."""
    return RedirectResponse("/queue" if may(session.user, Action.VIEW_QUEUE) else "/uploads", 303)


@router.get("/sign-in")
def ask_who(request: Request, next: str = "/") -> Response:
    """The sign-in page."""
    return show_sign_in(request, next_=next if is_local(next) else "/")


@router.post("/sign-in")
def sign_in(
    request: Request,
    office: Annotated[Office, Depends(office_of)],
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
    kept: Annotated[str, Form()] = "",
) -> Response:
    """Begins a session; a form that was kept is offered again before anything else."""
    match_token(csrf, request.cookies.get(FORM_COOKIE))
    next_ = next if is_local(next) else "/"
    try:
        session = office.people.sign_in(name.strip(), password)
    except (BadCredentials, LockedOut) as error:
        told = LOCKED if isinstance(error, LockedOut) else WRONG
        return show_sign_in(request, next_=next_, kept=kept, name=name, message=told)
    request.state.session = session
    form = read_kept(kept) if kept else None
    response = offer(request, form, next_) if form else RedirectResponse(next_, 303)
    set_cookie(request, response, COOKIE, session.token)
    response.delete_cookie(FORM_COOKIE, path="/")
    return response


@router.post("/sign-out")
def sign_out(
    request: Request,
    office: Annotated[Office, Depends(office_of)],
    _: Annotated[Session | None, Depends(signed_in)],
) -> Response:
    """Ends the session here and in the records."""
    if token := request.cookies.get(COOKIE):
        office.people.sign_out(token)
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/language")
def choose_language(request: Request, to: Language, next: str = "/") -> Response:
    """Switches between Chinese and English and goes back to the page."""
    response = RedirectResponse(next if is_local(next) else "/", 303)
    set_cookie(request, response, LANGUAGE_COOKIE, to)
    return response
