"""Names of pollutants turned into typed fields: which tradable metal one means, or that it is surely another."""

import re

from domain.field import Field, Status, TextField
from domain.quantity import Metal
from extractors.fields import field_of, missing, text_field
from extractors.layout import Span
from reference.metals import is_other, may_be_metal, metal_of

SURE_NAME = 0.50  # for a name that is one of a closed list: the list itself is evidence
_LATIN_NAME = 0.30  # for four Latin letters or more (CODcr, whose last two are small): no metal is printed so


def metal_field(span: Span | None, page: int) -> Field[Metal]:
    """The tradable metal that a pollutant's name means; a certain None for what is surely another pollutant."""
    if span is None:
        return missing("未找到污染物名称")
    name, core = metal_of(span.text), _core(span)
    if name is None:
        enough = _LATIN_NAME if re.fullmatch(r"[A-Za-z\d]{4,}", span.text) else SURE_NAME
        known = _is_known(span) or (core.confidence >= enough and not may_be_metal(span.text))
        return field_of(Field[Metal], span, page, None, None if known else "污染物名称无法确认")
    doubt = None if name.certain and core.confidence >= SURE_NAME else "金属名称疑似识读有误"
    return field_of(Field[Metal], span, page, name.metal, doubt)


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
