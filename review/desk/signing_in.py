"""The sign-in page: a form that is bound to the browser it was made for."""

import secrets

from fastapi import Request, Response

from review.desk.looks import render
from review.desk.office import office_of
from review.desk.security import FORM_COOKIE, set_cookie


def show_sign_in(
    request: Request,
    *,
    next_: str = "/",
    kept: str = "",
    name: str = "",
    message: str = "",
    subject: str = "",
    expired: bool = False,
) -> Response:
    """The form, with what went wrong before; `kept` is a form that is offered again once somebody is signed in,
    `subject` what another service calls somebody whom it vouches for and whom nobody here is linked to."""
    mark = secrets.token_urlsafe(24)
    status = 401 if message or expired else 200
    content = {"mark": mark, "next": next_, "kept": kept, "name": name, "message": message, "expired": expired}
    content["subject"] = subject
    response = render(request, "sign_in.html", status, **content, sign_on=office_of(request).sign_on is not None)
    set_cookie(request, response, FORM_COOKIE, mark, strict=True)
    return response
