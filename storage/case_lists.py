"""Cases by page, newest first, without reading all of them."""

from sqlalchemy import Connection, exists, func, select

from domain.page import Frozen
from storage.cases import present_case
from storage.database import Database
from storage.items import is_waiting
from storage.records import Case
from storage.schema import packages, review_items


class CasePage(Frozen):
    """One page of what was found; pages count from 1."""

    items: tuple[Case, ...]
    total: int
    page: int
    size: int


def list_page(
    database: Database, page: int = 1, size: int = 50, state: str | None = None, kind: str | None = None
) -> CasePage:
    """The newest versions of cases in this state and of this kind, the last received first; raises StorageAway."""
    later = packages.alias()
    newest = ~exists().where(later.c.case_number == packages.c.case_number, later.c.version > packages.c.version)
    asked = [packages.c[name] == value for name, value in (("state", state), ("kind", kind)) if value is not None]
    wanted = select(packages).where(newest, *asked).order_by(packages.c.id.desc())
    with database.read() as connection:
        total = connection.scalar(select(func.count()).select_from(packages).where(newest, *asked)) or 0
        rows = connection.execute(wanted.offset((page - 1) * size).limit(size)).all()
        waiting = count_waiting(connection, [row.id for row in rows])
        found = tuple(present_case(row, waiting.get(row.id, 0)) for row in rows)
    return CasePage(items=found, total=total, page=page, size=size)


def count_waiting(connection: Connection, package_ids: list[int]) -> dict[int, int]:
    """How many items of these packages wait for a person."""
    item = review_items.c
    counted = select(item.package_id, func.count()).where(is_waiting(), item.package_id.in_(package_ids))
    return {row[0]: row[1] for row in connection.execute(counted.group_by(item.package_id))}
