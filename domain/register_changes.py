"""What changed between two versions of a register: rows that came, went, or say something else."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from domain.books import InventoryRow
from domain.page import Frozen
from domain.quantity import plain
from domain.reconciling import PermitRow

RegisterRow = InventoryRow | PermitRow


class What(StrEnum):
    """What became of a row."""

    ADDED = "added"
    GONE = "gone"
    CHANGED = "changed"


class RegisterChange(Frozen):
    """A row that came or went, or one of its fields that differs; quantities in kg/a, places are file and row.

    `row` names it within its company: metal and year, or the permit's number. `field` is empty where the whole row
    came or went: `before` or `after` then sums it up.
    """

    what: What
    uscc: str
    name: str
    row: str
    field: str = ""
    before: str = ""
    after: str = ""
    place_before: str = ""
    place_after: str = ""


class Counts(Frozen):
    """How many; a company is changed where it stands in both versions and any of its rows is not the same."""

    companies_added: int = 0
    companies_gone: int = 0
    companies_changed: int = 0
    rows_added: int = 0
    rows_gone: int = 0
    rows_changed: int = 0
    rows_same: int = 0


class RegisterChanges(Frozen):
    """All that changed, by company and row."""

    counts: Counts
    changes: tuple[RegisterChange, ...]


def compare_rows(old: Sequence[RegisterRow], new: Sequence[RegisterRow]) -> RegisterChanges:
    """From the rows of an older version to those of a newer one of the same kind."""
    was, now = ({_key(row): row for row in rows} for rows in (old, new))
    changes = [it for key in sorted({*was, *now}) for it in _compare(was.get(key), now.get(key))]
    return RegisterChanges(counts=_count(was, now, changes), changes=tuple(changes))


def _key(row: RegisterRow) -> tuple[str, str]:
    return row.uscc, name_row(row)


def name_row(row: RegisterRow) -> str:
    """What a row goes by within its company."""
    return f"{row.metal} {row.year}" if isinstance(row, InventoryRow) else row.number


def _compare(old: RegisterRow | None, new: RegisterRow | None) -> Iterator[RegisterChange]:
    row = new or old
    assert row is not None
    told = {"uscc": row.uscc, "name": row.name, "row": name_row(row)}
    places = {"place_before": old.place if old else "", "place_after": new.place if new else ""}
    if old is None or new is None:
        sums = {"before": _sum_up(old), "after": _sum_up(new)}
        yield RegisterChange(what=What.ADDED if old is None else What.GONE, **told, **places, **sums)
        return
    before, after = _fields(old), _fields(new)
    for field in dict.fromkeys([*before, *after]):
        pair = (before.get(field, ""), after.get(field, ""))
        if fold(pair[0]) != fold(pair[1]):
            one = {"field": field, "before": pair[0], "after": pair[1]}
            yield RegisterChange(what=What.CHANGED, **told, **places, **one)


def fold(text: str) -> str:
    """Half-width, without spaces: what only looks otherwise is the same."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _fields(row: RegisterRow) -> dict[str, str]:
    if isinstance(row, InventoryRow):
        return {"name": row.name, "quantity": plain(row.quantity)}
    names = ("name", "valid_from", "valid_until", "standing", "issued_on", "management", "industry")
    told = {name: str(getattr(row, name) or "") for name in names}
    return told | {f"limit {metal}": plain(quantity) for metal, quantity in row.limits.items()}


def _sum_up(row: RegisterRow | None) -> str:
    if row is None:
        return ""
    if isinstance(row, InventoryRow):
        return plain(row.quantity)
    return " ".join(filter(None, (f"{row.valid_from or ''}至{row.valid_until or ''}", row.standing)))


def _count(
    was: Mapping[tuple[str, str], RegisterRow],
    now: Mapping[tuple[str, str], RegisterRow],
    changes: Iterable[RegisterChange],
) -> Counts:
    before, after = ({code for code, _ in keys} for keys in (was, now))
    touched: dict[What, set[tuple[str, str]]] = {what: set() for what in What}
    for one in changes:
        touched[one.what].add((one.uscc, one.row))
    both = before & after
    return Counts(
        companies_added=len(after - before),
        companies_gone=len(before - after),
        companies_changed=len({code for keys in touched.values() for code, _ in keys} & both),
        rows_added=len(touched[What.ADDED]),
        rows_gone=len(touched[What.GONE]),
        rows_changed=len(touched[What.CHANGED]),
        rows_same=len(was.keys() & now.keys()) - len(touched[What.CHANGED]),
    )
