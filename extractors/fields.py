"""Spans of text turned into typed fields; where the characters leave doubt, the field says so."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from domain.field import Field, QuantityField, Status, TextField
from domain.quantity import Metal, Printed, Unit, half_step
from extractors import text
from extractors.layout import Span
from reference.metals import metal_of

T = TypeVar("T")
READER = "rapidocr"
COLOUR_READER = "rapidocr_colour"
SURE = 0.90  # below this an engine's confidence is doubt; from the error curve over generated pages


def missing(why: str) -> Field[Any]:
    """A label or figure that was not found."""
    return Field[Any](status=Status.MISSING, why=why)


def _field(kind: type[Field[T]], span: Span, page: int, value: T | None, doubt: str | None, **more: Any) -> Field[T]:
    readers = {READER: span.text} | ({COLOUR_READER: span.colour_text} if span.colour_text is not None else {})
    why = doubt or _doubt(span)
    return kind(
        value=value,
        raw=span.text,
        page=page,
        box=span.box,
        confidence=round(span.confidence, 4),
        status=Status.UNSURE if why else Status.CERTAIN,
        readers=readers,
        under_seal=span.under_seal,
        why=why,
        **more,
    )


def _doubt(span: Span) -> str | None:
    if span.colour_differs:
        return "印章下的文字两次识读不一致"
    if span.confidence < SURE:
        return f"识读置信度低（{span.confidence:.2f}）"
    return None


def text_field(span: Span | None, page: int, clean: Callable[[str], str] = str.strip) -> TextField:
    """Words as they stand."""
    if span is None:
        return missing("未找到该栏目")
    value = clean(span.text)
    return _field(TextField, span, page, value or None, None if value else "栏目为空")


def code_field(span: Span | None, page: int, parse: Callable[[str], text.Code | None] = text.credit_code) -> TextField:
    """A code whose check character vouches for it; one that fails it is doubt until another paper says the same."""
    if span is None:
        return missing("未找到该栏目")
    code = parse(span.text)
    if code is None:
        return _field(TextField, span, page, None, "代码无法识读")
    if code.checked:
        return _field(TextField, span, page, code.value, None).model_copy(update=_vouched(span))
    return _field(TextField, span, page, code.value, "代码校验位不符，可能识读有误")


def _vouched(span: Span) -> dict[str, Any]:
    """A check character that holds outweighs a low confidence, not a second reading that differs."""
    return {} if span.colour_differs and span.confidence < SURE else {"status": Status.CERTAIN, "why": None}


def date_field(span: Span | None, page: int, which: int = 0) -> Field[date]:
    """The `which`-th date of a span."""
    if span is None:
        return missing("未找到该栏目")
    found = text.dates(span.text)
    if len(found) > which:
        return _field(Field[date], span, page, found[which], None)
    loose = text.loose_date(span.text) if which == 0 else None
    return _field(Field[date], span, page, loose, "日期无法识读" if loose is None else "日期格式不完整")


def printed(figure: text.Figure, unit: Unit) -> Printed:
    """How a figure stands on the paper."""
    return Printed(number=figure.printed, unit=unit, half_step=half_step(figure.printed, unit))


def quantity_field(span: Span | None, page: int, header_unit: text.UnitRead | None) -> QuantityField:
    """An amount in kg/a; the unit beside the number wins over the one of the header."""
    if span is None:
        return missing("未找到数值")
    if text.is_empty(span.text):
        return _field(QuantityField, span, page, None, None)
    read = text.measure(span.text)
    if read is None:
        return _field(QuantityField, span, page, None, "数值无法识读")
    unit = text.unit_in(read.rest) or header_unit
    if unit is None or (read.rest and not text.unit_in(read.rest)):
        bare = Printed(number=read.figure.printed, unit=None, half_step=half_step(read.figure.printed, Unit.KG))
        return _field(QuantityField, span, page, read.figure.value, "未找到计量单位", printed=bare)
    doubt = None if read.figure.clean and unit.certain else "数值或单位的字符存疑"
    value = read.figure.value * unit.unit.kilograms
    return _field(QuantityField, span, page, value, doubt, printed=printed(read.figure, unit.unit))


def metal_field(span: Span | None, page: int) -> Field[Metal]:
    """The tradable metal that a pollutant's name means; a certain None for any other pollutant."""
    if span is None:
        return missing("未找到污染物名称")
    name = metal_of(text.fold(span.text))
    doubt = "金属名称疑似识读有误" if name and not name.certain else None
    return _field(Field[Metal], span, page, name.metal if name else None, doubt)
