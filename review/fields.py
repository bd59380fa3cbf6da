"""The fields of recorded documents by their paths, as their JSON has them."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.document import key_of
from domain.field import Status

_OWN = ("type", "version", "pages", "fields")
_ATTRIBUTES = {"copy": "copy_mark"}  # keys of the JSON contract that are called otherwise inside
_VOUCHED = frozenset({"uscc"})  # a check character tells what they are, however surely they were read
_CODES = frozenset({"number", "serial", "project_code", "phone", "eia_approval"})


def walk_fields(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every field of a document as its JSON has it, by the path that `domain.document.values` gives it."""
    tables = {key: part for key, part in document.items() if key not in _OWN}
    fields: dict[str, Any] = {**document["fields"], **tables}
    yield from _walk(fields)


def _walk(thing: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    # What the JSON decoder gives, asked for by its own types: a case of 300 pages has ten thousand fields.
    if isinstance(thing, dict):
        if "readers" in thing and "status" in thing:
            yield path, thing
            return
        for key, part in thing.items():
            if isinstance(part, dict | list):
                name = str(_ATTRIBUTES.get(key, key))
                yield from _walk(part, f"{path}.{name}" if path else name)
    elif isinstance(thing, list):
        for index, part in enumerate(thing):
            yield from _walk(part, f"{path}[{index}]")


def is_code(path: str) -> bool:
    """Whether a field is one for a code that is no account's number."""
    return key_of(path).rpartition(".")[2] in _VOUCHED | _CODES


def is_surely_code(path: str, field: Mapping[str, Any]) -> bool:
    """Whether a field holds such a code beyond doubt: what stands there is no account."""
    vouched = key_of(path).rpartition(".")[2] in _VOUCHED
    return vouched or (is_code(path) and field["status"] == Status.CERTAIN)
