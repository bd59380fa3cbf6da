"""What a listing rests on, as far as its papers tell it for certain: the permit change, terms, figures accepted."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TypeVar

from domain.document import Version
from domain.dossier import Dossier
from domain.field import Field, PerMetal
from domain.postings import Basis
from domain.quantity import Metal
from extractors.documents.business_licence import BusinessLicence
from extractors.documents.permit_certificate import PermitFields
from extractors.documents.supply_form import SupplyForm
from validators.compare import fold_code

V = TypeVar("V")


def supply_basis(form: SupplyForm, dossier: Dossier) -> Basis:
    """A seller's: the changed permit, the licence, and per metal of its offer 基础 − 削减 and the permit's total."""
    permits = [it for it in dossier.documents if isinstance(it, PermitFields) and it.version is Version.AFTER]
    number = _first(*(it.number for it in permits))
    return Basis(
        permit=number and fold_code(number),
        changed_on=_first(*(it.issued_on for it in permits)),
        permit_until=_first(*(it.valid_to for it in permits)),
        licence_until=_licence_until(dossier),
        emission=dict(_emissions(form)),
        limit={metal: it for metal, it in _certain(form.permit_after).items() if metal in form.offered},
    )


def demand_basis(dossier: Dossier) -> Basis:
    """A buyer's: the licence alone, for its project has no permit yet."""
    return Basis(licence_until=_licence_until(dossier))


def _licence_until(dossier: Dossier) -> date | None:
    return _first(*(it.valid_to for it in dossier.of(BusinessLicence)))


def _emissions(form: SupplyForm) -> Iterator[tuple[Metal, Decimal]]:
    base, reduction = _certain(form.base), _certain(form.reduction)
    for metal in Metal:
        if metal in form.offered and metal in base and metal in reduction:
            yield metal, base[metal] - reduction[metal]


def _certain(fields: PerMetal) -> dict[Metal, Decimal]:
    return {metal: field.value for metal, field in fields.items() if field.certain and field.value is not None}


def _first(*fields: Field[V]) -> V | None:
    return next((field.value for field in fields if field.certain and field.value is not None), None)
