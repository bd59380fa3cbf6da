"""富余排放量核算说明, the statement of how the surplus was calculated (guide 2(5), annex 1)."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import ClassVar, Literal

from domain.document import Document
from domain.field import Field, PerMetal, TextField
from domain.page import ReadPage
from extractors.fields import code_field, date_field, text_field
from extractors.layout import Span, lines
from extractors.prose import find_in, passages
from extractors.quantities import read_quantities
from extractors.recognition import Marks
from extractors.values import find_values
from reference.labels import QUANTITIES

MARKS = Marks(
    title=r".{0,40}富余排放量核算(?:说明|报告)(?:文件|书)?|核算说明",
    body=("编制单位", "富余排放量", "编制日期|日期", "核算依据|核算方法|460", "基础排放量", "工程削减量", "减排任务"),
    inner=(
        "编制单位",
        "编制日期",
        "基础排放量",
        "工程削减量",
        "减排任务",
        "富余排放量",
        "全口径清单",
        "核算(?:依据|方法|过程|结果|结论)",
        "产排污系数|物料衡算",
    ),
    inner_need=2,
    against=(
        ".*填表(?:日期|说明).*",
        ".*供需信息表.{0,6}",
        ".{0,20}交易合同",
        ".{0,20}协议转让书",
        "排污许可证",
        r".{0,40}环境影响(?:报告[书表])?(?:\(.{1,6}\))?",
    ),
    need=2,
)

LABELS = {
    "name": r"出让方\(盖章\)|(?:企业|单位|排污单位)名称|委托单位",
    "uscc": r"统一社会信用代码",
    "project": r"(?:减排)?(?:工程)?项目名称",
    "prepared_by": r"编制单位(?:\(盖章\))?",
    "prepared_on": r"编制(?:日期|时间)",
}
# How running text names them: 某公司（统一社会信用代码：…）…实施了“某工程”（以下简称“减排项目”）
_TOLD = {
    "name": r"(?P<value>[一-鿿()A-Za-z]{4,40}?(?:公司|厂|矿|集团))\(统一社会信用代码",
    "uscc": r"统一社会信用代码\)?:?(?P<value>[0-9A-Za-z]{18})",
    "project": r"实施了?[“\"'‘]?(?P<value>[^“”\"'‘’。]{4,60}?)[”\"'’]?\(以下简称",
}
KEYS = ("base", "reduction", "inventory", "task", "surplus", "offered")


class SurplusStatement(Document):
    """Fields of catalogue `surplus_statement`; `outlets` are the outlet codes that the text speaks of."""

    TITLE: ClassVar[str] = "核算说明"
    CRITICAL: ClassVar[frozenset[str]] = frozenset({"name", *KEYS})
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


def read(pages: Sequence[ReadPage]) -> SurplusStatement:
    """The statement; quantities from its tables, and from the running text where no table has them."""
    found = find_values(pages, LABELS, frozenset({"name", "prepared_by", "project"}))
    texts = passages(pages)
    found |= {key: place for key, pattern in _TOLD.items() if (place := find_in(texts, pattern))[0]}
    quantities = read_quantities(pages, {key: QUANTITIES[key] for key in KEYS})
    return SurplusStatement(
        pages=tuple(page.number for page in pages),
        uscc=code_field(*found["uscc"]),
        prepared_on=date_field(*found["prepared_on"]),
        outlets=tuple(_outlets(pages)),
        prepared_by=text_field(_organisation(found["prepared_by"][0]), found["prepared_by"][1]),
        **{key: text_field(*found[key]) for key in ("name", "project")},
        **{key: quantities.of(key) for key in KEYS},
    )


def _organisation(span: Span | None) -> Span | None:
    """A body's name without the date that follows it on a title page."""
    return (span.find(r"^.*?(?:公司|中心|院|所|厂|局|站)(?!\w*?(?:公司|院)$)") or span) if span else None


def _outlets(pages: Sequence[ReadPage]) -> Iterator[TextField]:
    for page in pages:
        for row in lines(page.words):
            for match in re.finditer(r"D[AW]\d{3}", row.text):
                yield text_field(row.cut(*match.span()), page.number)
