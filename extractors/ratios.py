"""替代比例 as the papers spell it: 1.2:1, 1:1.2, 1.2倍, 120%, 等量."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from domain.field import Field, QuantityField, Status, TextField
from domain.quantity import Amount, Metal
from extractors.fields import text_field
from extractors.layout import Span
from extractors.text import fold

_N = r"(\d+(?:\.\d+)?)"
_PAIR = re.compile(rf"(?<![\d.]){_N}:{_N}(?![\d.])")
_TIMES = re.compile(rf"(?<![\d.:]){_N}倍")
_SHARE = re.compile(rf"(?<![\d.:]){_N}[%％]")
_BARE = re.compile(rf"(?<![\d.:]){_N}(?![\d.:])")
_SPELLING = "替代比例的写法存疑"
LEAST, MOST = Decimal(1), Decimal(3)  # outside of these a colon or point was lost, or an officer must look


class Ratio(NamedTuple):
    """How many kilograms replace one, and whether the spelling leaves no doubt."""

    value: Decimal
    clean: bool


def ratio(text: str) -> Ratio | None:
    """The one ratio in a text; a bare number may have lost its colon and is not clean."""
    folded = fold(text)
    told = {*map(_of_pair, _PAIR.findall(folded)), *(Decimal(n) for n in _TIMES.findall(folded))}
    told |= {Decimal(n) / 100 for n in _SHARE.findall(folded)}
    if not told and re.search("等量", folded) and not re.search(r"[\d减倍]", folded):
        return Ratio(Decimal(1), True)
    if len(told) == 1:
        value = told.pop()
        return Ratio(value, LEAST <= value <= MOST) if value is not None else None
    bare = {Decimal(n) for n in _BARE.findall(folded)}
    return Ratio(bare.pop(), False) if not told and len(bare) == 1 else None


def _of_pair(pair: tuple[str, str]) -> Decimal | None:
    """1.2:1 and 1:1.2 are both 1.2; a pair without a 1 is no spelling of a ratio."""
    left, right = map(Decimal, pair)
    if 1 not in (left, right):
        return None
    return left if right == 1 else right


def ratio_field(span: Span | None, page: int) -> Field[Amount]:
    """The ratio as a field."""
    told: TextField = text_field(span, page, fold)
    read = ratio(told.value) if told.value else None
    made = Field[Amount].model_validate(told.model_dump(exclude={"value"}))
    if span is None or told.value is None:
        return made
    if read is None:
        return made.model_copy(update={"status": Status.UNSURE, "why": "替代比例无法识读"})
    seen = ratio(span.colour_text) if span.colour_text is not None else read
    doubt = _SPELLING if not read.clean or seen is None or seen.value != read.value else None
    changed = {"value": read.value} | ({"status": Status.UNSURE, "why": doubt} if doubt else {})
    return made.model_copy(update=changed)


def settle_ratio(
    told: Field[Amount], new: Mapping[Metal, QuantityField], demand: Mapping[Metal, QuantityField]
) -> Field[Amount]:
    """A cleanly spelt ratio of which only the reading is in doubt, by which, and by no other, every 需求量 comes out of
    its 新增排放量, all of them read for sure; any other stays as it is."""
    if told.status is not Status.UNSURE or told.value is None or told.why == _SPELLING or not demand:
        return told
    pairs = [(new.get(metal), wanted) for metal, wanted in demand.items()]
    if not all(of and of.certain and by.certain for of, by in pairs):
        return told
    others = (told.value - _NEXT, told.value + _NEXT)
    if all(of and gives(of, by, told.value) for of, by in pairs) and not any(
        all(of and gives(of, by, other) for of, by in pairs) for other in others
    ):
        return told.model_copy(update={"status": Status.CERTAIN, "why": "与按本表需求量计算识读一致"})
    return told


_NEXT = Decimal("0.05")  # no two ratios that are in use are closer


def gives(new: QuantityField, demand: QuantityField, by: Decimal, steps: int = 2) -> bool:
    """Whether a 需求量 is its 新增排放量 times a ratio, but for less than so many half steps of its last place: but for
    one, it is the only figure of its decimals that rounding gives."""
    if not (new.value and demand.value and demand.printed):
        return False
    return abs(demand.value - new.value * by) < steps * demand.printed.half_step
