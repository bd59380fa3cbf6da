"""Registers that officers load, each file a dated version; the newest counts and none is ever changed."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, insert, select, union_all

from domain.books import InventoryRow
from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from domain.quantity import Metal, plain
from domain.reconciling import PermitRow
from storage import events
from storage.book_tables import submissions
from storage.database import Database, clean
from storage.life_tables import permits
from storage.seen_tables import inventory, registers

_AT_ONCE = 10_000


class RegisterKind(StrEnum):
    """`inventory`: 全口径清单; `permits`: what the permit platform says of permits."""

    INVENTORY = "inventory"
    PERMITS = "permits"


INVENTORY, PERMITS = RegisterKind.INVENTORY, RegisterKind.PERMITS


class UnknownRegister(HeyanError):
    """No version of this number."""

    exit_code = ExitCode.USAGE


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
        return self._load(INVENTORY, source, sha256, [_flatten(row) for row in rows], actor)

    def load_permits(self, source: str, sha256: str, rows: Sequence[PermitRow], actor: str = "system") -> Register:
        """Loads a permit register whole; as `load_inventory`."""
        return self._load(PERMITS, source, sha256, [flatten_permit(row) for row in rows], actor)

    def _load(self, kind: RegisterKind, source: str, sha256: str, rows: list[dict[str, Any]], actor: str) -> Register:
        with self._database.write() as connection:
            events.lock_chain(connection)
            known = select(registers.c.id).where(registers.c.kind == kind, registers.c.sha256 == sha256)
            first = connection.scalar(known)
            if first is not None:
                return _version(connection, first).model_copy(update={"duplicate": True})
            added = {"kind": kind.value, "source": clean(source), "sha256": sha256, "loaded_by": actor}
            version = _insert(connection, TABLES[kind], added | {"loaded_at": datetime.now(UTC)}, rows)
            told = {"register": kind.value, "version": version, "source": source, "sha256": sha256, "rows": len(rows)}
            events.append(connection, None, actor, "register loaded", told)
            return _version(connection, version)

    def versions(self) -> tuple[Register, ...]:
        """All loaded versions, oldest first."""
        with self._database.read() as connection:
            return list_versions(connection)

    def version(self, number: int) -> Register:
        """A version by its number; raises UnknownRegister."""
        with self._database.read() as connection:
            return _version(connection, number)

    def rows(self, number: int) -> tuple[InventoryRow | PermitRow, ...]:
        """All rows of a version; raises UnknownRegister."""
        with self._database.read() as connection:
            kind = RegisterKind(_version(connection, number).kind)
            table = TABLES[kind]
            found = connection.execute(select(table).where(table.c.register_id == number).order_by(table.c.id))
            return tuple(_PRESENT[kind](row) for row in found)

    def listed_cases(self, codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The cases of these companies' listings that stand, by their codes."""
        row, found = submissions.c, defaultdict[str, list[str]](list)
        wanted = select(row.uscc, row.case_number).where(row.withdrawn_on.is_(None)).order_by(row.id)
        asked = set(codes)
        with self._database.read() as connection:
            for one in connection.execute(wanted):
                if one.uscc in asked:
                    found[one.uscc].append(one.case_number)
        return {code: tuple(cases) for code, cases in found.items()}

    def inventory(self, codes: Iterable[str]) -> tuple[InventoryRow, ...] | None:
        """What the newest 全口径清单 says of companies by their 统一社会信用代码; None where none is loaded."""
        with self._database.read() as connection:
            return inventory_of(connection, codes)

    def permits(self, codes: Iterable[str]) -> tuple[PermitRow, ...] | None:
        """What the newest permit register says of companies by their codes; None where none is loaded."""
        with self._database.read() as connection:
            return permits_of(connection, codes)


def inventory_of(connection: Connection, codes: Iterable[str]) -> tuple[InventoryRow, ...] | None:
    """As `Registers.inventory`, within a transaction of the caller."""
    newest, row = newest_registers(connection).get(INVENTORY), inventory.c
    if newest is None:
        return None
    wanted = select(inventory).where(row.register_id == newest, row.uscc.in_(sorted(set(codes))))
    found = connection.execute(wanted.order_by(row.uscc, row.metal, row.year))
    return tuple(_present_row(one) for one in found)


def list_versions(connection: Connection) -> tuple[Register, ...]:
    """As `Registers.versions`, within a transaction of the caller."""
    return tuple(_present(row) for row in connection.execute(_select_versions()))


def newest_registers(connection: Connection) -> dict[str, int]:
    """By kind, the number of the newest version that is loaded."""
    grouped = select(registers.c.kind, func.max(registers.c.id).label("newest")).group_by(registers.c.kind)
    return {row.kind: row.newest for row in connection.execute(grouped)}


def permits_of(connection: Connection, codes: Iterable[str]) -> tuple[PermitRow, ...] | None:
    """As `Registers.permits`, within a transaction of the caller."""
    newest, row = newest_registers(connection).get(PERMITS), permits.c
    if newest is None:
        return None
    wanted = select(permits).where(row.register_id == newest, row.uscc.in_(sorted(set(codes))))
    return tuple(_present_permit(one) for one in connection.execute(wanted.order_by(row.uscc, row.number)))


def _present_row(row: Row[Any]) -> InventoryRow:
    same = {key: row._mapping[key] for key in InventoryRow.model_fields}
    return InventoryRow(**same | {"metal": Metal(row.metal)})


def _present_permit(row: Row[Any]) -> PermitRow:
    same = {key: row._mapping[key] for key in PermitRow.model_fields}
    return PermitRow(**same | {"limits": {Metal(metal): Decimal(kg) for metal, kg in row.limits.items()}})


def _insert(connection: Connection, table: Table, added: dict[str, Any], rows: Sequence[dict[str, Any]]) -> int:
    version: int = connection.execute(insert(registers).values(added).returning(registers.c.id)).scalar_one()
    for some in _batches(rows):
        connection.execute(insert(table), [row | {"register_id": version} for row in some])
    return version


def _batches(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield rows[start : start + _AT_ONCE]


def _flatten(row: InventoryRow) -> dict[str, Any]:
    return _cleaned(row.model_dump()) | {"metal": row.metal.value, "quantity": row.quantity}


def flatten_permit(row: PermitRow) -> dict[str, Any]:
    """A permit as its row has it."""
    return _cleaned(row.model_dump()) | {"limits": {metal.value: plain(kg) for metal, kg in row.limits.items()}}


def _cleaned(flat: dict[str, Any]) -> dict[str, Any]:
    return {key: clean(value) if type(value) is str else value for key, value in flat.items()}


def _version(connection: Connection, version: int) -> Register:
    row = connection.execute(_select_versions().where(registers.c.id == version)).first()
    if row is None:
        raise UnknownRegister("UNKNOWN_REGISTER", f"没有清单版本 {version}")
    return _present(row)


def _select_versions() -> Select[Any]:
    count, other = union_all(*map(_count, TABLES.values())).subquery(), registers.alias()
    newest = select(func.max(other.c.id)).where(other.c.kind == registers.c.kind).scalar_subquery()
    chosen = select(registers, count.c.rows, count.c.companies, (registers.c.id == newest).label("current"))
    return chosen.outerjoin(count, count.c.register_id == registers.c.id).order_by(registers.c.id)


def _count(table: Table) -> Select[Any]:
    counted = select(
        table.c.register_id, func.count().label("rows"), func.count(table.c.uscc.distinct()).label("companies")
    )
    return counted.group_by(table.c.register_id)


def _present(row: Row[Any]) -> Register:
    same = {key: row._mapping[key] for key in Register.model_fields if key in row._mapping}
    return Register(**same, version=row.id)


TABLES = {INVENTORY: inventory, PERMITS: permits}
_PRESENT: dict[RegisterKind, Callable[[Row[Any]], InventoryRow | PermitRow]] = {
    INVENTORY: _present_row,
    PERMITS: _present_permit,
}
