"""环评排放量汇总表: the emission table of a 报告书 or a 报告表 (domain 4)."""

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from domain.document import Document
from domain.field import PerMetal, Status, TextField
from domain.page import Cell, Grid, ReadPage
from extractors.emission_columns import FIGURES, find_header
from extractors.emission_names import medium_by_place, name_by_place
from extractors.emission_sums import confirm, net_new
from extractors.emissions import EiaRow, read_rows
from extractors.fields import text_field
from extractors.layout import Line, Span, labelled, lines, print_in, span_of, text_in
from extractors.mending import mend
from extractors.projects import CODE_LABEL, CONSTRUCTION_LABEL, construction_field, project_code_field
from extractors.recognition import Marks
from extractors.values import Place, find_values

__all__ = ["MARKS", "EiaRow", "EiaTable", "read"]

MARKS = Marks(
    title=r"(?:附[表件]?\d*:?)?(?:.{0,40}建设项目)?(?:环(?:境影响|评)(?:报告)?[书表]?审批基础信息表|.{0,12}污染物排放量?汇总表)"
    r"(?:\(.{1,8}\))?(?:单位:.{1,6})?|.{0,30}[“\"]?三本账[”\"]?.{0,12}",
    body=(
        r"以新带老|[“\"]?以新.?带",
        r"现有工程",
        r"(?:本|拟建)(?:工程|项目)",
        r"排放增减量|变化量",
        r"许可排放量",
        r"区域平衡",
        r"全厂排放量|排放总量",
        r"(?m)^(?:总|类金属)?[铅汞镉铬砷](?:及其化合物)?$",
    ),
    inner=(
        r"(?m)^.{0,4}类金属砷",
        r"(?m)^.{0,6}(?:废水量|废气量)\(?[万吨标]",
        r"(?m)^.{0,6}其他特征污染物",
        r"(?m)^(?:总|类金属)?[铅汞镉铬砷](?:及其化合物)?(?:\([kg克千吨t][^()]{0,5}\))?$",
        r"(?m)^.{0,6}(?:二氧化硫|氮氧化物|颗粒物|挥发性有机物|氨氮|总磷|COD|化学需氧量)$",
        r"(?m)^.{0,6}(?:一般工业固体废物|危险废物|固体废物)$",
        r"(?m)^(?:废水|废气)$",
        r"⑥[=＝]|⑦[=＝]|以新带老.{0,4}削减量",
        r"区域平衡替代",
        r"建成后全厂排放量",
        r"(?m)^(?:排放增减量|变化量)",
        r"(?m)^.{0,4}(?:大气|水)污染治理与排放信息",
        r"(?m)^.{0,6}主要原料及燃料信息",
        r"(?m)^.{0,6}法律法规规定的保护区情况",
    ),
    inner_need=2,
    against=(
        r".{0,60}(?:批复|审批意见|审查意见)",
        r".{0,30}供需信息表.{0,6}",
        r".{0,30}富余排放量核算.{0,6}",
        r".{0,12}排放口编号.*",
        "持证须知",
        r"营业执照(?:\(?副本\)?)?",
        r".{0,20}(?:协议转让书|交易合同)",
    ),
    need=3,  # a page without title never begins a table: it may be the second one with the header again
)

LABELS = {
    "project": r"(?:建设)?项目名称\d?",
    "project_code": CODE_LABEL + r"\d?",
    "construction": CONSTRUCTION_LABEL,
}
# What stands below the project's name and must not be taken for its next line.
_BELOW = {"below": r"建设单位|填表单位|填表人|项目经办人|建设地点|单位:|附[表件]|污染物|项目分类|统一社会信用代码|环评"}
# The columns that each form has: one that was not found there is doubt and not absent.
COLUMNS: dict[str, tuple[str, ...]] = {
    "report": tuple(key for key in FIGURES if key != "under_construction"),
    "form": tuple(key for key in FIGURES if key != "regional_offset"),
}
_BUILDER = r"建设单位(?:名称|\(盖章\)|\(公章\)|\(签章\))?"
# Labels that stand behind the builder's on one line end its name.
_LINE_LABELS = {
    "builder": _BUILDER,
    "filled_by": r"填表单位(?:\(盖章\))?",
    "others": r"填表人|项目经办人|法定代表人|项目名称|统一社会信用代码|单位名称|项目代码|建设性质|填表日期|日期:",
}
_UNIT = re.compile(r"(?:单位:?|\()((?:吨|千克|公斤|克|kg|t|g)[/每](?:年|a))\)?")


class EiaTable(Document):
    """Fields of catalogue `eia_table`; `form` is `report` (报告书) or `form` (报告表), `unit` as printed.

    `rows` lists heavy metals only; `net_new` per metal in kg/a = Σ over water and air of this_project − replaced.
    """

    TITLE: ClassVar[str] = "环评排放量汇总表"
    CRITICAL: ClassVar[frozenset[str]] = frozenset(
        {"project", "builder", "rows", "rows.this_project", "rows.replaced", "net_new"}
    )
    type: Literal["eia_table"] = "eia_table"
    form: TextField = TextField()
    project: TextField = TextField()
    builder: TextField = TextField()
    project_code: TextField = TextField()
    construction: TextField = TextField()
    unit: TextField = TextField()
    rows: tuple[EiaRow, ...] = ()
    net_new: PerMetal = {}


def read(pages: Sequence[ReadPage]) -> EiaTable:
    """The project's lines, and the rows of all pages with what they add up to."""
    pages = mend(pages)
    found = find_values(pages, LABELS | _BELOW, frozenset({"project"}))
    form = _form(pages)
    read_from, doubt = read_rows(pages, COLUMNS.get(form.value or "", ()) if form.raw else ())
    rows = confirm(name_by_place(medium_by_place(read_from), form.value), form.value)
    return EiaTable(
        pages=tuple(sorted(page.number for page in pages)),
        form=form,
        project=text_field(*found["project"]),
        builder=text_field(*_builder(pages)),
        project_code=project_code_field(*found["project_code"]),
        construction=construction_field(*found["construction"]),
        unit=_unit(pages),
        rows=tuple(rows),
        net_new=net_new(rows, doubt),
    )


# ---- which form it is ------------------------------------------------------------------------------------------


def _form(pages: Sequence[ReadPage]) -> TextField:
    """报告书 or 报告表, told by the columns that only one of them has, and by the title; doubt where they differ."""
    by_columns = {form for page in pages for grid in page.reading.grids if (form := _columns_form(grid))}
    title = next(((row, page.number) for page in pages for row in lines(page.words) if _title_form(row)), None)
    told = by_columns | ({str(_title_form(title[0]))} if title else set())
    value = told.pop() if len(told) == 1 else None
    if title is None and value is None:
        return TextField(page=pages[0].number, why="未能判断属于报告书还是报告表")
    base = text_field(*title) if title else TextField(page=pages[0].number, confidence=1.0)
    doubt = None if value else "表题与表头不一致"
    status = Status.UNSURE if doubt else Status.CERTAIN
    return base.model_copy(update={"value": value, "status": status, "why": doubt})


def _columns_form(grid: Grid) -> str | None:
    header = find_header(grid)
    keys = header.keys if header else ()
    if "under_construction" in keys:
        return "form"
    return "report" if "regional_offset" in keys else None


def _title_form(row: Line) -> str | None:
    if re.search("审批基础信息表", row.text):
        return "report"
    return "form" if re.search("污染物排放量?汇总表", row.text) else None


# ---- builder and unit ------------------------------------------------------------------------------------------


def _builder(pages: Sequence[ReadPage]) -> Place:
    """The 建设单位's name: in the cell beside its label or the 单位名称 of its block, else behind it on a line."""
    for page in pages:
        for grid in page.reading.grids:
            for cell in grid.cells:
                span = _named_beside(grid, cell) if re.fullmatch(_BUILDER, text_in(cell).rstrip(":")) else None
                if span:
                    return span, page.number
    return _builder_line(pages)


def _named_beside(grid: Grid, label: Cell) -> Span | None:
    beside = grid.at(label.row, label.col_end)
    if beside is not None and re.fullmatch(r"单位名称\d?:?", text_in(beside)):
        beside = grid.at(beside.row, beside.col_end)
    return span_of(print_in(beside)) if beside is not None else None


def _builder_line(pages: Sequence[ReadPage]) -> Place:
    for key in ("builder", "filled_by"):
        for page in pages:
            outside = [w for w in page.words if not any(w.box.overlap(g.box) > 0.5 for g in page.reading.grids)]
            spans = labelled(lines(outside), _LINE_LABELS).get(key)
            if spans:
                return spans[0], page.number
    return None, pages[0].number


def _unit(pages: Sequence[ReadPage]) -> TextField:
    """The table's unit as printed in its caption or its header."""
    spans = ((span, page.number) for page in pages for span in _unit_spans(page))
    return next((text_field(*place) for place in spans), TextField(why="未找到计量单位"))


def _unit_spans(page: ReadPage) -> Iterator[Span]:
    outside = [w for w in page.words if not any(w.box.overlap(g.box) > 0.5 for g in page.reading.grids)]
    for row in lines(outside):
        match = re.search(r"单位:?", row.text)
        found = _UNIT.search(row.text) if match else None
        span = row.cut(*found.span(1)) if found else None
        if span:
            yield span
    for grid in page.reading.grids:
        header = find_header(grid)
        for cell in grid.cells if header else ():
            found = _UNIT.search(text_in(cell)) if header and cell.row < header.end else None
            whole = span_of(print_in(cell)) if found else None
            span = whole.find(_UNIT.pattern, 1) if whole else None
            if span:
                yield span
