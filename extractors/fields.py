"""Spans of text turned into typed fields; where the characters leave doubt, the field says so."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from domain.field import Field, QuantityField, Status, TextField
from domain.page import Box
from domain.quantity import Amount, Printed, Unit, half_step
from extractors import text
from extractors.certainty import Second
from extractors.choosing import Chosen, choose_code, choose_date, choose_figure, figure_in
from extractors.comparing import DIGITS, doubt_of, readers_of, second_of, stands_in_colour
from extractors.layout import Span

T = TypeVar("T")
SURE_BLANK = 0.40  # a faint `/` or `—`; the shape of a lone stroke is sure by itself


def missing(why: str) -> Field[Any]:
    """A label or figure that was not found."""
    return Field[Any](status=Status.MISSING, why=why)


def field_of(
    kind: type[Field[T]],
    span: Span,
    page: int,
    value: T | None,
    doubt: str | None,
    place: Span | None = None,
    chosen: Second | None = None,
    kinds: tuple[str, ...] = (),
    **more: Any,
) -> Field[T]:
    """`place` is where the digits of an amount stand, if they are not to be told by their looks; `chosen` what the
    second reader has to say for a value that is not the first reader's, `kinds` what it looked for where there is none.
    """
    figure = place or (span.find(DIGITS) if isinstance(value, Decimal) else None)
    second = chosen or (second_of(span, value) if value is not None else Second.NONE)
    return kind(
        value=value,
        raw=span.raw,
        page=page,
        box=span.box,
        figure=figure.box if figure else None,
        confidence=round(span.confidence, 4),
        status=Status.UNSURE if doubt else Status.CERTAIN,
        readers=readers_of(span, figure or span, value, kinds),
        second=None if second is Second.NONE else second,
        under_seal=span.under_seal,
        why=doubt,
        **more,
    )


def _tidy(raw: str) -> str:
    """A name or phrase as Chinese papers set it: no spaces, full-width brackets and commas beside Chinese."""
    packed = re.sub(r"\s+", "", raw.strip().lstrip(":：")) if re.search("[一-鿿]", raw) else raw.strip()
    return packed.translate(_FULL_WIDTH) if re.search("[一-鿿]", packed) else packed


_FULL_WIDTH = str.maketrans("(),:;", "（），：；")


_STAMPED = r"(?:已审核|已?收件|已录入|复核无误|已?受理|收讫)?(?:19|20)\d\d\.\d{1,2}\.\d{1,2}$"


def text_field(span: Span | None, page: int, clean: Callable[[str], str] = _tidy) -> TextField:
    """Words as they stand, without a day that an office stamped behind them (收件2026.04.02)."""
    if span is None:
        return missing("未找到该栏目")
    stamped = span.find(_STAMPED)
    span = (span.cut(0, len(span.glyphs) - len(stamped.glyphs)) if stamped else None) or span
    value = clean(span.raw)
    seen = span.text if stands_in_colour(span) else span.colour_text
    doubt = doubt_of(span, seen, span.text) if value else "栏目为空"
    return field_of(TextField, span, page, value or None, doubt)


_RUN_ON = re.compile(r"(?!.*(?:公司|企业|中心|合伙|委派))(?:[一-鿿]{5,}|.*[\dA-Za-z].*)")


def person_field(span: Span | None, page: int) -> TextField:
    """A person's name; in doubt where it is longer than names are or has a figure: it may hold what stands beside it
    (王洪波贵州…, 潘兴林已审核2026.02)."""
    field = text_field(span, page)
    if field.certain and field.value and _RUN_ON.fullmatch(field.value):
        return field.model_copy(update={"status": Status.UNSURE, "why": "姓名可能混入旁边的文字"})
    return field


def code_field(span: Span | None, page: int, parse: Callable[[str], text.Code | None] = text.credit_code) -> TextField:
    """A code whose check character vouches for it; one that fails it, or that another engine read otherwise, is doubt
    until another paper says the same."""
    if span is None:
        return missing("未找到该栏目")
    code = parse(span.text)
    if code is None:
        return field_of(TextField, span, page, None, "代码无法识读")
    chosen = None if code.checked else choose_code(span, code, parse)
    if chosen:
        return field_of(TextField, span, page, chosen.value, chosen.doubt, chosen=chosen.second)
    if not code.checked:
        return field_of(TextField, span, page, code.value, "代码位数或校验位不符，可能识读有误")
    doubt = _check_doubt(span, code) if parse is text.credit_code else _tail_doubt(span, code, parse)
    return field_of(TextField, span, page, code.value, doubt)


def _check_doubt(span: Span, code: text.Code) -> str | None:
    """Why a code is in doubt though its check character holds; one damaged code of 31 has a check that holds."""
    return "两个识读引擎结果不一致" if second_of(span, code.value) is Second.DIFFERS else None


def _tail_doubt(span: Span, code: text.Code, parse: Callable[[str], text.Code | None]) -> str | None:
    """Why the characters that no check character vouches for are in doubt: an outlet's code, a permit's last four."""
    tail = span.cut(len(span.glyphs) - min(5, len(code.value) - 18 if len(code.value) > 18 else 5), len(span.glyphs))
    seen = parse(span.colour_text or "")
    return doubt_of(tail or span, seen.value if seen else None, code.value, span)


def parsed_field(
    kind: type[Field[T]], span: Span | None, page: int, parse: Callable[[str], tuple[T, str | None] | None], unread: str
) -> Field[T]:
    """What `parse` makes of a span: a value with its own doubt; `unread` says what it is if nothing comes of it."""
    if span is None:
        return missing("未找到该栏目")
    read = parse(span.text)
    if read is None:
        return field_of(kind, span, page, None, unread)
    seen = read if stands_in_colour(span) else parse(text.fold(span.colour_text or ""))
    parted = PARTED if isinstance(read[0], Decimal) and span.parted else None
    own = _date_part(span, 0) if isinstance(read[0], date) and _date_part(span, 1) is None else None
    doubt = read[1] or parted or doubt_of(own or span, seen[0] if seen else None, read[0], span)
    return field_of(kind, span, page, read[0], doubt)


def date_field(span: Span | None, page: int, which: int = 0) -> Field[date]:
    """The `which`-th date of a span."""
    if span is None:
        return missing("未找到该栏目")
    found = text.dates_in_place(span.text)
    own = _date_part(span, which) or span
    read = found[which] if len(found) > which else None
    chosen = choose_date(own, own, read) if len(found) < 2 else None
    if chosen:
        return field_of(Field[date], own, page, chosen.value, chosen.doubt, chosen=chosen.second)
    if read is None:
        loose = text.loose_date(span.text) if which == 0 else None
        why = "日期无法识读" if loose is None else "日期格式不完整"
        return field_of(Field[date], own, page, loose, why, kinds=("date",))
    seen = text.dates_in_place(span.colour_text or "")
    doubt = doubt_of(own, seen[which] if len(seen) == len(found) else None, read)
    return field_of(Field[date], own, page, read, doubt)


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
    broken = read is None or (read.rest != "" and not unit_in(read.rest))
    place = span if broken or read is None else span.find(DIGITS) or span
    chosen = choose_figure(span, place, None if broken or read is None else read.figure)
    if chosen:
        rest = _unit_behind(span) if broken or read is None else read.rest
        return _amount(span, page, text.Measure(chosen.value, rest), place, header_unit, unit_in, chosen)
    if read is None:
        return field_of(QuantityField, span, page, None, "数值无法识读", place, kinds=_FIGURES)
    return _amount(span, page, read, place, header_unit, unit_in)


def _unit_behind(span: Span) -> str:
    """The unit at the end of a text whose figure is broken."""
    behind = span.find(_UNIT)
    return behind.text if behind else ""


def _amount(
    span: Span,
    page: int,
    read: text.Measure,
    place: Span,
    header_unit: text.UnitRead | None,
    unit_in: Callable[[str], text.UnitRead | None],
    chosen: Chosen[text.Figure] | None = None,
) -> QuantityField:
    """A figure in kg/a, by the unit behind it or that of the header."""
    own = unit_in(read.rest)
    if own and own.unit is Unit.GRAM:
        own = own._replace(certain=False)  # a k or 千 that was lost before it leaves no trace
    unit = own or header_unit
    strange = own is not None and own.certain and not text.is_only_unit(read.rest)
    second = chosen.second if chosen else None
    if unit is None or strange or (read.rest and not own):
        bare = Printed(number=read.figure.printed, unit=None, half_step=half_step(read.figure.printed, Unit.KG))
        why = _strange(read.rest, strange, header_unit)
        return field_of(QuantityField, span, page, read.figure.value, why, place, second, printed=bare)
    doubt = chosen.doubt if chosen else figure_doubt(span, read.figure)
    doubt = doubt or (None if unit.certain else "计量单位的字符存疑")
    value = read.figure.value * unit.unit.kilograms
    return field_of(QuantityField, span, page, value, doubt, place, second, printed=printed(read.figure, unit.unit))


def _strange(rest: str, more_than_unit: bool, header_unit: text.UnitRead | None) -> str:
    """What is wrong with what stands behind a number."""
    if more_than_unit:
        return f"数值后的“{rest}”不只是计量单位"
    return "数值的字符存疑" if rest and header_unit else "未找到计量单位"


_FIGURES = ("digits",)
_UNIT = r"(?:[千公]?[克斤]|吨|kg|t)[/每年a(].*$"


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
        return PARTED
    if span.text in _LIKE_A_SLASH:
        return LONE_STROKE
    around = "".join(word.text for word in span.words)
    seen = figure_in(span.colour_text or "", around)
    digits = span.find(DIGITS) or span
    return doubt_of(digits, seen.value if seen else None, figure.value)


_LIKE_A_SLASH = frozenset("17Il")
LONE_STROKE = "单个笔画，可能是“/”"
PARTED = "数字之间有空隙，可能缺少小数点"


def tonnes_field(span: Span, page: int) -> Field[Amount]:
    """Yearly tonnes of a permit; printed with decimals, so a bare whole number may have lost its point."""
    read = text.figure(span.text)
    place = span if read is None else span.find(DIGITS) or span
    chosen = choose_figure(span, place, read if read and "." in read.printed else None, pointed=True)
    figure = chosen.value if chosen else read
    if figure is None:
        return field_of(Field[Amount], span, page, None, "数值无法识读", place, kinds=_FIGURES)
    doubt = chosen.doubt if chosen else figure_doubt(span, figure)
    doubt = doubt if "." in figure.printed else "数值缺少小数点，存疑"
    doubt = "数值前的短横可能是污渍，不是负号" if figure.value < 0 else doubt  # no permit allows less than nothing
    told, second = printed(figure, Unit.TONNE), chosen.second if chosen else None
    return field_of(Field[Amount], span, page, figure.value, doubt, place, second, printed=told)
