"""Rows of the books as the plain values of reconciliation, made without checking again what we wrote ourselves."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from domain.books import InventoryRow, Payment
from domain.dossier import Kind
from domain.postings import Basis
from domain.quantity import Metal
from domain.reconciling import Listed, PermitRow


def figures(told: Mapping[str, Any]) -> dict[Metal, Decimal]:
    """Kilograms per metal of an announcement's figures: a number each, or a row that has it as `quantity`."""
    plain = {metal: it["quantity"] if isinstance(it, Mapping) else it for metal, it in told.items()}
    return {Metal(metal): Decimal(str(it)) for metal, it in plain.items() if metal in set(Metal)}


def present_listed(row: Row[Any]) -> Listed:
    return Listed.model_construct(
        case=row.case_number,
        kind=Kind(row.kind),
        uscc=row.uscc,
        name=row.name,
        listed_on=row.verified_on,
        project=row.project,
        figures=figures(row.figures),
        surplus=figures(row.surplus),
        withdrawn_on=row.withdrawn_on,
        basis=Basis.model_validate(row.basis or {}),
        registers=row.registers or {},
    )


def present_payment(row: Row[Any]) -> Payment:
    same = {key: row._mapping[key] for key in Payment.model_fields if key not in ("case", "bank")}
    return Payment.model_construct(case=row.case_number, bank=row.bank or None, **same)


def present_inventory_row(row: Row[Any]) -> InventoryRow:
    same = {key: row._mapping[key] for key in InventoryRow.model_fields}
    return InventoryRow.model_construct(**same | {"metal": Metal(row.metal)})


def present_permit_row(row: Row[Any]) -> PermitRow:
    same = {key: row._mapping[key] for key in PermitRow.model_fields if key != "limits"}
    return PermitRow.model_construct(**same, limits=figures(row.limits or {}))
