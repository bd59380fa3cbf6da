"""Spans of text turned into typed fields; where the characters leave doubt, the field says so."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from domain.field import Field, QuantityField, Status, TextField
from domain.page import Box
from domain.quantity import Amount, Metal, Printed, Unit, half_step
from extractors import text
from extractors.agreement import same_code, same_digits, same_words, stands_alike
from extractors.certainty import Colour, Evidence, Second, weigh
from extractors.layout import Span
from reference.metals import is_other, may_be_metal, metal_of

T = TypeVar("T")
READER = "rapidocr"
COLOUR_READER = "rapidocr_colour"
DIGITS = r"[-+]?\d[\d.,]*"
SURE_BLANK = 0.40  # a faint `/` or `—`; the shape of a lone stroke is sure by itself
SURE_NAME = 0.50  # for a name that is one of a closed list: the list itself is evidence


def missing(why: str) -> Field[Any]:
    """A label or figure that was not found."""
    return Field[Any](status=Status.MISSING, why=why)


def _field(kind: type[Field[T]], span: Span, page: int, value: T | None, doubt: str | None, **more: Any) -> Field[T]:
    figure = span.find(DIGITS) if isinstance(value, Decimal) else None
    second = _second(span, value) if value is not None else Second.NONE
    return kind(
        value=value,
        raw=span.raw,
        page=page,
        box=span.box,
        figure=figure.box if figure else None,
        confidence=round(span.confidence, 4),
        status=Status.UNSURE if doubt else Status.CERTAIN,
        readers=_readers(span, figure or span, value),
        second=None if second is Second.NONE else second,
        under_seal=span.under_seal,
        why=doubt,
        **more,
    )


def _readers(span: Span, read_again: Span, value: object) -> dict[str, str]:
    """What each reader gave: the seal-free picture, the colour picture under a seal, the second engine."""
    colour = {COLOUR_READER: span.colour_text} if span.colour_text is not None else {}
    second = read_again.second(read_again.box, _kinds(value))
    return {READER: span.raw} | colour | ({second.reader.partition("-")[0]: second.text} if second else {})


def _doubt(span: Span, other: object, value: object, whole: Span | None = None) -> str | None:
    """Why a span's value is in doubt; `other` is what the same words gave on the untouched colour image, `whole` the
    span that was read again where that is more than these characters."""
    colour = Colour.CLEAR
    if span.under_seal:
        colour = Colour.SILENT if other is None else Colour.SAME if other == value else Colour.DIFFERS
    return weigh(Evidence(span.confidence, _second(whole or span, value), colour, _is_words(value)))


def _second(span: Span, value: object) -> Second:
    """How another engine's reading of the same place compares with what became the value."""
    own = (span.find(DIGITS) or span) if isinstance(value, Decimal) else span
    heard = own.second(own.box, _kinds(value))
    if heard is None:
        return Second.NONE
    same = _same(text.fold(heard.text), own.text, value) if heard.text else None
    return Second.SILENT if same is None else Second.AGREES if same else Second.DIFFERS


def _kinds(value: object) -> tuple[str, ...]:
    """What the second reader was to look for where such a value stands (extractors/second_reader.py)."""
    if isinstance(value, Decimal):
        return ("digits",)
    if isinstance(value, date):
        return ("date",)
    return ("words", "lines") if _is_words(value) else ("code", "outlet")


def _same(heard: str, read: str, value: object) -> bool | None:
    """Whether another reading says the same; None where it says nothing of the kind."""
    if isinstance(value, Decimal):
        return same_digits(heard, read)
    if isinstance(value, date):
        days = text.dates(heard)
        return value in days if days else None
    return same_words(heard, read) if _is_words(value) else same_code(heard, str(value))


def _is_words(value: object) -> bool:
    return isinstance(value, str) and re.search("[一-鿿]", value) is not None


def _tidy(raw: str) -> str:
    """A name or phrase as Chinese papers set it: no spaces, full-width brackets and commas beside Chinese."""
    packed = re.sub(r"\s+", "", raw.strip().lstrip(":：")) if re.search("[一-鿿]", raw) else raw.strip()
    return packed.translate(_FULL_WIDTH) if re.search("[一-鿿]", packed) else packed


_FULL_WIDTH = str.maketrans("(),:;", "（），：；")


def text_field(span: Span | None, page: int, clean: Callable[[str], str] = _tidy) -> TextField:
    """Words as they stand."""
    if span is None:
        return missing("未找到该栏目")
    value = clean(span.raw)
    seen = span.text if _stands_in_colour(span) else span.colour_text
    doubt = _doubt(span, seen, span.text) if value else "栏目为空"
    return _field(TextField, span, page, value or None, doubt)


def _stands_in_colour(span: Span) -> bool:
    """Whether the untouched colour picture gave the same characters at their place, and no more of them."""
    around = "".join(word.text for word in span.words)
    return stands_alike(span.text, text.fold(around), text.fold(span.colour_text or ""))


def code_field(span: Span | None, page: int, parse: Callable[[str], text.Code | None] = text.credit_code) -> TextField:
    """A code whose check character vouches for it; one that fails it, or that another engine read otherwise, is doubt
    until another paper says the same."""
    if span is None:
        return missing("未找到该栏目")
    code = parse(span.text)
    if code is None:
        return _field(TextField, span, page, None, "代码无法识读")
    if not code.checked:
        return _field(TextField, span, page, code.value, "代码位数或校验位不符，可能识读有误")
    doubt = _check_doubt(span, code) if parse is text.credit_code else _tail_doubt(span, code, parse)
    return _field(TextField, span, page, code.value, doubt)


def _check_doubt(span: Span, code: text.Code) -> str | None:
    """Why a code is in doubt though its check character holds; one damaged code of 31 has a check that holds."""
    return "两个识读引擎结果不一致" if _second(span, code.value) is Second.DIFFERS else None


def _tail_doubt(span: Span, code: text.Code, parse: Callable[[str], text.Code | None]) -> str | None:
    """Why the characters that no check character vouches for are in doubt: an outlet's code, a permit's last four."""
    tail = span.cut(len(span.glyphs) - min(5, len(code.value) - 18 if len(code.value) > 18 else 5), len(span.glyphs))
    seen = parse(span.colour_text or "")
    return _doubt(tail or span, seen.value if seen else None, code.value, span)


def parsed_field(
    kind: type[Field[T]], span: Span | None, page: int, parse: Callable[[str], tuple[T, str | None] | None], unread: str
) -> Field[T]:
    """What `parse` makes of a span: a value with its own doubt; `unread` says what it is if nothing comes of it."""
    if span is None:
        return missing("未找到该栏目")
    read = parse(span.text)
    if read is None:
        return _field(kind, span, page, None, unread)
    seen = read if _stands_in_colour(span) else parse(text.fold(span.colour_text or ""))
    parted = _PARTED if isinstance(read[0], Decimal) and span.parted else None
    return _field(kind, span, page, read[0], read[1] or parted or _doubt(span, seen[0] if seen else None, read[0]))


def date_field(span: Span | None, page: int, which: int = 0) -> Field[date]:
    """The `which`-th date of a span."""
    if span is None:
        return missing("未找到该栏目")
    found = text.dates_in_place(span.text)
    if len(found) <= which or found[which] is None:
        loose = text.loose_date(span.text) if which == 0 else None
        return _field(Field[date], span, page, loose, "日期无法识读" if loose is None else "日期格式不完整")
    seen = text.dates_in_place(span.colour_text or "")
    own = _date_part(span, which) or span
    doubt = _doubt(own, seen[which] if len(seen) == len(found) else None, found[which])
    return _field(Field[date], own, page, found[which], doubt)


def _date_part(span: Span, which: int) -> Span | None:
    """The characters of one date alone: what stands around it does not make it doubtful."""
    places = [match.span() for match in re.finditer(text.DATE_PATTERN, span.text)]
    return span.cut(*places[which]) if len(places) > which else None


def printed(figure: text.Figure, unit: Unit) -> Printed:
    """How a figure stands on the paper."""
    return Printed(number=figure.printed, unit=unit, half_step=half_step(figure.printed, unit))


def quantity_field(
    span: Span | None,
    page: int,
    header_unit: text.UnitRead | None,
    unit_in: Callable[[str], text.UnitRead | None] = text.unit_in,
) -> QuantityField:
    """An amount in kg/a; the unit beside the number, as `unit_in` tells it, wins over the one of the header."""
    if span is None:
        return missing("未找到数值")
    if text.is_empty(span.text):
        return blank_field(span, page, span.box)
    read = text.measure(span.text)
    if read is None:
        return _field(QuantityField, span, page, None, "数值无法识读")
    own = unit_in(read.rest)
    if own and own.unit is Unit.GRAM:
        own = own._replace(certain=False)  # a k or 千 that was lost before it leaves no trace
    unit = own or header_unit
    strange = own is not None and own.certain and not text.is_only_unit(read.rest)
    if unit is None or strange or (read.rest and not own):
        bare = Printed(number=read.figure.printed, unit=None, half_step=half_step(read.figure.printed, Unit.KG))
        why = f"数值后的“{read.rest}”不只是计量单位" if strange else "未找到计量单位"
        return _field(QuantityField, span, page, read.figure.value, why, printed=bare)
    doubt = figure_doubt(span, read.figure) or (None if unit.certain else "计量单位的字符存疑")
    value = read.figure.value * unit.unit.kilograms
    return _field(QuantityField, span, page, value, doubt, printed=printed(read.figure, unit.unit))


def blank_field(span: Span | None, page: int, box: Box) -> Field[Amount]:
    """A cell that says that there is no amount; doubt where the sign is faint or the colour image shows a figure."""
    faint = span is not None and span.confidence < SURE_BLANK
    hidden = span is not None and re.search(_NO_STROKE, text.fold(span.colour_text or ""))
    doubt = "空值符号存疑" if faint or hidden else None
    return Field[Amount](
        status=Status.UNSURE if doubt else Status.CERTAIN,
        page=page,
        box=box,
        raw=span.raw if span else "",
        confidence=round(span.confidence, 4) if span else 1.0,
        under_seal=span.under_seal if span else False,
        why=doubt,
    )


_NO_STROKE = r"\d.*\d|\d[.,]|[.,]\d"  # a lone digit may be the sign itself (`/` as 1, `—` as 7)


def figure_doubt(span: Span, figure: text.Figure) -> str | None:
    """Why a figure's characters are in doubt; those of its unit were told from a closed list of units."""
    if not figure.clean:
        return "数值的字符存疑"
    if span.parted:
        return _PARTED
    if span.text in _LIKE_A_SLASH:
        return "单个笔画，可能是“/”"
    seen = text.measure(span.colour_text or "")
    digits = span.find(DIGITS) or span
    return _doubt(digits, seen.figure.value if seen else None, figure.value)


_LIKE_A_SLASH = frozenset("17Il")
_PARTED = "数字之间有空隙，可能缺少小数点"


def tonnes_field(span: Span, page: int) -> Field[Amount]:
    """Yearly tonnes of a permit; printed with decimals, so a bare whole number may have lost its point."""
    read = text.figure(span.text)
    if read is None:
        return _field(Field[Amount], span, page, None, "数值无法识读")
    doubt = figure_doubt(span, read) if "." in read.printed else "数值缺少小数点，存疑"
    return _field(Field[Amount], span, page, read.value, doubt, printed=printed(read, Unit.TONNE))


def metal_field(span: Span | None, page: int) -> Field[Metal]:
    """The tradable metal that a pollutant's name means; a certain None for what is surely another pollutant."""
    if span is None:
        return missing("未找到污染物名称")
    name, core = metal_of(span.text), _core(span)
    if name is None:
        known = _is_known(span) or (core.confidence >= SURE_NAME and not may_be_metal(span.text))
        return _field(Field[Metal], span, page, None, None if known else "污染物名称无法确认")
    doubt = None if name.certain and core.confidence >= SURE_NAME else "金属名称疑似识读有误"
    return _field(Field[Metal], span, page, name.metal, doubt)


def name_field(span: Span, page: int) -> TextField:
    """A pollutant's name; one out of the known names needs less confidence than free text."""
    named = text_field(span, page)
    name = metal_of(span.text)
    closed = _is_known(span) or (name is not None and name.certain)
    if closed and _core(span).confidence >= SURE_NAME:
        return named.model_copy(update={"status": Status.CERTAIN, "why": None})
    return named


def _core(span: Span) -> Span:
    """A name without what it says again in brackets (以As计)."""
    return span.find(r"^[^(]+") or span


def _is_known(span: Span) -> bool:
    return _core(span).confidence >= SURE_NAME and (is_other(span.text) or is_other(_core(span).text))
