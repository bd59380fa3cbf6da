"""排污许可证 副本, the discharge permit's copy with its limit tables (domain 2.4)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

from domain.field import Field, PerMetal, Status, TextField
from domain.page import ReadPage
from domain.quantity import Amount, Metal
from extractors.documents.permit_certificate import PermitFields, read_cover
from extractors.fields import blank_field, code_field, text_field, tonnes_field
from extractors.layout import lines, text_in
from extractors.outlet_limits import Limit, Subtotal, add_up, doubt_cut, doubt_faint, doubt_inked, doubt_rising
from extractors.pollutants import metal_field, name_field
from extractors.recognition import Marks
from extractors.records import Record, Title, Unread, records
from extractors.strokes import UNREAD, blank_strokes, settle_strokes
from extractors.text import damaged_outlet_code, fold, is_empty, outlet_code

MARKS = Marks(
    title=r"\(?副本\)?|排污许可证\(?副本\)?",
    body=("证书编号|许可证编号", "单位名称", "有效期限", "发证机关", "生产经营场所", "行业类别", "排污许可证"),
    inner=(
        "持证须知",
        "排放口编号",
        "许可排放(?:小时|日均)?浓度限值",
        "许可年排放量限值",
        "污染物种类",
        r"D[AW]\d{3}",
        "颗粒物|[氮硫]氧化物|化学需氧量|CODcr|悬浮物|氨氮|[氟硫]化物|及其化合物|总[铅汞镉铬砷铊锑镍锌铜锰银磷氮]",
        "自行监测|监测频次",
        "产污设施|产污环节",
        "污染治理设施",
        r"M[FT]\d{4}|T[AW]\d{3}",
        "环境管理台账",
        "台账记录|台账保存",
        "记录频次",
        "主要排放口|一般排放口",
        "排污许可证副本",
    ),
    inner_need=2,
    against=(".*登记回执", "营业执照", ".*供需信息表.{0,6}", ".{0,40}核算(?:说明|报告).{0,3}", ".{0,20}协议转让书"),
    need=3,
    cover_like="permit_certificate",
)

HEADERS = {
    "serial": r"^序号$",
    "code": r"排放口编(?:号|$)",  # a stroke may have cut the heading between its lines
    "name": r"排放口名称",
    "pollutant": r"污染物种类",
    "commitment": r"承诺更加严格|其[它他]信息",
    "rate": r"速率限值",
    "daily": r"日均浓度",
    "concentration": r"浓度限值",
    "year1": r"^第?[一—_-]年",
    "year2": r"^第?二.?$",
    "year3": r"^第?三.?$",
    "year4": r"^第?[四匹].?$",
    "year5": r"^第?[五玉].?$",
}
YEARS = ("year1", "year2", "year3", "year4", "year5")


class PermitCopy(PermitFields):
    """Cover fields, `limits` row by row, printed 合计 rows, and `totals` per metal in kg/a."""

    TITLE: ClassVar[str] = "排污许可证副本"
    CRITICAL: ClassVar[frozenset[str]] = PermitFields.CRITICAL | {
        "limits",
        "limits.outlet_code",
        "limits.annual",
        "totals",
    }
    type: Literal["permit_copy"] = "permit_copy"
    limits: tuple[Limit, ...] = ()
    subtotals: tuple[Subtotal, ...] = ()
    totals: PerMetal = {}


def read(pages: Sequence[ReadPage]) -> PermitCopy:
    """Cover fields from the page that has them, limits and 合计 rows from all pages, totals added up."""
    cover = max(pages, key=_cover_marks)
    rows = list(_read_rows(pages))
    limits = tuple(row for row in rows if isinstance(row, Limit))
    subtotals = tuple(row for row in rows if isinstance(row, Subtotal))
    numbers = tuple(sorted(page.number for page in pages))
    return PermitCopy(pages=numbers, limits=limits, subtotals=subtotals, totals=add_up(limits), **read_cover(cover))


def _cover_marks(page: ReadPage) -> int:
    whole = "".join(row.text for row in lines(page.words))
    return sum(bool(re.search(mark, whole)) for mark in MARKS.body)


# ---- rows ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where in the tables a row stands: what the titles and rows above it said."""

    medium: str | None = None
    kind: str | None = None
    summing: bool = False
    code: TextField | None = None
    name: TextField | None = None
    odd: bool = False  # whether an outlet's code and a sum's name stand beside each other


def _read_rows(pages: Sequence[ReadPage]) -> Iterator[Limit | Subtotal]:
    place = Place()
    for item in records(pages, HEADERS, "pollutant", YEARS):
        if isinstance(item, Title):
            place = _enter(place, item.text)
            continue
        if isinstance(item, Unread):
            yield _unread(place, item)
            continue
        named = _is_named(item)
        if not named and not _has_figures(item):
            continue
        place = _step(place, item)
        if named or not place.summing:
            yield _subtotal(place, item) if place.summing else _limit(place, item)


def _is_named(item: Record) -> bool:
    """A row of its own with a pollutant; what goes on from the row above (merged cells) is none."""
    pollutant = item.cells.get("pollutant")
    if pollutant is None or not pollutant.inked or not set(YEARS) & set(item.cells):
        return False
    return pollutant.row == item.row


def _has_figures(item: Record) -> bool:
    """Whether a year has a figure, or ink that gives no word, of this row and no other."""
    own = [cell for key, cell in item.cells.items() if key in YEARS and cell.row == item.row]
    return any(re.search(r"\d", text_in(cell)) or (cell.inked and not cell.words) for cell in own)


def _unread(place: Place, item: Unread) -> Limit:
    """A row that stands for a table whose columns could not be told: it leaves doubt on every total, but under the
    title of the general outlets, which have no amount."""
    doubt = TextField(status=Status.UNSURE, page=item.page, box=item.box, why="限值表无法识读")
    return Limit(
        medium=doubt,
        outlet_code=doubt,
        outlet_name=doubt,
        outlet_kind=doubt.model_copy(update={"value": place.kind if place.kind == "general" else None}),
        pollutant=doubt,
        metal=Field[Metal](status=Status.UNSURE, page=item.page, box=item.box, why="限值表无法识读"),
        concentration_limit=doubt,
        rate_limit=doubt,
        annual=tuple(Field[Amount](status=Status.UNSURE, page=item.page, box=item.box) for _ in YEARS),
        commitment=doubt,
    )


_NOTE = re.compile(r"^(?:备?注|说明|填)|[。；]|无组织")


def _enter(place: Place, title: str) -> Place:
    """What a section title changes: medium, kind of outlet, outlet rows or 合计 rows; a note changes nothing."""
    if len(title) > 26 or _NOTE.search(title):
        return place
    medium = _medium(title) or place.medium
    kind = _kind(title)
    if kind is None and medium == place.medium:
        return place
    return replace(place, medium=medium, kind=kind or place.kind, summing=_sums(title), code=None, name=None)


def _medium(text: str) -> str | None:
    if re.search(r"大气|废气|有组织", text):
        return "air"
    return "water" if re.search(r"废水|水污染", text) else None


def _kind(text: str) -> str | None:
    if re.search(r"全厂|排放口总计", text):
        return "all"
    if re.search(r"车间|设施", text):
        return "workshop"
    if "主要排放口" in text:
        return "main"
    return "general" if "一般排放口" in text else None


def _sums(text: str) -> bool:
    return bool(re.search(r"合计|总计", text))


def _step(place: Place, row: Record) -> Place:
    """The outlet of this row: its own cell, or the one above where the cell is merged or continued."""
    lead = row.text("code") or row.text("serial")
    code = outlet_code(row.text("code"))
    odd = code is not None and _sums(row.text("name"))
    if _sums(lead) or (_sums(row.text("name")) and not odd):
        return replace(place, summing=True, kind=_kind(lead + row.text("name")) or place.kind, code=None, name=None)
    span = row.span("code")
    if span is None:
        return _unread_outlet(place, row) if row.inked("code") else place
    medium = place.medium if code is None else "air" if code.value.startswith("DA") else "water"
    field = code_field(span, row.page, lambda said: outlet_code(said) or damaged_outlet_code(said, place.medium))
    name = text_field(row.span("name"), row.page)
    return replace(place, summing=False if code else place.summing, medium=medium, code=field, name=name, odd=odd)


def _unread_outlet(place: Place, row: Record) -> Place:
    """An outlet whose code gave no word: with a name it is no 合计, without one nobody knows what the row is."""
    box, span = row.cells["code"].box, row.span("name")
    named = span is not None and not is_empty(span.text)
    sure = place.kind == "general" or named != place.summing
    code = TextField(status=Status.UNSURE, page=row.page, box=box, why="排放口编号无法识读")
    kind, summing = place.kind if sure else None, place.summing and not named
    return replace(place, kind=kind, summing=summing, code=code, name=text_field(span, row.page))


def _limit(place: Place, row: Record) -> Limit:
    pollutant, years = row.span("pollutant") if _is_named(row) else None, _years(row)
    return Limit(
        medium=_inferred(place.medium, row),
        outlet_code=place.code or TextField(status=Status.UNSURE, page=row.page, why="未能确定排放口编号"),
        outlet_name=place.name or TextField(why="未找到排放口名称"),
        outlet_kind=_inferred(None if place.odd else place.kind, row),
        pollutant=name_field(pollutant, row.page) if pollutant else TextField(),
        metal=metal_field(pollutant, row.page),
        concentration_limit=_concentration(row),
        rate_limit=_limit_text(row, "rate"),
        annual=blank_strokes(years) if place.kind == "general" and not place.odd else years,
        commitment=_limit_text(row, "commitment"),
    )


def _subtotal(place: Place, row: Record) -> Subtotal:
    pollutant = row.span("pollutant")
    return Subtotal(
        medium=_inferred(place.medium, row),
        scope=_inferred(place.kind, row),
        pollutant=name_field(pollutant, row.page) if pollutant else TextField(),
        metal=metal_field(pollutant, row.page),
        annual=_years(row),
    )


def _inferred(value: str | None, row: Record) -> TextField:
    """What titles and outlet codes say of a row, shown at the row itself."""
    box = (row.cells.get("pollutant") or next(iter(row.cells.values()))).box
    status = Status.CERTAIN if value else Status.UNSURE
    why = None if value else "未能从表格标题判断"
    return TextField(value=value, page=row.page, box=box, confidence=1.0, status=status, why=why)


def _limit_text(row: Record, key: str) -> TextField:
    span = row.span(key)
    if span is None or is_empty(span.text):
        status = Status.CERTAIN if key in row.cells and not (row.inked(key) and span is None) else Status.MISSING
        return TextField(page=row.page, raw=span.text if span else "", status=status, confidence=1.0)
    return text_field(span, row.page, fold)


def _concentration(row: Record) -> TextField:
    """The bare figure: `20mg/Nm3` → 20, `/mg/Nm3` → None, `1级` and `6-9` as they stand."""
    field = _limit_text(row, "concentration")
    bare = re.sub(r"(?:mg|g|μg)?/(?:N?m3|N?m³|L|Nm|l)$|mg/.*$", "", field.value) if field.value else ""
    return field.model_copy(update={"value": None if is_empty(bare) else bare}) if field.value else field


def _years(row: Record) -> tuple[Field[Amount], ...]:
    """The five years' tonnes, each judged beside the others of its row."""
    return settle_strokes(doubt_rising(doubt_inked(doubt_faint(doubt_cut([_annual(row, key) for key in YEARS])))))


def _annual(row: Record, key: str) -> Field[Amount]:
    """A year's tonnes; doubt where the cell is not surely this column's, or has ink that gives no number."""
    span = row.span(key)
    shaky = key not in row.cells or key in row.shaky or _is_tall(row, key)
    if shaky or (span is None and row.inked(key)):
        why = "单元格位置或字迹存疑" if shaky else UNREAD
        return Field[Amount](status=Status.UNSURE, page=row.page, raw=span.text if span else "", why=why)
    if span is None or is_empty(span.text):
        return blank_field(span, row.page, row.cells[key].box)
    return tonnes_field(span, row.page)


def _is_tall(row: Record, key: str) -> bool:
    """A cell that reaches over other rows than the pollutant's: nobody knows which of them it is for."""
    cell, name = row.cells[key], row.cells.get("pollutant")
    first, end = (name.row, name.row_end) if name else (row.row, row.row + 1)
    return cell.row < first or cell.row_end > end
