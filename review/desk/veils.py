"""Bank accounts hidden in what the API gives out, as the desk hides them on its pages."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from domain.people import User
from review.desk.files import CaseFile, open_case
from review.desk.masking import Mask, hide, is_account
from review.desk.office import Office
from storage.records import Item

_TOLD = frozenset({"value", "raw", "text", "before", "after"})  # where an account's number itself stands
DEAL = "transfer"  # the only kind of package whose papers have accounts


def veil(file: CaseFile, thing: Any) -> Any:
    """JSON of a case without its accounts, unless this person asked to see them."""
    flat = _flatten(thing)
    return flat if file.revealed else cover(flat, file.mask)


def veil_items(office: Office, items: Iterable[Item], user: User) -> list[Any]:
    """Items of several cases as JSON, each without its case's accounts."""

    @cache
    def file_of(case: str) -> CaseFile:
        return open_case(office, case, user)

    return [veil(file_of(item.case), item) if item.kind == DEAL else _flatten(item) for item in items]


def cover(thing: Any, mask: Mask, path: str = "") -> Any:
    """JSON with known numbers masked everywhere, and whatever stands in an account's field."""
    if isinstance(thing, str):
        return mask(thing)
    if isinstance(thing, list):
        return [cover(one, mask, path) for one in thing]
    if not isinstance(thing, Mapping):
        return thing
    own = is_account(path) or is_account(_names(thing))
    return {key: _cover_part(key, part, mask, path, own) for key, part in thing.items()}


def _cover_part(key: str, part: Any, mask: Mask, path: str, own: bool) -> Any:
    if own and key in _TOLD and isinstance(part, str) and part:
        return hide(part)
    if own and key == "readers":
        return {reader: hide(text) for reader, text in part.items()}
    return cover(part, mask, f"{path}.{key}")


def _names(thing: Mapping[str, Any]) -> str:
    """The path that evidence or a decision speaks of."""
    place = thing.get("place")
    named = place.get("path") if isinstance(place, Mapping) else thing.get("field")
    return named if isinstance(named, str) else ""


def _flatten(thing: Any) -> Any:
    if isinstance(thing, BaseModel):
        return thing.model_dump(mode="json")
    if isinstance(thing, Mapping):
        return {key: _flatten(part) for key, part in thing.items()}
    return [_flatten(one) for one in thing] if isinstance(thing, list | tuple) else thing
