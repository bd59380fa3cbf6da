"""The pages that companies handed in before, by the figures they print, so that copies are found among all of them."""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from domain.books import CopiedPage
from domain.copies import LEAST_SHARED, Print, Seen, copies
from storage.database import clean
from storage.schema import packages
from storage.seen_tables import bands, prints

_MOST = 500  # pages compared with one page: more than any company resubmits


def keep_prints(connection: Connection, package_id: int, seen: Seen) -> None:
    """Records a package's pages in place of what an earlier run read on them."""
    old = select(prints.c.id).where(prints.c.package_id == package_id)
    connection.execute(delete(bands).where(bands.c.print_id.in_(old)))
    connection.execute(delete(prints).where(prints.c.package_id == package_id))
    whose = {"name": clean(seen.name), "parties": sorted(seen.parties)}
    for one in seen.prints:
        row = {"page": one.page, "picture": one.picture, "figures": sorted(one.figures), "parties": whose}
        added = insert(prints).values(row | {"package_id": package_id}).returning(prints.c.id)
        print_id = connection.execute(added).scalar_one()
        connection.execute(insert(bands), [{"print_id": print_id, "band": band} for band in _bands(one)])


def find_copies(connection: Connection, case: str | None, mine: Seen) -> tuple[CopiedPage, ...]:
    """The pages of a package that another company handed in under another case number."""
    earlier = (_present(row) for one in mine.prints for row in _similar(connection, case, one))
    return copies(earlier, mine)


def _bands(one: Print) -> set[int]:
    """One number per figure, below 2⁶³ as databases take them."""
    return {_band(figure) for figure in one.figures}


def _band(figure: str) -> int:
    return int.from_bytes(blake2b(figure.encode(), digest_size=8).digest()) >> 1


def _similar(connection: Connection, case: str | None, one: Print) -> Iterable[Row[Any]]:
    """The recorded pages that share enough figures with a page, told by an index alone."""
    shared = func.count().label("shared")
    near = select(bands.c.print_id, shared).where(bands.c.band.in_(_bands(one))).group_by(bands.c.print_id)
    some = near.having(shared >= LEAST_SHARED).order_by(shared.desc(), bands.c.print_id).limit(_MOST).subquery()
    found = select(prints, packages.c.case_number).join(some, some.c.print_id == prints.c.id)
    theirs = found.join(packages, packages.c.id == prints.c.package_id).order_by(some.c.shared.desc(), prints.c.id)
    return connection.execute(theirs if case is None else theirs.where(packages.c.case_number != case))


def _present(row: Row[Any]) -> Seen:
    whose = row.parties
    one = Print(page=row.page, picture=row.picture, figures=frozenset(row.figures))
    return Seen(case=row.case_number, name=whose["name"], parties=frozenset(whose["parties"]), prints=(one,))
