"""How much a request may carry: more than that is refused before anything of it is read."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from extractors.limits import Limits
from extractors.spreadsheets import MAX_BYTES
from review.desk.problems import answer

FORM = 4 * 2**20  # bytes: a notice with many defects is far below
PACKAGE = Limits().max_unpacked_bytes + FORM
REGISTER = MAX_BYTES + FORM
MOST = dict.fromkeys(("/uploads", "/api/v1/packages"), PACKAGE)
MOST |= dict.fromkeys(("/registers", "/api/v1/registers"), REGISTER)
TOO_BIG = "提交的内容过大"
UNTOLD = "请求须注明长度（Content-Length）"


class Sized:
    """The application behind a guard that lets nobody send without end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        refused = _judge(Request(scope)) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)


def _judge(request: Request) -> Response | None:
    length = request.headers.get("Content-Length", "")
    most = MOST.get(request.url.path, FORM)
    if "Transfer-Encoding" in request.headers and not length:
        return _refuse(request, 411, UNTOLD)
    if length and (not length.isdecimal() or len(length) > 15 or int(length) > most):
        return _refuse(request, 413, f"{TOO_BIG}，上限 {most // 2**20} MB")
    return None


def _refuse(request: Request, status: int, message: str) -> Response:
    if request.url.path.startswith("/api/"):
        return answer(status, f"HTTP_{status}", message)
    return PlainTextResponse(message, status)
