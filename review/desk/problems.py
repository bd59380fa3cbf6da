"""What a program is told when something cannot be done: problem details as JSON (RFC 9457), with our code."""

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from domain.errors import HeyanError, IntakeError, StorageAway
from domain.page import Frozen
from reports.webhooks.guard import BadAddress
from review.correcting import UnknownPlace
from review.desk.pictures import NoPicture
from review.desk.security import Forged
from review.living import BadStep
from review.notices import BadNotice
from review.roles import Forbidden
from review.typing_in import Unreadable
from storage.bucket import NotFound
from storage.cases import UnknownCase
from storage.decisions import Conflict
from storage.life import UnknownLife
from storage.people import UnknownUser
from storage.queue import Taken, UnknownItem
from storage.reconciling import UnknownRun
from storage.registers import UnknownRegister
from storage.uploads import UnknownUpload
from storage.webhooks import UnknownWebhook

MEDIA = "application/problem+json"
log = logging.getLogger("heyan.desk")

KEYLESS = "请在请求头 Authorization 中提供有效的接口令牌（Bearer）"
INVALID = "请求内容有误，详见 errors"
FORGED = "请求不是从本系统发出的"
BROKEN = "系统内部出错，已记入日志；您的操作未生效，请稍后重试"
NOTHING = {404: "没有这个地址", 405: "这个地址不支持该方法"}

_KINDS: Mapping[type[HeyanError], int] = {
    UnknownCase: 404,
    UnknownItem: 404,
    UnknownUser: 404,
    NoPicture: 404,
    NotFound: 404,
    UnknownUpload: 404,
    UnknownRegister: 404,
    UnknownWebhook: 404,
    UnknownLife: 404,
    UnknownRun: 404,
    BadStep: 422,
    Forbidden: 403,
    BadNotice: 422,
    UnknownPlace: 422,
    Unreadable: 422,
    BadAddress: 422,
    IntakeError: 422,
    StorageAway: 503,
}


_FIELDS: Mapping[type[HeyanError], str] = {
    BadNotice: "body.notice",
    UnknownPlace: "body.place",
    Unreadable: "body.text",
    BadAddress: "body.url",
    IntakeError: "body.files",
    BadStep: "body.step",
}


class Keyless(Exception):
    """No token came with the request, or one that is nobody's."""


class FieldTrouble(Frozen):
    """What is wrong at one place of a request (`body.edition`)."""

    field: str
    message: str


class Problem(Frozen):
    """RFC 9457; `code` is stable, `detail` a Chinese sentence for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[FieldTrouble, ...] = ()
    holder: str | None = None
    until: str | None = None


RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem, "description": text, "content": {MEDIA: {}}}
    for status, text in {
        400: "The request cannot be read at all",
        401: "No valid token",
        403: "The role does not include this",
        404: "No such thing",
        409: "Somebody was faster, or the case is not where this could be done",
        413: "More than is taken at once",
        422: "Something in the request makes no sense; `errors` names the fields",
        503: "Database or bucket away; try again later",
    }.items()
}
_TITLES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           409: "Conflict", 413: "Content Too Large", 422: "Unprocessable Content", 500: "Internal Server Error",
           503: "Service Unavailable"}  # fmt: skip


def tell_problem(request: Request, error: Exception) -> Response:
    """The answer to any trouble of a request to the API."""
    if isinstance(error, Keyless):
        return answer(401, "NO_TOKEN", KEYLESS, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, Forged):
        return answer(403, "FORGED", FORGED)
    if isinstance(error, RequestValidationError):
        return answer(422, "INVALID", INVALID, errors=tuple(_complain(one) for one in error.errors()))
    if isinstance(error, HeyanError):
        return _tell_error(error)
    if isinstance(error, HTTPException):
        told = NOTHING.get(error.status_code, str(error.detail))
        return answer(error.status_code, f"HTTP_{error.status_code}", told, headers=dict(error.headers or {}))
    log.error("%s %s", request.method, request.url.path, exc_info=error)
    return answer(500, "INTERNAL", BROKEN)


def answer(status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """A problem as a response."""
    problem = Problem(title=_TITLES.get(status, "Error"), status=status, code=code, detail=detail, **more)
    body = problem.model_dump(mode="json", exclude_defaults=True) | {"type": problem.type}
    return JSONResponse(body, status, dict(headers or {}), MEDIA)


def _tell_error(error: HeyanError) -> Response:
    status = next((status for kind, status in _KINDS.items() if isinstance(error, kind)), 409)
    more: dict[str, Any] = {}
    if isinstance(error, Taken):
        more = {"holder": error.holder, "until": error.until and error.until.isoformat()}
    if isinstance(error, Conflict):
        more = {"holder": error.who}
    field = next((field for kind, field in _FIELDS.items() if isinstance(error, kind)), None)
    if field:
        more = {"errors": (FieldTrouble(field=field, message=error.message),)}
    return answer(status, error.code, error.message, **more)


def _complain(error: Mapping[str, Any]) -> FieldTrouble:
    # Never the input itself: it may be a secret, or no text at all.
    return FieldTrouble(field=".".join(str(part) for part in error["loc"]), message=str(error["msg"]))
