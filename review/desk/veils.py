"""What one person may read of which case, on pages and in what the API gives out: the one way out past the masks."""

import json
import re
from collections.abc import Callable, Collection, Coroutine, Iterator, Mapping
from typing import Any

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from domain.people import User
from review.accounts import mask_of, mask_over, masks_of
from review.desk.masking import revealed
from review.desk.office import Office
from review.masking import PLAIN_SIGHT, UNKNOWN, Mask, cover

JSON = "application/json"
_CASE = re.compile(r"HY-[0-9]{4}-[0-9]{6,12}")


class Veiled(APIRoute):
    """A route of the API: no account leaves it in clear unless who calls asked to see those of its case."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """For FastAPI."""
        answer = super().get_route_handler()

        async def veiled(request: Request) -> Response:
            response = await answer(request)
            if response.headers.get("content-type", "").startswith(JSON):
                await run_in_threadpool(_veil, request, response)
            return response

        return veiled


def veil(office: Office, user: User | None, thing: Any, case: str | None = None) -> Any:
    """JSON without the accounts of any case it tells of; what names no case is of `case`."""
    told = frozenset(_cases_in(thing)) | ({case} if case else set())
    bare = revealed(office, told, user) if user and told else frozenset()
    masks = dict(masks_of(office.ledger.database, told - bare)) | dict.fromkeys(bare, PLAIN_SIGHT)
    if case and case not in bare:
        masks[case] = mask_of(office.ledger.database, case)
    return cover(thing, masks.get(case or "", UNKNOWN), choose=lambda part: masks.get(_case_of(part) or ""))


def veil_list(office: Office, user: User, cases: Collection[str]) -> Mask:
    """What hides the accounts of several cases on one page, but for those that this person asked to see."""
    bare = revealed(office, cases, user)
    return mask_over(office.ledger.database, frozenset(cases) - bare, bare)


def _veil(request: Request, response: Response) -> None:
    body = json.loads(bytes(response.body) or b"null")
    case = request.path_params.get("case")
    shown = veil(request.app.state.office, getattr(request.state, "user", None), body, case)
    if shown != body:
        response.body = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
        response.headers["content-length"] = str(len(response.body))


def _cases_in(thing: Any) -> Iterator[str]:
    if isinstance(thing, Mapping):
        if case := _case_of(thing):
            yield case
        for part in thing.values():
            yield from _cases_in(part)
    elif isinstance(thing, list):
        for part in thing:
            yield from _cases_in(part)


def _case_of(thing: Mapping[str, Any]) -> str | None:
    """The case that an object tells of: its number, or the case itself."""
    case = thing.get("case")
    named = case.get("case") if isinstance(case, Mapping) else case
    return named if isinstance(named, str) and _CASE.fullmatch(named) else None
