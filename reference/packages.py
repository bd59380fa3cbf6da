"""Which documents a package must hold, by what it is for (guide annex 1 and section 4; catalogue, Packages)."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.document import Version
from domain.dossier import Kind


class Required(NamedTuple):
    """A document that a package must hold; `version` is set for the two permits."""

    type: str
    version: Version | None = None


_SUPPLY = (
    Required("supply_form"),
    Required("business_licence"),
    Required("permit_certificate", Version.BEFORE),
    Required("permit_certificate", Version.AFTER),
    Required("permit_copy", Version.BEFORE),
    Required("permit_copy", Version.AFTER),
    Required("surplus_statement"),
)
REQUIRED: Mapping[Kind, tuple[Required, ...]] = {
    Kind.SUPPLY: _SUPPLY,
    Kind.DEMAND: (Required("demand_form"), Required("business_licence"), Required("eia_table")),
    Kind.TRANSFER: (Required("transfer_agreement"), Required("contract"), Required("payment_slip")),
}

# Whose colour scan must show the company's seal: all of annex 1; of a deal's papers those that the parties seal.
SEALED: Mapping[Kind, frozenset[str]] = {
    Kind.SUPPLY: frozenset(want.type for want in REQUIRED[Kind.SUPPLY]),
    Kind.DEMAND: frozenset(want.type for want in REQUIRED[Kind.DEMAND]),
    Kind.TRANSFER: frozenset({"transfer_agreement", "contract"}),
}


def required(kind: Kind | None) -> tuple[Required, ...]:
    """The documents that a package of this kind must hold; none where the kind is not known."""
    return REQUIRED[kind] if kind else ()


def kind_of(type_: str) -> Kind | None:
    """The one kind of package that a document type belongs to; None where several or none require it."""
    kinds = [kind for kind, wanted in REQUIRED.items() if type_ in {want.type for want in wanted}]
    return kinds[0] if len(kinds) == 1 else None
