"""排污许可证 副本, the discharge permit's copy with its limit tables (domain 2.4)."""

from typing import Literal

from domain.document import Row
from domain.field import Field, PerMetal, TextField
from domain.quantity import Amount, Metal
from extractors.documents.permit_certificate import PermitFields


class Limit(Row):
    """One row of a limit table; `annual` are the five years' t/a (certain None for `/`, `—`, blank)."""

    medium: TextField
    outlet_code: TextField
    outlet_name: TextField
    outlet_kind: TextField
    pollutant: TextField
    metal: Field[Metal]
    concentration_limit: TextField
    rate_limit: TextField
    annual: tuple[Field[Amount], ...]
    commitment: TextField


class Subtotal(Row):
    """A printed 合计 row: what it sums up (`outlet_kind`, or `all`), in which medium, per year t/a."""

    medium: TextField
    scope: TextField
    pollutant: TextField
    metal: Field[Metal]
    annual: tuple[Field[Amount], ...]


class PermitCopy(PermitFields):
    """Cover fields, `limits` row by row, printed 合计 rows, and `totals` per metal in kg/a."""

    type: Literal["permit_copy"] = "permit_copy"
    limits: tuple[Limit, ...] = ()
    subtotals: tuple[Subtotal, ...] = ()
    totals: PerMetal = {}
