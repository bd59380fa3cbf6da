"""The 补正通知 as a Word document, set as Chinese official papers are (GB/T 9704-2012)."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from domain.return_notice import Defect, ReturnNotice

TITLE, BODY, HEAD = "方正小标宋简体", "仿宋_GB2312", "黑体"
_SIZE, _LINE, _TITLE_SIZE, _NUMBER_SIZE = Pt(16), Pt(28), Pt(22), Pt(14)  # 三号, 28 磅, 二号, 四号
_INDENT = 200  # hundredths of a character: two characters
_NUMERALS = "〇一二三四五六七八九十"


def write_notice(notice: ReturnNotice) -> bytes:
    """The notice as .docx."""
    paper: Any = Document()
    _set_page(paper)
    _set_style(paper)
    _set_properties(paper, notice)
    _add(paper, "补正通知", TITLE, size=_TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER, after=_LINE)
    _add(paper, f"{notice.to}：")
    _add(paper, notice.opening, indent=True)
    for number, defect in enumerate(notice.defects, start=1):
        _add_defect(paper, number, defect)
    _add(paper, notice.closing, indent=True)
    _sign(paper, (notice.signed, spell(notice.on)))
    _number_pages(paper)
    out = io.BytesIO()
    paper.save(out)
    return out.getvalue()


def tell_notice(notice: ReturnNotice) -> str:
    """The notice as plain text."""
    lines = ["补正通知", "", f"{notice.to}：", f"　　{notice.opening}"]
    for number, defect in enumerate(notice.defects, start=1):
        head, *below = _tell(number, defect)
        lines += [f"　　{head}", *(f"　　{line}" for line in below)]
    return "\n".join([*lines, f"　　{notice.closing}", "", notice.signed, spell(notice.on)]) + "\n"


def spell(day: date) -> str:
    """A date as official papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def ordinal(number: int) -> str:
    """A number as headings count: 一, 十, 十二, 二十, 一〇五."""
    if number <= 10:
        return _NUMERALS[number]
    tens, ones = divmod(number, 10)
    if number < 100:
        return (_NUMERALS[tens] if tens > 1 else "") + "十" + (_NUMERALS[ones] if ones else "")
    return "".join(_NUMERALS[int(digit)] for digit in str(number))


def _tell(number: int, defect: Defect) -> list[str]:
    pages = f"（见材料第{'、'.join(map(str, defect.pages))}页）" if defect.pages else ""
    lines = [f"{ordinal(number)}、{_ended(defect.problem, pages)}"]
    lines += [f"依据：{_ended(defect.provision)}"] * bool(defect.provision)
    return lines + [f"补正要求：{_ended(defect.ask)}"] * bool(defect.ask)


def _ended(text: str, behind: str = "") -> str:
    return f"{text.rstrip('。')}{behind}。"


def _add_defect(paper: Any, number: int, defect: Defect) -> None:
    head, *below = _tell(number, defect)
    _add(paper, head, indent=True, head=len(ordinal(number)) + 1)
    for line in below:
        _add(paper, line, indent=True)


def _add(
    paper: Any,
    text: str,
    font: str = BODY,
    *,
    size: Pt = _SIZE,
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
            _set_font(paragraph.add_run(_printable(part)), face, size)
    return paragraph


def _printable(text: str) -> str:
    """Without the characters that XML does not take, as text layers and forms may bring them."""
    return "".join(char for char in text if char in "\t\n" or (ord(char) >= 32 and not 0xD800 <= ord(char) <= 0xDFFF))


def _indent(paragraph: Any) -> None:
    """Two characters, whatever their size."""
    found = paragraph._p.get_or_add_pPr().get_or_add_ind()
    found.set(qn("w:firstLineChars"), str(_INDENT))
    found.set(qn("w:firstLine"), str(int(_SIZE.twips) * 2))


def _set_font(run: Any, font: str, size: Pt) -> None:
    """Word takes Chinese characters' font from an attribute of its own."""
    run.font.name, run.font.size = font, size
    fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
    for kind in ("w:eastAsia", "w:ascii", "w:hAnsi"):
        fonts.set(qn(kind), font)


def _set_page(paper: Any) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)


def _set_style(paper: Any) -> None:
    style = paper.styles["Normal"]
    style.font.name, style.font.size = BODY, _SIZE
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    form = style.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, _LINE
    form.space_before = form.space_after = Pt(0)


def _set_properties(paper: Any, notice: ReturnNotice) -> None:
    told, written = paper.core_properties, datetime.combine(notice.on, time())
    told.title, told.subject, told.author, told.comments = "补正通知", notice.receipt, notice.signed, ""
    told.language, told.created, told.modified, told.last_printed = "zh-CN", written, written, written


def _sign(paper: Any, lines: Sequence[str]) -> None:
    """At the right, four characters off the edge, as seals are set over it."""
    _add(paper, "")
    for line in lines:
        paragraph = _add(paper, line, align=WD_ALIGN_PARAGRAPH.RIGHT)
        paragraph.paragraph_format.right_indent = _SIZE * 4
        paragraph.paragraph_format.keep_with_next = line != lines[-1]


def _number_pages(paper: Any) -> None:
    paragraph = paper.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for part in ("— ", None, " —"):
        run = paragraph.add_run(part or "")
        _set_font(run, "宋体", _NUMBER_SIZE)
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
