"""A typed document: pages of a package that belong together, and the fields read on them."""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, ClassVar

from domain.field import Field
from domain.page import Frozen
from domain.quantity import Metal


class Version(StrEnum):
    """Which of the two permits a document belongs to."""

    BEFORE = "before"
    AFTER = "after"


class Row(Frozen):
    """One row of a document's table; every attribute is a Field or a list or mapping of Fields."""


class Document(Frozen):
    """Base of all document types. Subclasses set `type` and add Field attributes named as in `catalog.md`.

    `TITLE` is what the paper is called in messages; `CRITICAL` are the fields marked * in the catalogue, `rows.unit`
    for a column of its table.

    Attributes listed in `TABLES` (`limits`, `items`, `rows`, `totals`) stand beside `fields` in JSON, all other
    Field attributes inside it.
    """

    TITLE: ClassVar[str] = ""
    CRITICAL: ClassVar[frozenset[str]] = frozenset()
    type: str
    version: Version | None = None
    pages: tuple[int, ...] = ()


TABLES = ("limits", "subtotals", "items", "rows", "totals", "net_new", "other_metals")
_OWN = frozenset(Document.model_fields)


def values(thing: object, path: str = "") -> Iterator[tuple[str, Field[Any]]]:
    """Every Field below a document, row, list or mapping, with its path (`offered.Pb`, `limits[0].annual[2]`)."""
    if isinstance(thing, Field):
        yield path, thing
    elif isinstance(thing, Frozen):
        for key in type(thing).model_fields:
            yield from values(getattr(thing, key), f"{path}.{key}" if path else key)
    elif isinstance(thing, Mapping):
        for key, item in thing.items():
            yield from values(item, f"{path}.{key}")
    elif isinstance(thing, tuple | list):
        for index, item in enumerate(thing):
            yield from values(item, f"{path}[{index}]")


def map_fields(thing: Any, change: Callable[[Field[Any]], Field[Any]]) -> Any:
    """The same document, row, list or mapping with every Field below it changed; fields never set stay unset."""
    if isinstance(thing, Field):
        return change(thing)
    if isinstance(thing, Frozen):
        parts = {key: value for key, value in thing if isinstance(value, Field | Frozen | Mapping | tuple)}
        return thing.model_copy(update={key: map_fields(value, change) for key, value in parts.items()})
    if isinstance(thing, Mapping):
        return {key: map_fields(value, change) for key, value in thing.items()}
    return tuple(map_fields(one, change) for one in thing) if isinstance(thing, tuple) else thing


def key_of(path: str) -> str:
    """The catalogue's key behind a path: `limits[3].annual[2]` → `limits.annual`, `offered.Pb` → `offered`."""
    plain = re.sub(r"\[[^\]]*\]", "", path)
    return ".".join(part for part in plain.split(".") if part not in set(Metal))


def present(document: Document) -> dict[str, Any]:
    """The document in the shape of the JSON contract: `type`, `version`, `pages`, `fields`, and its tables."""
    flat = document.model_dump(mode="json", by_alias=True)
    own = {"type": flat["type"], "version": flat["version"], "pages": flat["pages"]}
    fields = {key: flat[key] for key in flat if key not in _OWN and key not in TABLES}
    return own | {"fields": fields} | {key: flat[key] for key in TABLES if key in flat}
