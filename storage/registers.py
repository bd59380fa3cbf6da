"""Registers that officers load, each file a dated version; the newest counts and none is ever changed."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from domain.books import InventoryRow
from domain.page import Frozen
from domain.quantity import Metal
from storage import events
from storage.database import Database, clean
from storage.seen_tables import inventory, registers

INVENTORY = "inventory"
_AT_ONCE = 10_000


class Register(Frozen):
    """A loaded version; `version` counts over all registers, `duplicate` tells that this very file was there before.

    `current` tells whether it is the newest of its kind, which is the one that counts.
    """

    version: int
    kind: str
    source: str
    sha256: str
    loaded_at: datetime
    loaded_by: str
    rows: int
    companies: int
    current: bool
    duplicate: bool = False


class Registers:
    """The registers in a database; every loading is one transaction with its event. All methods raise StorageAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load_inventory(self, source: str, sha256: str, rows: Sequence[InventoryRow], actor: str = "system") -> Register:
        """Loads a 全口径清单 whole; a file that was loaded before gives its first version as a duplicate."""
        with self._database.write() as connection:
            events.lock_chain(connection)
            known = select(registers.c.id).where(registers.c.kind == INVENTORY, registers.c.sha256 == sha256)
            first = connection.scalar(known)
            if first is not None:
                return _version(connection, first).model_copy(update={"duplicate": True})
            added = {"kind": INVENTORY, "source": clean(source), "sha256": sha256, "loaded_by": actor}
            version = _insert(connection, added | {"loaded_at": datetime.now(UTC)}, rows)
            told = {"register": INVENTORY, "version": version, "source": source, "sha256": sha256, "rows": len(rows)}
            events.append(connection, None, actor, "register loaded", told)
            return _version(connection, version)

    def versions(self) -> tuple[Register, ...]:
        """All loaded versions, oldest first."""
        with self._database.read() as connection:
            return tuple(_present(row) for row in connection.execute(_select_versions()))

    def inventory(self, codes: Iterable[str]) -> tuple[InventoryRow, ...] | None:
        """What the newest 全口径清单 says of companies by their 统一社会信用代码; None where none is loaded."""
        with self._database.read() as connection:
            return inventory_of(connection, codes)


def inventory_of(connection: Connection, codes: Iterable[str]) -> tuple[InventoryRow, ...] | None:
    """As `Registers.inventory`, within a transaction of the caller."""
    newest = connection.scalar(select(func.max(registers.c.id)).where(registers.c.kind == INVENTORY))
    if newest is None:
        return None
    row = inventory.c
    wanted = select(inventory).where(row.register_id == newest, row.uscc.in_(sorted(set(codes))))
    found = connection.execute(wanted.order_by(row.uscc, row.metal, row.year))
    return tuple(_present_row(one) for one in found)


def newest_registers(connection: Connection) -> dict[str, int]:
    """By kind, the number of the newest version that is loaded."""
    grouped = select(registers.c.kind, func.max(registers.c.id).label("newest")).group_by(registers.c.kind)
    return {row.kind: row.newest for row in connection.execute(grouped)}


def _present_row(row: Row[Any]) -> InventoryRow:
    same = {key: row._mapping[key] for key in InventoryRow.model_fields}
    return InventoryRow(**same | {"metal": Metal(row.metal)})


def _insert(connection: Connection, added: dict[str, Any], rows: Sequence[InventoryRow]) -> int:
    version: int = connection.execute(insert(registers).values(added).returning(registers.c.id)).scalar_one()
    for some in _batches(rows):
        connection.execute(insert(inventory), [_flatten(row) | {"register_id": version} for row in some])
    return version


def _batches(rows: Sequence[InventoryRow]) -> Iterator[Sequence[InventoryRow]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]


def _flatten(row: InventoryRow) -> dict[str, Any]:
    flat = row.model_dump()
    texts = {key: clean(flat[key]) for key in ("uscc", "name", "place")}
    return flat | texts | {"metal": row.metal.value, "quantity": row.quantity}


def _version(connection: Connection, version: int) -> Register:
    return _present(connection.execute(_select_versions().where(registers.c.id == version)).one())


def _select_versions() -> Select[Any]:
    row, other = inventory.c, registers.alias()
    counted = select(row.register_id, func.count().label("rows"), func.count(row.uscc.distinct()).label("companies"))
    count = counted.group_by(row.register_id).subquery()
    newest = select(func.max(other.c.id)).where(other.c.kind == registers.c.kind).scalar_subquery()
    chosen = select(registers, count.c.rows, count.c.companies, (registers.c.id == newest).label("current"))
    return chosen.outerjoin(count, count.c.register_id == registers.c.id).order_by(registers.c.id)


def _present(row: Row[Any]) -> Register:
    same = {key: row._mapping[key] for key in Register.model_fields if key in row._mapping}
    return Register(**same, version=row.id)
