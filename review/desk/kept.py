"""A form that came in after its session had run out: it travels through the sign-in page and is offered again."""

from collections.abc import Mapping

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from domain.page import Frozen
from review.desk.addresses import back, is_local
from review.desk.looks import render
from review.desk.security import FORM_FIELD
from review.desk.signing_in import show_sign_in
from review.desk.sizes import MOST

_MOST = 200_000  # characters: a notice is long, a file is not kept


class Kept(Frozen):
    """Where a form was sent, and its fields in their order."""

    path: str
    fields: tuple[tuple[str, str], ...]


_KEPT = TypeAdapter(Kept)


async def keep_form(request: Request) -> Response:
    """The sign-in page with a form inside it that could not be taken; packages of files are not even read."""
    if request.url.path in MOST:
        return show_sign_in(request, next_=request.url.path, expired=True)
    form = await request.form()
    texts = [(key, value) for key, value in form.multi_items() if isinstance(value, str) and key != FORM_FIELD]
    kept = Kept(path=request.url.path, fields=tuple(texts)).model_dump_json()
    return show_sign_in(request, kept=kept if len(kept) <= _MOST else "", next_=back(request, "/"), expired=True)


def read_kept(text: str) -> Kept | None:
    """What the sign-in page carried; None where that is nothing that can be sent again."""
    try:
        kept = _KEPT.validate_json(text)
    except ValidationError:
        return None
    return kept if is_local(kept.path) and kept.path != "/sign-in" else None


def offer(request: Request, kept: Kept, next_: str) -> Response:
    """The page that asks whether what was filled in before is to be sent now."""
    return render(request, "kept.html", kept=kept, next=next_, long=_long(kept.fields))


def _long(fields: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """The fields that a person wrote, to show them again: not the marks that the page itself put into the form."""
    return {key: value for key, value in fields if value.strip() and key not in ("edition", "item", "next")}
