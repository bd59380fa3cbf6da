"""营业执照, the business licence (domain 3)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import ClassVar, Literal

from pydantic import ConfigDict
from pydantic import Field as Meta

from domain.document import Document
from domain.field import Field, Status, TextField
from domain.page import ReadPage
from extractors.fields import code_field, date_field, missing, person_field, text_field
from extractors.layout import Line, Span, find_labels, labelled, lines
from extractors.recognition import Marks

MARKS = Marks(
    title=r"营业执照(?:\((?:正本|副本)\))?",
    body=(
        "统一社会信用代码|注册号",
        "名称",
        "类型",
        "法定代表人|负责人|经营者|投资人|执行事务合伙人",
        "注册资本|出资",
        "经营范围",
    ),
    against=("排污许可证", ".*登记回执", ".*供需信息表.*"),
    need=2,
    untitled_need=5,
)

_KINDS = r"有限责任|股份有限|个体|个人独资|合伙|农民专业"
LABELS = {
    "uscc": r"统一社会信用代码|注册号",
    "name": r"名称",
    "entity_type": rf"主体类型|类型|类(?={_KINDS})",  # 型, set far apart, may be lost
    "legal_representative": r"法定代表人(?:\(.{2,6}\))?|执行事务合伙人|负责人|经营者|投资人",
    "registered_capital": r"注册资本|成员出资总额|出资额",
    "established_on": r"成立日期|注册日期",
    "term": r"营业期限|经营期限|合伙期限",
    "address": r"主要经营场所|经营场所|营业场所|住所",
    "business_scope": r"经营范围|业务范围",
    "authority": r"登记机关",
}
# Where the two letters of 名称, set far apart, were lost: a line that begins with what looks like a company's name.
_COMPANY = r"[一-鿿()]{4,}?有限(?:责任)?公司"
_LOST = re.compile(rf"(?:.?称)?(?={_COMPANY})")
_BELOW_NAME = ("entity_type", "legal_representative", "address", "business_scope")
_WRAPPED = frozenset({"name", "entity_type", "registered_capital", "address", "business_scope"})
OPEN_ENDED = re.compile(r"长期|永久|无固定期限")


class BusinessLicence(Document):
    """Fields of catalogue `business_licence`; `valid_to` is a certain None with raw text for 长期."""

    model_config = ConfigDict(validate_by_name=True)

    TITLE: ClassVar[str] = "营业执照"
    CRITICAL: ClassVar[frozenset[str]] = frozenset({"uscc", "name", "valid_to"})
    type: Literal["business_licence"] = "business_licence"
    uscc: TextField = TextField()
    name: TextField = TextField()
    entity_type: TextField = TextField()
    legal_representative: TextField = TextField()
    registered_capital: TextField = TextField()
    established_on: Field[date] = Field[date]()
    valid_from: Field[date] = Field[date]()
    valid_to: Field[date] = Field[date]()
    address: TextField = TextField()
    business_scope: TextField = TextField()
    issued_on: Field[date] = Field[date]()
    authority: TextField = TextField()
    copy_mark: TextField = Meta(default=TextField(), alias="copy")


def read(pages: Sequence[ReadPage]) -> BusinessLicence:
    """The licence on the first of its pages."""
    page = pages[0]
    rows = lines(page.words)
    found = {key: spans[0] for key, spans in labelled(rows, LABELS, _WRAPPED).items()}
    number = page.number
    texts = (
        "entity_type",
        "registered_capital",
        "address",
        "business_scope",
        "authority",
    )
    return BusinessLicence(
        pages=tuple(p.number for p in pages),
        name=text_field(found["name"], number) if "name" in found else _unlabelled_name(page, rows, found),
        uscc=code_field(_code(rows, found.get("uscc")), number),
        established_on=date_field(found.get("established_on"), number),
        valid_from=_from(found.get("term"), number),
        valid_to=_to(found.get("term"), number),
        issued_on=_issued(rows, number),
        copy_mark=_copy_mark(rows, number),
        legal_representative=person_field(found.get("legal_representative"), number),
        **{key: text_field(found.get(key), number) for key in texts},
    )


def _unlabelled_name(page: ReadPage, rows: Sequence[Line], found: Mapping[str, Span]) -> TextField:
    """A company's name where names stand, above 类型 and all the rest, though its label was not read."""
    below = min((found[key].box.cy for key in _BELOW_NAME if key in found), default=0.0)
    span = next((span for span in _begun_with_name(rows) if span.box.cy < below), None)
    field = text_field(span, page.page.number)
    if span is None or (re.fullmatch(rf"(?!名){_COMPANY}", span.text) and not _goes_on(page, span)):
        return field
    return field.model_copy(update={"status": Status.UNSURE, "why": "未读到“名称”二字，名称可能不完整"})


def _begun_with_name(rows: Sequence[Line]) -> Iterator[Span]:
    """What stands at the beginning of lines, up to the next label, and looks like a company's name."""
    anchors = find_labels(rows, LABELS)
    for number, row in enumerate(rows):
        match = _LOST.match(row.text)
        if match is None:
            continue
        start = max(match.end(), row.glyphs[0].word.text == "名")  # a letter of the label by itself
        end = min((a.start for a in anchors if a.line == number and a.start >= start), default=len(row.glyphs))
        if span := row.cut(start, end):
            yield span


def _goes_on(page: ReadPage, span: Span) -> bool:
    """Whether something is printed right over or under a stretch: it may be another line of it."""
    box = span.box
    column = [w.box for w in page.words if w.box.x0 < box.x1 and w.box.x1 > box.x0]
    near = [other for other in column if max(box.y0 - other.y1, other.y0 - box.y1) < 0.9 * box.height]
    return any(abs(other.cy - box.cy) > 0.5 * box.height for other in near)


def _code(rows: Sequence[Line], beside: Span | None) -> Span | None:
    """The code behind its label, or on a line of its own under it."""
    if beside and re.search(r"[0-9A-Z]{15,}", beside.text):
        return beside
    runs = (row.find(r"[0-9A-Z]{17,19}") for row in rows)
    return next((run for run in runs if run), beside)


def _from(term: Span | None, page: int) -> Field[date]:
    if term is None:
        return missing("未印营业期限")
    if OPEN_ENDED.fullmatch(term.text):
        return _open(term, page)
    return date_field(term, page)


def _to(term: Span | None, page: int) -> Field[date]:
    """A certain None for 长期: the licence runs on; `missing` where no term is printed, which is no defect."""
    if term is None:
        return missing("未印营业期限")
    if OPEN_ENDED.search(term.text):
        return _open(term, page)
    return date_field(term, page, which=1)


def _open(term: Span, page: int) -> Field[date]:
    return Field[date](**(text_field(term, page).model_dump() | {"value": None}))


def _issued(rows: Sequence[Line], page: int) -> Field[date]:
    """The date line at the lower right: often only figures beside a pre-printed 年 月 日."""
    for row in reversed(rows):
        start = row.after(0.4) if row.box.x1 > 0.55 else len(row.glyphs)
        span = row.cut(start, len(row.glyphs))
        if span is None or row.box.cy < 0.55 or re.search(r"期限|成立|至", row.text):
            continue  # the term and the founding of an upright licence stand low as well
        digits = re.search(r"(?:19|20)\d{2}\D{0,2}\d{1,2}\D{0,2}\d{1,2}", span.text)
        if digits:
            field = date_field(row.cut(start + digits.start(), len(row.glyphs)), page)
            return field
    return missing("未找到核准日期")


def _copy_mark(rows: Sequence[Line], page: int) -> TextField:
    for row in rows:
        match = re.search(r"正本|副本", row.text)
        if match and row.box.cy < 0.5:
            mark = text_field(row.cut(*match.span()), page)
            return mark.model_copy(update={"value": "original" if match[0] == "正本" else "duplicate"})
    return TextField(status=Status.MISSING, why="未印正本或副本")
