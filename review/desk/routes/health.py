"""For those who run the machine: is it alive, can it work, and its figures; nobody needs to sign in."""

from collections.abc import Callable, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from domain.errors import HeyanError
from extractors.language_data import missing
from review.desk.gauges import Gauges
from review.desk.office import Office, office_of
from storage.bucket import INTAKE
from storage.migrations import head, read_revision
from storage.pulse import beats

router = APIRouter(include_in_schema=False)
AnOffice = Annotated[Office, Depends(office_of)]


@router.get("/livez")
def tell_alive(request: Request, office: AnOffice) -> Response:
    """200 as long as the desk answers and, where `serve` runs one, the watcher's loop turns."""
    if getattr(request.app.state, "watched", False) and not beats(office.data):
        return PlainTextResponse("watcher hangs\n", 503)
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def tell_ready(office: AnOffice) -> Response:
    """200 where database, bucket and language data are there, else 503; which of them is not is all that is told."""
    told = {name: _try(ask) for name, ask in _checks(office)}
    return JSONResponse(told, 200 if all(it == "ok" for it in told.values()) else 503)


@router.get("/metrics")
def tell_figures(request: Request, office: AnOffice) -> Response:
    """Figures for Prometheus, without names."""
    state = request.app.state
    if not hasattr(state, "gauges"):
        state.gauges = Gauges(office)
    return Response(state.gauges.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _checks(office: Office) -> Iterator[tuple[str, Callable[[], bool]]]:
    yield "database", lambda: read_revision(office.ledger.database) == head()
    yield "bucket", lambda: office.bucket.exists(f"{INTAKE}_") in (True, False)
    yield "language_data", lambda: not missing()


def _try(ask: Callable[[], bool]) -> str:
    try:
        return "ok" if ask() else "missing"
    except (HeyanError, OSError):
        return "away"
