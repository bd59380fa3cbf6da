"""出让方供需信息表, the seller's form (guide annex 1)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar, Literal

from domain.document import Document, Row
from domain.field import Field, PerMetal, QuantityField, TextField
from domain.page import ReadPage
from extractors.fields import code_field, date_field, text_field
from extractors.mending import join_strokes
from extractors.quantities import Quantities, read_quantities
from extractors.recognition import Marks
from extractors.values import find_values
from reference.labels import QUANTITIES

MARKS = Marks(
    title=r".{0,20}供需信息(?:表|清单)(?:\(出让方\))?|.{0,12}出让方信息表",
    body=("统一社会信用代码", "单位名称|企业名称", "联系人|联系电话", "减排项目", "拟出让", "富余排放量"),
    inner=("填表说明", "填表日期", r"变更[前后]排污许可总量", "本单位承诺"),
    against=(".*受让方供需.*", r"\(受让方(?:填写)?\)", ".{0,20}协议转让书", ".{0,20}交易合同", ".*编制日期.*"),
    need=2,
    untitled_need=5,
)

LABELS = {
    "name": r"(?:出让方|企业|单位|排污单位)(?:\(?名称\)?|全称)",
    "uscc": r"统一社会信用代码",
    "contact": r"联系人(?:姓名)?",
    "phone": r"联系(?:电话|方式)|手机(?:号码)?|电话",
    "industry": r"(?:所属)?行业(?:类别|类型)?",
    "project": r"减排(?:工程)?项目(?:名称)?",
    "filled_on": r"填(?:表|报)(?:日期|时间)",
}
KEYS = ("permit_before", "permit_after", "base", "reduction", "task", "surplus", "offered")


class OtherMetal(Row):
    """A row or column of the form whose name is none of the five metals, or cannot be read for sure."""

    name: TextField
    offered: QuantityField = QuantityField()


class SupplyForm(Document):
    """Fields of catalogue `supply_form`; quantities in kg/a per metal, absent where the form gives none."""

    TITLE: ClassVar[str] = "供需信息表"
    CRITICAL: ClassVar[frozenset[str]] = frozenset({"name", "uscc", *KEYS})
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


def read(pages: Sequence[ReadPage]) -> SupplyForm:
    """The form; its quantities from ruled tables in either direction, else from label：value lines."""
    pages = join_strokes(pages)
    found = find_values(pages, LABELS)
    quantities = read_quantities(pages, {key: QUANTITIES[key] for key in KEYS})
    texts = ("name", "contact", "phone", "industry", "project")
    return SupplyForm(
        pages=tuple(page.number for page in pages),
        uscc=code_field(*found["uscc"]),
        filled_on=date_field(*found["filled_on"]),
        other_metals=tuple(_others(quantities)),
        **{key: text_field(*found[key]) for key in texts},
        **{key: quantities.of(key) for key in KEYS},
    )


def _others(quantities: Quantities) -> Iterable[OtherMetal]:
    for name, offered in quantities.others("offered"):
        yield OtherMetal(name=name, offered=offered)
