"""What papers say of a building project: its code, its 建设性质 (at times as ticked boxes), its EIA approval."""

import re

from domain.field import Status, TextField
from domain.page import Word
from extractors.fields import text_field
from extractors.layout import Span, span_of
from extractors.text import fold

CODE_LABEL = r"(?:投资)?项目(?:统一)?(?:代码|编码)"
CONSTRUCTION_LABEL = r"(?:项目)?建设性质"
# National project codes: 2017-130000-01-01-00001 and 2206-442000-04-05-857235 (domain 4.2).
_CODE = re.compile(r"(?:20)?\d{2}(?:0[1-9]|1[0-2])?-\d{6}-\d{2}-\d{2}-\d{5,6}")
_APPROVAL = re.compile(r"[一-鿿]{1,10}〔20\d{2}〕\d{1,4}号")
_KIND = re.compile(r"新建\(迁建\)|改扩建|新建|改建|扩建|迁建|技术改造|技改")
_TICKED, _EMPTY = "☑√✓✔■☒", "□口囗ロ☐"


def project_code_field(span: Span | None, page: int) -> TextField:
    """项目代码; doubt where it has not the national form."""
    return _shaped(text_field(span, page, _dashes), _CODE, "项目代码格式不符，可能识读有误")


def approval_field(span: Span | None, page: int) -> TextField:
    """环评批复文号 with the year in 〔〕; doubt where it has not the form of a document number."""
    field = _shaped(text_field(span, page, _approval), _APPROVAL, "文号格式不符，可能识读有误")
    if not field.value or field.certain or not _APPROVAL.fullmatch(field.value):
        return field
    return field if _without_brackets(span, page).status is Status.UNSURE else _sure(field)


def _without_brackets(span: Span | None, page: int) -> TextField:
    """The number's characters alone: in its form nothing but a bracket can stand around the year."""
    glyphs = [glyph for glyph in span.glyphs if glyph.folded not in "()[]{}"] if span else []
    return text_field(Span(glyphs) if glyphs else None, page, fold)


def _sure(field: TextField) -> TextField:
    return field.model_copy(update={"status": Status.CERTAIN, "why": None})


def _shaped(field: TextField, shape: re.Pattern[str], why: str) -> TextField:
    if field.value is None or shape.fullmatch(field.value):
        return field
    return field.model_copy(update={"status": Status.UNSURE, "why": why})


def _dashes(raw: str) -> str:
    return re.sub(r"[—–－一_]", "-", fold(raw).lstrip(":"))


def _approval(raw: str) -> str:
    return re.sub(r"[(\[{〔](\d{4})[)\]}〕]", r"〔\1〕", fold(raw).lstrip(":"))


def construction_field(span: Span | None, page: int) -> TextField:
    """新建, 改建, 扩建 …, where several are printed the ticked one."""
    field = text_field(_once(span), page, fold)
    if field.value is None:
        return field
    kinds = list(_KIND.finditer(field.value))
    if len(kinds) == 1 and not _marked(field.value, kinds[0], _EMPTY):
        return field.model_copy(update={"value": _spelt(kinds[0])})
    value, doubt = _ticked(field.value, kinds)
    changed = {"status": Status.UNSURE, "why": doubt} if doubt else {}
    return field.model_copy(update={"value": value} | changed)


def _once(span: Span | None) -> Span | None:
    """A text without words that stand within another one, which says them too: a box with its label was found twice."""
    if span is None:
        return None
    words = [word for word in span.words if not any(_lies_in(word, other) for other in span.words)]
    return span if len(words) == len(span.words) else span_of(words)


def _lies_in(word: Word, other: Word) -> bool:
    inside = other is not word and word.box.width < other.box.width and word.box.overlap(other.box) > _WITHIN
    return inside and fold(word.text) in fold(other.text)


_WITHIN = 0.75  # of a word's own area


def _spelt(kind: re.Match[str]) -> str:
    return kind[0].replace("(", "（").replace(")", "）")


def _marked(text: str, kind: re.Match[str], signs: str) -> bool:
    return kind.start() > 0 and text[kind.start() - 1] in signs


def _ticked(text: str, kinds: list[re.Match[str]]) -> tuple[str | None, str | None]:
    """The kind with a tick among those with boxes; without a clear tick, the one whose box is not empty, in doubt."""
    empty = [kind for kind in kinds if _marked(text, kind, _EMPTY)]
    ticked = [kind for kind in kinds if _marked(text, kind, _TICKED)]
    rest = [kind for kind in kinds if kind not in empty]
    if len(ticked) == 1 and rest == ticked:
        return _spelt(ticked[0]), None
    if len(rest) == 1 and len(kinds) > 1:
        return _spelt(rest[0]), "勾选符号存疑"
    return None, "未能判断勾选了哪一项"
