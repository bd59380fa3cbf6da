"""出让方供需信息表, the seller's form (guide annex 1)."""

from datetime import date
from typing import Literal

from domain.document import Document, Row
from domain.field import Field, PerMetal, QuantityField, TextField


class OtherMetal(Row):
    """A row or column of the form whose name is none of the five metals, or cannot be read for sure."""

    name: TextField
    offered: QuantityField = QuantityField()


class SupplyForm(Document):
    """Fields of catalogue `supply_form`; quantities in kg/a per metal, absent where the form gives none."""

    type: Literal["supply_form"] = "supply_form"
    name: TextField = TextField()
    uscc: TextField = TextField()
    contact: TextField = TextField()
    phone: TextField = TextField()
    industry: TextField = TextField()
    project: TextField = TextField()
    filled_on: Field[date] = Field[date]()
    permit_before: PerMetal = {}
    permit_after: PerMetal = {}
    base: PerMetal = {}
    reduction: PerMetal = {}
    task: PerMetal = {}
    surplus: PerMetal = {}
    offered: PerMetal = {}
    other_metals: tuple[OtherMetal, ...] = ()
