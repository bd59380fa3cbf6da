"""受让方供需信息表, the buyer's form (guide annex 1)."""

from datetime import date
from typing import Literal

from domain.document import Document
from domain.field import Field, PerMetal, TextField
from domain.quantity import Amount


class DemandForm(Document):
    """Fields of catalogue `demand_form`; quantities in kg/a per metal.

    `ratio` is how many kilograms replace one (1.2:1, 1:1.2 and 1.2倍 are all 1.2).
    """

    type: Literal["demand_form"] = "demand_form"
    name: TextField = TextField()
    uscc: TextField = TextField()
    contact: TextField = TextField()
    phone: TextField = TextField()
    project: TextField = TextField()
    project_code: TextField = TextField()
    construction: TextField = TextField()
    industry: TextField = TextField()
    county: TextField = TextField()
    eia_approval: TextField = TextField()
    ratio: Field[Amount] = Field[Amount]()
    filled_on: Field[date] = Field[date]()
    new_emission: PerMetal = {}
    demand: PerMetal = {}
