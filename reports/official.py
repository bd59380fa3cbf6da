"""Word documents set as Chinese official papers are (GB/T 9704-2012): page, fonts, signature, page numbers, tables."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from domain.printing import printable, spell

# 小标宋 is a font of the office's own; where there is none, the font table names what stands in for each of them.
TITLE, BODY, HEAD, FIGURES = "方正小标宋简体", "仿宋_GB2312", "黑体", "宋体"
STANDINS = {TITLE: "宋体,SimSun,Noto Serif CJK SC", BODY: "仿宋,FangSong,STFangsong,Noto Serif CJK SC"}
STANDINS |= {HEAD: "SimHei,Noto Sans CJK SC", FIGURES: "SimSun,Noto Serif CJK SC"}
SIZE, LINE, TITLE_SIZE, NUMBER_SIZE = Pt(16), Pt(28), Pt(22), Pt(14)  # 三号, 28 磅, 二号, 四号
CELL_SIZE, CELL_LINE = Pt(10.5), Pt(16)  # 五号
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_MARGINS = {"top_margin": 37, "bottom_margin": 35, "left_margin": 28, "right_margin": 26}  # mm
_TURNED = {"top_margin": 28, "bottom_margin": 26, "left_margin": 25, "right_margin": 25}
_INDENT = 200  # hundredths of a character: two characters


def open_paper(*, turned: bool = False) -> Any:
    """An empty A4 page; `turned` lies on its side, for wide tables."""
    paper: Any = Document()
    section = paper.sections[0]
    sides = (Mm(297), Mm(210)) if turned else (Mm(210), Mm(297))
    section.page_width, section.page_height = sides
    section.orientation = WD_ORIENT.LANDSCAPE if turned else WD_ORIENT.PORTRAIT
    for name, millimetres in (_TURNED if turned else _MARGINS).items():
        setattr(section, name, Mm(millimetres))
    _set_style(paper)
    _tell_fonts(paper)
    return paper


def close_paper(paper: Any, *, title: str, subject: str, author: str, on: date) -> bytes:
    """Numbers the pages, fills in what the file says of itself, and gives its bytes."""
    _number_pages(paper)
    told, written = paper.core_properties, datetime.combine(on, time())
    told.title, told.subject, told.author, told.comments = (
        *(printable(it)[:250] for it in (title, subject, author)),
        "",
    )
    told.language, told.created, told.modified, told.last_printed = "zh-CN", written, written, written
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def add_title(paper: Any, text: str) -> None:
    """The title in the middle, a line below it left free."""
    add(paper, text, TITLE, size=TITLE_SIZE, align=CENTRE, after=LINE)


def add(
    paper: Any,
    text: str,
    font: str = BODY,
    *,
    size: Pt = SIZE,
    align: Any = None,
    indent: bool = False,
    after: Pt | None = None,
    head: int = 0,
) -> Any:
    """A paragraph; its first `head` characters are set in 黑体."""
    paragraph = paper.add_paragraph()
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = after
    if indent:
        _indent(paragraph)
    for part, face in ((text[:head], HEAD), (text[head:], font)):
        if part:
            _set_font(paragraph.add_run(printable(part)), face, size)
    return paragraph


def sign(paper: Any, signed: str, on: date) -> None:
    """Who and when at the right, four characters off the edge, as seals are set over it."""
    add(paper, "").paragraph_format.keep_with_next = True
    for line in (signed, spell(on)):
        paragraph = add(paper, line, align=RIGHT)
        paragraph.paragraph_format.right_indent = SIZE * 4
        paragraph.paragraph_format.keep_with_next = line == signed


def add_table(
    paper: Any, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int], aligns: Sequence[Any]
) -> None:
    """A ruled table; its head is repeated on every page, and no row is torn. `widths` are shares of the line."""
    table = paper.add_table(rows=0, cols=len(widths))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    shares = _share(paper, widths)
    for column, width in zip(table.columns, shares, strict=True):
        column.width = width
    if heads:
        _fill(table, heads, shares, [CENTRE] * len(heads), HEAD, repeated=True)
    for row in rows:
        _fill(table, row, shares, aligns, BODY)


def _fill(
    table: Any, texts: Sequence[str], widths: Sequence[int], aligns: Sequence[Any], font: str, *, repeated: bool = False
) -> None:
    row = table.add_row()
    _mark_row(row, "w:cantSplit")
    if repeated:
        _mark_row(row, "w:tblHeader")
    for cell, text, width, align in zip(row.cells, texts, widths, aligns, strict=True):
        cell.width, cell.vertical_alignment = width, WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = align
        form = paragraph.paragraph_format
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.AT_LEAST, CELL_LINE
        form.space_before = form.space_after = Pt(2)
        _set_font(paragraph.add_run(printable(text)), font, CELL_SIZE)


def _mark_row(row: Any, mark: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(mark))


def _share(paper: Any, widths: Sequence[int]) -> list[int]:
    section = paper.sections[0]
    line = section.page_width - section.left_margin - section.right_margin
    return [int(line * width / sum(widths)) for width in widths]


def _indent(paragraph: Any) -> None:
    """Two characters, whatever their size."""
    found = paragraph._p.get_or_add_pPr().get_or_add_ind()
    found.set(qn("w:firstLineChars"), str(_INDENT))
    found.set(qn("w:firstLine"), str(int(SIZE.twips) * 2))


def _set_font(run: Any, font: str, size: Pt) -> None:
    """Word takes Chinese characters' font from an attribute of its own."""
    run.font.name, run.font.size = font, size
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:ascii", "w:hAnsi"):
        fonts.set(qn(kind), font)


def _set_style(paper: Any) -> None:
    style = paper.styles["Normal"]
    style.font.name, style.font.size = BODY, SIZE
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.space_before = form.space_after = Pt(0)


def _tell_fonts(paper: Any) -> None:
    """The file's font table: what to take where a machine lacks the fonts of official papers."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    told = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>'
        for name, others in STANDINS.items()
    )
    for relation in paper.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            relation.target_part._blob = (
                f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{space}">{told}</w:fonts>'
            ).encode()


def _number_pages(paper: Any) -> None:
    paragraph = paper.sections[0].footer.paragraphs[0]
    paragraph.alignment = CENTRE
    for part in ("— ", None, " —"):
        run = paragraph.add_run(part or "")
        _set_font(run, FIGURES, NUMBER_SIZE)
        if part is None:
            _add_field(run, "PAGE")


def _add_field(run: Any, instruction: str) -> None:
    for kind in ("begin", "instrText", "end"):
        element = OxmlElement("w:instrText" if kind == "instrText" else "w:fldChar")
        if kind == "instrText":
            element.text = instruction
        else:
            element.set(qn("w:fldCharType"), kind)
        run._r.append(element)
