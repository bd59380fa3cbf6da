"""富余排放量核算说明, the statement of how the surplus was calculated (guide 2(5), annex 1)."""

from datetime import date
from typing import Literal

from domain.document import Document
from domain.field import Field, PerMetal, TextField


class SurplusStatement(Document):
    """Fields of catalogue `surplus_statement`; `outlets` are the outlet codes that the text speaks of."""

    type: Literal["surplus_statement"] = "surplus_statement"
    name: TextField = TextField()
    uscc: TextField = TextField()
    project: TextField = TextField()
    prepared_by: TextField = TextField()
    prepared_on: Field[date] = Field[date]()
    base: PerMetal = {}
    reduction: PerMetal = {}
    inventory: PerMetal = {}
    task: PerMetal = {}
    surplus: PerMetal = {}
    offered: PerMetal = {}
    outlets: tuple[TextField, ...] = ()
