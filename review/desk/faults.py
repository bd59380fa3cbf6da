"""What a person sees when something cannot be done: a sentence, where to go next, and nothing of the inside."""

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from domain.errors import HeyanError, StorageAway
from review.desk.addresses import localise
from review.desk.kept import keep_form
from review.desk.looks import render
from review.desk.pictures import NoPicture
from review.desk.problems import Keyless, tell_problem
from review.desk.security import SAFE, Forged, PasswordDue, SignInNeeded
from review.roles import Forbidden
from storage.cases import UnknownCase
from storage.life import UnknownLife
from storage.logbook import UnknownEvent
from storage.people import UnknownUser
from storage.queue import UnknownItem
from storage.reconciling import UnknownRun
from storage.registers import UnknownRegister
from storage.uploads import UnknownUpload

API = "/api/"  # programs call it
Answer = Callable[[Request, Exception], Awaitable[Response]]
log = logging.getLogger("heyan.desk")

NONSENSE = "提交的内容有误或过长，请返回检查后重试"
GONE = "这里没有您要找的页面"
FORGED = "页面已过期或不是从本系统提交的，请返回重试；已填写的内容未被采用"
BROKEN = "系统内部出错，已记入日志；您的操作未生效，请稍后重试"


def catch(app: FastAPI) -> None:
    """Gives the application an answer to every trouble."""
    app.add_exception_handler(SignInNeeded, ask_to_sign_in)
    app.add_exception_handler(PasswordDue, ask_for_password)
    app.add_exception_handler(Keyless, _split(tell_status))
    app.add_exception_handler(Forged, _split(tell_forged))
    app.add_exception_handler(HTTPException, _split(tell_status))
    app.add_exception_handler(RequestValidationError, _split(tell_nonsense))
    app.add_exception_handler(HeyanError, _split(tell_error))
    app.add_exception_handler(Exception, _split(tell_breakdown))


def _split(tell: Answer) -> Answer:
    """People get a page, programs a problem as JSON."""

    async def answer(request: Request, error: Exception) -> Response:
        return tell_problem(request, error) if request.url.path.startswith(API) else await tell(request, error)

    return answer


async def tell_forged(request: Request, _: Exception) -> Response:
    """A form that did not come from a page of ours."""
    return trouble(request, 403, FORGED)


async def tell_nonsense(request: Request, error: Exception) -> Response:
    """An address that cannot be, or a form that no page of ours sends."""
    wrong = error.errors() if isinstance(error, RequestValidationError) else ()
    if all(one["loc"][:1] == ("body",) for one in wrong):
        return trouble(request, 400, NONSENSE)
    return trouble(request, 404, GONE)


async def ask_to_sign_in(request: Request, _: Exception) -> Response:
    """The way to the sign-in page; what was just filled in is kept and offered again afterwards."""
    if request.method not in SAFE and "HX-Request" not in request.headers:
        return await keep_form(request)
    back = request.headers.get("HX-Current-URL") if "HX-Request" in request.headers else str(request.url)
    target = "/sign-in?" + urlencode({"next": localise(back or "/")})
    if "HX-Request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": target})
    return RedirectResponse(target, 303)


async def ask_for_password(request: Request, _: Exception) -> Response:
    """The way to the page on which one's password is changed."""
    if "HX-Request" in request.headers:
        return Response(status_code=403, headers={"HX-Redirect": "/account"})
    return RedirectResponse("/account", 303)


async def tell_status(request: Request, error: Exception) -> Response:
    """A page for 404 and the like."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    return trouble(request, status, GONE if status in (404, 405) else str(getattr(error, "detail", GONE)))


_GONE: tuple[type[Exception], ...] = (
    *(UnknownCase, UnknownItem, NoPicture, UnknownUpload, UnknownEvent, UnknownLife, UnknownUser),
    *(UnknownRegister, UnknownRun),
)


async def tell_error(request: Request, error: Exception) -> Response:
    """A trouble of ours with its own Chinese sentence."""
    kinds = {**dict.fromkeys(_GONE, 404), Forbidden: 403, StorageAway: 503}
    status = next((status for kind, status in kinds.items() if isinstance(error, kind)), 409)
    message = error.message if isinstance(error, HeyanError) else BROKEN
    return trouble(request, status, message)


async def tell_breakdown(request: Request, error: Exception) -> Response:
    """A fault of the program: the log has the traceback, the page has not."""
    log.error("%s %s", request.method, request.url.path, exc_info=error)
    return trouble(request, 500, BROKEN)


def trouble(request: Request, status: int, message: str) -> Response:
    """The page of a trouble; to a part of a page it is one line."""
    template = "trouble_line.html" if "HX-Request" in request.headers else "trouble.html"
    return render(request, template, status, status=status, message=message)
