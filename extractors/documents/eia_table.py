"""环评排放量汇总表: the emission table of a 报告书 or a 报告表 (domain 4)."""

from typing import Literal

from domain.document import Document, Row
from domain.field import Field, PerMetal, QuantityField, TextField
from domain.quantity import Metal


class EiaRow(Row):
    """One heavy metal in water or air; every column in kg/a, a certain None where the paper prints `—` or nothing.

    A column that the form does not have stays `missing`. `metal` is null for a heavy metal that is none of the five.
    """

    medium: TextField
    pollutant: TextField
    metal: Field[Metal]
    existing_actual: QuantityField = QuantityField()
    existing_permitted: QuantityField = QuantityField()
    under_construction: QuantityField = QuantityField()
    this_project: QuantityField = QuantityField()
    replaced: QuantityField = QuantityField()
    regional_offset: QuantityField = QuantityField()
    total_after: QuantityField = QuantityField()
    change: QuantityField = QuantityField()


class EiaTable(Document):
    """Fields of catalogue `eia_table`; `form` is `report` (报告书) or `form` (报告表), `unit` as printed.

    `rows` lists heavy metals only; `net_new` per metal in kg/a = Σ over water and air of this_project − replaced.
    """

    type: Literal["eia_table"] = "eia_table"
    form: TextField = TextField()
    project: TextField = TextField()
    builder: TextField = TextField()
    project_code: TextField = TextField()
    construction: TextField = TextField()
    unit: TextField = TextField()
    rows: tuple[EiaRow, ...] = ()
    net_new: PerMetal = {}
