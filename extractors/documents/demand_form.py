"""受让方供需信息表, the buyer's form (guide annex 1)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar, Literal

from domain.document import Document, Row
from domain.field import Field, PerMetal, QuantityField, TextField
from domain.page import ReadPage
from domain.quantity import Amount
from extractors.fields import code_field, date_field, text_field
from extractors.mending import mend
from extractors.projects import (
    CODE_LABEL,
    CONSTRUCTION_LABEL,
    approval_field,
    construction_field,
    project_code_field,
)
from extractors.quantities import Quantities, read_quantities
from extractors.ratios import ratio_field
from extractors.recognition import Marks
from extractors.values import find_values
from reference.labels import QUANTITIES

# Many labels stand on the seller's form too: only those of the buyer's count.
MARKS = Marks(
    title=r".{0,20}供需信息(?:表|清单)(?:\(受让方(?:填写)?\))?|.{0,20}(?:受让方|需求)信息(?:表|清单)(?:\(受让方(?:填写)?\))?",
    body=(
        "新增排放量",
        "需求量|拟受让",
        "(?:替代|置换)(?:比例|倍数)",
        "环评(?:批复|审批)|批复文号",
        "建设性质",
        "建设地点",
        "受让方",
    ),
    inner=("新增排放量", "需求量|拟受让", "(?:替代|置换)(?:比例|倍数)", "环评批复文号", r"受让方\(盖章\)|由受让方填写"),
    inner_need=2,
    against=(
        ".*出让方供需.*",
        r"\(出让方(?:填写)?\)",
        ".{0,20}协议转让书",
        ".{0,20}交易合同",
        ".*拟出让量.*",
        ".{0,12}排放量?汇总表.{0,6}",
        ".{0,20}审批基础信息表",
        ".{0,60}(?:批复|审批意见)",
    ),
    need=3,
    untitled_need=5,
)

LABELS = {
    "name": r"(?:受让方|企业|单位|建设单位|排污单位)(?:\(?(?:单位|企业)?名称\)?|全称)",
    "uscc": r"统一社会信用代码",
    "contact": r"联系人(?:姓名)?",
    "phone": r"联系(?:电话|方式)|手机(?:号码)?|电话",
    "industry": r"(?:所属)?行业(?:类别|类型)?",
    "project": r"(?:新\(?改、?扩\)?建|新、?改、?扩建|建设|拟建)?项目名称",
    "project_code": CODE_LABEL,
    "construction": CONSTRUCTION_LABEL,
    "county": r"(?:项目)?(?:建设|所在)(?:地点|地址|地|区县|县\(市、?区\))|所在县\(市、?区\)",
    "eia_approval": r"(?:项目)?环评(?:文件)?(?:批复|审批)(?:文件)?(?:文号|编号)|环境影响评价(?:文件)?批复文号|批复文号",
    "ratio": r"(?:重金属)?(?:污染物)?(?:排放)?(?:总量|削减|等量|减量)?(?:替代|置换)(?:比例|倍数|比)",
    "filled_on": r"填(?:表|报)(?:日期|时间)",
}
# What stands below the last of the labels and must not be taken for a value's next line.
_BELOW = {
    "below": r"[一二三四]、|重金属污染物|项目新增|\(?\d\)?[、.)]?[铅汞镉铬砷]|本单位承诺|受让方\(盖章\)|填表说明|单位:"
}
KEYS = ("new_emission", "demand")
_WRAPPED = frozenset({"project", "industry"})


class OtherMetal(Row):
    """A row or column of the form whose name is none of the five metals, or cannot be read for sure."""

    name: TextField
    demand: QuantityField = QuantityField()


class DemandForm(Document):
    """Fields of catalogue `demand_form`; quantities in kg/a per metal.

    `ratio` is how many kilograms replace one (1.2:1, 1:1.2 and 1.2倍 are all 1.2).
    """

    TITLE: ClassVar[str] = "受让方供需信息表"
    CRITICAL: ClassVar[frozenset[str]] = frozenset({"name", "uscc", "project", "new_emission", "demand"})
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
    other_metals: tuple[OtherMetal, ...] = ()


def read(pages: Sequence[ReadPage]) -> DemandForm:
    """The form; its quantities from ruled tables in either direction, else from label：value lines."""
    pages = mend(pages)
    found = find_values(pages, LABELS | _BELOW, _WRAPPED)
    quantities = read_quantities(pages, {key: QUANTITIES[key] for key in KEYS})
    texts = ("name", "contact", "phone", "project", "industry", "county")
    return DemandForm(
        pages=tuple(page.number for page in pages),
        uscc=code_field(*found["uscc"]),
        project_code=project_code_field(*found["project_code"]),
        construction=construction_field(*found["construction"]),
        eia_approval=approval_field(*found["eia_approval"]),
        ratio=ratio_field(*found["ratio"]),
        filled_on=date_field(*found["filled_on"]),
        other_metals=tuple(_others(quantities)),
        **{key: text_field(*found[key]) for key in texts},
        **{key: quantities.of(key) for key in KEYS},
    )


def _others(quantities: Quantities) -> Iterable[OtherMetal]:
    for name, demand in quantities.others("demand"):
        yield OtherMetal(name=name, demand=demand)
