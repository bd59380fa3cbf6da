"""Registers for people: a file is loaded whole or not at all, its original kept, and two versions are compared."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path

from domain.books import InventoryRow
from domain.errors import ExitCode, HeyanError
from domain.page import Frozen
from domain.reconciling import Difference, PermitRow
from domain.register_changes import RegisterChange, RegisterChanges, compare_rows
from extractors.permit_registers import PermitFile, read_permits
from extractors.register_rows import Trouble
from extractors.registers import Inventory, read_inventory
from storage import originals
from storage.bucket import Bucket
from storage.database import Database
from storage.reconciling import Reconciliations
from storage.registers import Register, RegisterKind, Registers
from validators.reconciling.listings import registers_agree

NAMES = {RegisterKind.INVENTORY: "全口径清单", RegisterKind.PERMITS: "排污许可证登记"}
WHAT = {"added": "新列入", "gone": "不再列入", "changed": "改变"}
FIELDS = {
    "name": "企业名称",
    "quantity": "排放量（千克/年）",
    "valid_from": "有效期起",
    "valid_until": "有效期止",
    "standing": "状态",
    "issued_on": "发证日期",
    "management": "管理类别",
    "industry": "行业类别",
}
_LIMIT = "limit "


class NotComparable(HeyanError):
    """There are no two versions of one kind to compare."""

    exit_code = ExitCode.USAGE


class Loading(Frozen):
    """What came of a file: the version that it is, or all that is wrong with it and no version.

    `foreign` counts figures of other pollutants, `ignored` are sheets without a table.
    """

    source: str
    sha256: str
    loaded: Register | None
    troubles: tuple[Trouble, ...]
    foreign: int
    ignored: tuple[str, ...]


class Comparison(Frozen):
    """From an older version to a newer one; `cases` are the standing listings of companies that changed.

    `contradicted` are the facts accepted for them, whichever version was the newest then, with which the newer one does
    not agree (REC-006).
    """

    old: Register
    new: Register
    found: RegisterChanges
    cases: dict[str, tuple[str, ...]]
    contradicted: tuple[Difference, ...] = ()


def load_register(database: Database, bucket: Bucket, kind: RegisterKind, path: Path, actor: str) -> Loading:
    """Loads a file under its own name; the original is kept under its hash before.

    Raises IntakeError where it is no such table at all, StorageAway.
    """
    found: Inventory | PermitFile = read_inventory(path) if kind is RegisterKind.INVENTORY else read_permits(path)
    loaded = None
    if not found.troubles:
        originals.keep(bucket, path)
        loaded = _load(Registers(database), found, actor)
    told = {name: getattr(found, name) for name in ("source", "sha256", "troubles", "ignored")}
    return Loading(loaded=loaded, foreign=getattr(found, "foreign", 0), **told)


def _load(registers: Registers, found: Inventory | PermitFile, actor: str) -> Register:
    if isinstance(found, Inventory):
        return registers.load_inventory(found.source, found.sha256, found.rows, actor)
    return registers.load_permits(found.source, found.sha256, found.rows, actor)


def choose_versions(
    database: Database, old: int | None = None, new: int | None = None, kind: RegisterKind | None = None
) -> tuple[Register, Register]:
    """Two versions of one kind: those named, else the last two; raises UnknownRegister, NotComparable."""
    registers = Registers(database)
    named = [registers.version(number) for number in (old, new) if number is not None]
    versions = registers.versions()
    kind = kind or (RegisterKind(named[0].kind) if named else None) or _newest_kind(versions)
    same = [one for one in versions if one.kind == kind]
    if any(one.kind != kind for one in named):
        raise NotComparable("OTHER_KIND", "两个版本不是同一种清单，不能比较")
    if len(same) < 2 and len(named) < 2:
        raise NotComparable("ONE_VERSION", "同一种清单至少载入两个版本才能比较")
    first = named[0] if named else same[-2]
    return first, (named[1] if len(named) > 1 else same[-1])


def _newest_kind(versions: Collection[Register]) -> RegisterKind | None:
    return RegisterKind(max(versions, key=lambda one: one.version).kind) if versions else None


def compare_registers(database: Database, old: Register, new: Register) -> Comparison:
    """All that changed, with the cases whose companies it concerns; raises UnknownRegister."""
    registers = Registers(database)
    rows = registers.rows(new.version)
    found = compare_rows(registers.rows(old.version), rows)
    cases = registers.listed_cases({one.uscc for one in found.changes})
    against = tuple(_find_contradicted(database, RegisterKind(new.kind), rows, cases))
    return Comparison(old=old, new=new, found=found, cases=cases, contradicted=against)


def _find_contradicted(
    database: Database, kind: RegisterKind, rows: Sequence[InventoryRow | PermitRow], codes: Collection[str]
) -> Iterator[Difference]:
    """What REC-006 says of companies by these rows alone."""
    own: defaultdict[str, list[InventoryRow | PermitRow]] = defaultdict(list)
    for row in rows:
        own[row.uscc].append(row)
    for account in Reconciliations(database).accounts(codes):
        told = {"inventory": None, "permits": None} | {kind.value: tuple(own[account.uscc])}
        found = registers_agree.function(account.model_copy(update=told), date.min)
        yield from (it for it in found if isinstance(it, Difference))


def label(change: RegisterChange) -> str:
    """What a field is called."""
    if change.field.startswith(_LIMIT):
        return f"许可年排放量 {change.field.removeprefix(_LIMIT)}（千克/年）"
    return FIELDS.get(change.field, "整条" if not change.field else change.field)


def tell_rows(found: Comparison) -> Iterator[tuple[str, ...]]:
    """Every change as people read it, in the order of reports.register_changes.HEADINGS."""
    for one in found.found.changes:
        head = (WHAT[one.what], one.name, one.uscc, one.row, label(one), one.before, one.after)
        yield (*head, one.place_before, one.place_after, "、".join(found.cases.get(one.uscc, ())))
