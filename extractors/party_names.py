"""Which of a party's names in a paper is its whole name: print that a stamp cut in two leaves only the end of one."""

import re
from collections import Counter
from collections.abc import Sequence

from domain.field import Status, TextField
from extractors.fields import missing, text_field
from extractors.layout import Span
from extractors.sides import Told
from extractors.told_twice import settle_alike

ORGANISATION = r"^.*(?:公司|集团|厂|矿|院|所|中心|合作社|局|站)"
_STEM = re.compile(r"(.*?)(?:股份|集团)?(?:有限)(?:责任)?公司$")
_LEAST = 4  # characters before 有限公司: a place or a name of two, and a trade
_NEXT = 1.2  # of the letters' height: nearer than this print goes on
_CUT = "名称可能不完整"


def read_name(told: Sequence[Told]) -> TextField:
    """A company's name, up to its last 公司 or the like; one that was cut off counts only where no other was read.

    `told` are all prints of the name in a paper, in the order in which they count. Where they differ, one that is
    printed twice stands against one that is in doubt, and leaves doubt on any other.
    """
    ended = [(span, one) for one in told if (span := one.span.find(ORGANISATION))]
    whole = [(span, one) for span, one in ended if not _is_cut(span, one, told)]
    if whole:
        return _most_told([text_field(span, one.page) for span, one in whole])
    prints = [(span, one.page) for span, one in ended] or [(one.span, one.page) for one in told]
    part = next((field for place in prints if (field := text_field(*place)).value), missing("未找到该栏目"))
    return part.model_copy(update={"status": Status.UNSURE, "why": _CUT}) if part.value else part


def _is_cut(span: Span, one: Told, told: Sequence[Told]) -> bool:
    """Whether a name has no beginning: too little before 有限公司, or other print right before it."""
    return lacks_beginning(span.text) or any(_goes_before(other, one) for other in told if other is not one)


def lacks_beginning(name: str) -> bool:
    """Whether too little stands before 有限公司 for a place or a name and a trade (台炼有限公司)."""
    match = _STEM.match(name)
    return match is not None and len(match[1]) < _LEAST


def _goes_before(other: Told, one: Told) -> bool:
    left, right = other.span.box, one.span.box
    level = abs(left.cy - right.cy) < 0.7 * max(left.height, right.height)
    return other.page == one.page and level and 0 <= right.x0 - left.x1 < _NEXT * right.height


def _most_told(fields: Sequence[TextField]) -> TextField:
    """The first of a name's readings, or that which the paper repeats where the first is told once."""
    first = settle_alike(fields)
    value, times = Counter(field.value for field in fields).most_common(1)[0]
    if value == first.value or times < 2 or sum(field.value == first.value for field in fields) > 1:
        return first
    if first.certain:
        return first.model_copy(update={"status": Status.UNSURE, "why": "同一文件内名称识读不一致"})
    return settle_alike([field for field in fields if field.value == value])
